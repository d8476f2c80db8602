package dev.farol.app;

import dev.farol.kit.AtomicFile;
import dev.farol.kit.Json;
import dev.farol.kit.PrivateFolder;
import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import dev.farol.spec.Problem;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Answers a request for {@code farol env}. */
final class EnvAnswer {
    private final Map<String, String> environment;
    private final PrintWriter out;
    private final PrintWriter err;

    /**
     * @param environment the variables of this process: those of the shell that asks
     */
    EnvAnswer(Map<String, String> environment, PrintWriter out, PrintWriter err) {
        this.environment = environment;
        this.out = out;
        this.err = err;
    }

    /**
     * Runs {@code env} without picocli and the rest of the command line when the words are plainly
     * right: people wait for it each time they open a shell.
     *
     * @return the exit code; empty when the words are another command's, or need explanation
     */
    static OptionalInt quick(PrintWriter out, PrintWriter err, List<String> words) {
        if (words.isEmpty() || !words.getFirst().equals("env")) {
            return OptionalInt.empty();
        }
        var request = EnvRequest.quick(words.subList(1, words.size()));
        if (request.isEmpty()) {
            return OptionalInt.empty();
        }
        try {
            return OptionalInt.of(new EnvAnswer(System.getenv(), out, err).give(request.get()));
        } catch (FarolException refused) {
            err.println("ERROR: " + refused.getMessage());
            return OptionalInt.of(refused.code().kind().exitCode());
        }
    }

    /** The exit code: 0, or 3 when no Farol runs in the home. */
    int give(EnvRequest request) {
        try {
            return answer(request);
        } catch (IOException unusable) {
            throw new FarolException(
                    Problem.of(ErrorCode.UNAVAILABLE, "A file cannot be used: " + unusable),
                    unusable);
        }
    }

    private int answer(EnvRequest request) throws IOException {
        if (request.undo()) {
            undo(request);
            return 0;
        }
        Home home = Home.of(request.home());
        var running = RunRecord.living(home.addresses());
        if (running.isEmpty()) {
            err.println(
                    "ERROR: Farol does not run in "
                            + home.folder()
                            + ". Start it with: farol up --detach");
            return StatusCommand.NOT_RUNNING;
        }
        if (request.form() == EnvRequest.Form.CONFIG) {
            writeConfig(running.get(), request);
            return 0;
        }
        Map<String, String> before = EnvUndo.before(environment);
        var trust = ClientTrust.of(Path.of(running.get().tls()), before);
        trust.notes().forEach(note -> err.println("Note: " + note));
        var variables = ClientEnvironment.of(home, running.get(), secret(home), trust, before);
        prepareAzureFolder(home, running.get());
        switch (request.form()) {
            case SCRIPT -> {
                variables.put(EnvUndo.VARIABLE, EnvUndo.remember(before, variables));
                print(request.shell().script(variables));
            }
            case JSON -> print(json(variables));
            case DOTENV -> dotenv(variables, request.file());
            case CONFIG -> throw new IllegalStateException("answered above");
        }
        return 0;
    }

    private void undo(EnvRequest request) {
        var changes = EnvUndo.back(environment);
        if (changes.isEmpty()) {
            err.println("Nothing to undo: `farol env` changed no variable of this shell.");
        }
        if (request.form() == EnvRequest.Form.JSON) {
            print(json(changes));
        } else if (!changes.isEmpty()) {
            print(request.shell().script(changes));
        }
    }

    private void print(String text) {
        out.print(text);
        out.flush();
    }

    /** Names to values; null for what must not be there, as editors take it. */
    private static String json(Map<String, @Nullable String> variables) {
        ObjectNode object = Json.object();
        variables.forEach(object::put);
        return object.toPrettyString() + "\n";
    }

    /** A line each; what must not be there cannot be said in this format, so it is a comment. */
    private void dotenv(Map<String, @Nullable String> variables, @Nullable Path file)
            throws IOException {
        var text = new StringBuilder();
        var absent = new StringBuilder();
        variables.forEach(
                (name, value) -> {
                    if (value == null) {
                        absent.append(' ').append(name);
                    } else {
                        text.append(name).append('=').append(dotenvValue(value)).append('\n');
                    }
                });
        text.insert(0, "# Must not be set:" + absent + "\n");
        if (file == null) {
            print(text.toString());
            return;
        }
        AtomicFile.writePrivate(
                file.toAbsolutePath(), text.toString().getBytes(StandardCharsets.UTF_8));
        err.println("Wrote " + file + " (holds a secret: only you can read it).");
    }

    private static String dotenvValue(String value) {
        if (value.matches("[A-Za-z0-9_./:,@%+=?&~-]*")) {
            return value;
        }
        if (value.indexOf('\'') < 0) {
            return "'" + value + "'";
        }
        return "\"" + value.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }

    private void writeConfig(RunRecord record, EnvRequest request) throws IOException {
        Path folder = request.file() == null ? Path.of("") : request.file();
        if (!Files.isDirectory(folder.toAbsolutePath())) {
            throw new FarolException(
                    ErrorCode.INVALID_ARGUMENT,
                    "--write-config: "
                            + folder
                            + " is no folder (expected: where your script looks for .azureml)");
        }
        Path file = folder.resolve(".azureml").resolve("config.json");
        Map<String, String> names = new LinkedHashMap<>();
        names.put("subscription_id", record.subscription());
        names.put("resource_group", record.resourceGroup());
        names.put("workspace_name", record.workspace());
        if (Files.exists(file) && !request.force() && !says(file, names)) {
            throw new FarolException(
                    ErrorCode.CONFLICT,
                    file
                            + " names another workspace: "
                            + Files.readString(file).strip()
                            + "\nMove it away, or replace it with --force.");
        }
        ObjectNode config = Json.object();
        names.forEach(config::put);
        AtomicFile.write(file.toAbsolutePath(), config.toPrettyString() + "\n");
        out.println(file);
        out.flush();
    }

    private static boolean says(Path file, Map<String, String> names) throws IOException {
        try {
            JsonNode found = Json.TOLERANT.readTree(Files.readString(file));
            return names.entrySet().stream()
                    .allMatch(
                            each -> each.getValue().equals(found.path(each.getKey()).asString("")));
        } catch (JacksonException noJson) {
            return false;
        }
    }

    private static String secret(Home home) {
        Path file = home.identity().resolve("secret");
        try {
            return Files.readString(file).strip();
        } catch (IOException unreadable) {
            throw new FarolException(
                    ErrorCode.FORBIDDEN,
                    "The secret of this home cannot be read: "
                            + file
                            + " (expected: to be the user who runs Farol)");
        }
    }

    /** Private, because az keeps tokens in it; without what az remembers of another address. */
    private static void prepareAzureFolder(Home home, RunRecord record) throws IOException {
        Path folder = ClientEnvironment.azureFolder(home);
        PrivateFolder.create(folder);
        Path endpoints = folder.resolve("cloudEndpoints.json");
        if (Files.exists(endpoints) && !Files.readString(endpoints).contains(record.arm() + "/")) {
            Files.deleteIfExists(endpoints);
        }
    }
}
