package dev.farol.app;

import dev.farol.wire.ApiClient;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code farol demo}: a real model from nothing to a split, through the commands that a user would
 * type. Every command is printed before it runs; the server is left running.
 */
@Command(
        name = "demo",
        description =
                "Train, deploy, split and score a real model, showing every command, and leave it running.",
        footer = {"", "Example: farol demo"})
final class DemoCommand implements Callable<Integer> {
    private static final String EXAMPLE = "examples/online/diabetes";
    private static final int REQUESTS = 200;

    @Option(
            names = "--home",
            paramLabel = "DIR",
            description = "The home folder; else FAROL_HOME, else ~/.farol.")
    @Nullable Path home;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            description = "As for up; 0 means any free port.")
    @Nullable Integer port;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    CommandSpec spec;

    private final Path root = Distribution.root();

    @Override
    public Integer call() throws Exception {
        Home folder = Home.of(home);
        PrintWriter out = spec.commandLine().getOut();
        out.println(
                "A model that predicts the progression of diabetes, from training to live traffic.");
        out.println();

        heading("1. Start Farol. It keeps everything in " + folder.folder() + ".");
        if (RunRecord.living(folder.addresses()).isPresent()) {
            out.println("  It runs already.");
        } else {
            up();
        }
        RunRecord server =
                RunRecord.living(folder.addresses())
                        .orElseThrow(
                                () ->
                                        new IllegalStateException(
                                                "farol up ended well, and nothing runs"));

        heading("2. Train two models in the environment that will serve them.");
        if (trained()) {
            out.println("  " + EXAMPLE + "/model-blue and model-green are there already.");
        } else {
            run(
                    "python",
                    "--conda-file",
                    EXAMPLE + "/environment/conda.yaml",
                    EXAMPLE + "/train.py");
        }

        heading("3. An endpoint is a stable URL with a key; deployments stand behind it.");
        if (quietly("online-endpoint", "show", "-n", "diabetes") != 0) {
            run("online-endpoint", "create", "-f", EXAMPLE + "/endpoint.yml", "-o", "none");
        } else {
            out.println("  The endpoint is there already.");
        }
        deploy("blue", true);
        deploy("green", false);

        heading("4. A tenth of the traffic goes to the new model.");
        run(
                "online-endpoint",
                "update",
                "-n",
                "diabetes",
                "--traffic",
                "blue=90 green=10",
                "-o",
                "none");

        heading("5. Ask it.");
        run(
                "online-endpoint",
                "invoke",
                "-n",
                "diabetes",
                "--request-file",
                EXAMPLE + "/request.json");
        measure();
        next(server);
        return 0;
    }

    private void deploy(String name, boolean allTraffic) throws Exception {
        if (state(name).equals("Succeeded")) {
            spec.commandLine().getOut().println("  The deployment " + name + " is there already.");
            return;
        }
        var arguments =
                new ArrayList<>(
                        List.of(
                                "online-deployment",
                                "create",
                                "-f",
                                EXAMPLE + "/" + name + "-deployment.yml",
                                "-o",
                                "none"));
        if (allTraffic) {
            arguments.add("--all-traffic");
        }
        run(arguments.toArray(String[]::new));
    }

    /** What became of the deployment's last change; empty when there is no such deployment. */
    private String state(String name) {
        var text = new StringWriter();
        var out = new PrintWriter(text);
        int exit =
                Main.execute(
                        folder(),
                        out,
                        new PrintWriter(Writer.nullWriter()),
                        "online-deployment",
                        "show",
                        "-e",
                        "diabetes",
                        "-n",
                        name,
                        "--query",
                        "provisioning_state",
                        "-o",
                        "tsv");
        out.flush();
        return exit == 0 ? text.toString().strip() : "";
    }

    private boolean trained() {
        return Files.exists(root.resolve(EXAMPLE + "/model-blue/model.joblib"))
                && Files.exists(root.resolve(EXAMPLE + "/model-green/model.joblib"));
    }

    private void measure() throws IOException, InterruptedException {
        String uri =
                ask(
                        "online-endpoint",
                        "show",
                        "-n",
                        "diabetes",
                        "--query",
                        "scoring_uri",
                        "-o",
                        "tsv");
        String key =
                ask(
                        "online-endpoint",
                        "get-credentials",
                        "-n",
                        "diabetes",
                        "--query",
                        "primaryKey",
                        "-o",
                        "tsv");
        byte[] body = Files.readAllBytes(root.resolve(EXAMPLE + "/request.json"));
        try (var http = ApiClient.create(null, Duration.ofSeconds(10))) {
            PrintWriter out = spec.commandLine().getOut();
            out.println();
            out.println(new SplitMeter(http, uri, key).measure(body, REQUESTS).text());
        }
    }

    private void next(RunRecord server) {
        PrintWriter out = spec.commandLine().getOut();
        heading("Farol keeps running. What to try next:");
        for (String line :
                List.of(
                        "./farol online-deployment get-logs -e diabetes -n blue",
                        "./farol online-endpoint update -n diabetes --traffic \"blue=0 green=100\"",
                        "KEY=$(./farol online-endpoint get-credentials -n diabetes --query primaryKey -o tsv)",
                        "curl -H \"Authorization: Bearer $KEY\" -d @"
                                + EXAMPLE
                                + "/request.json "
                                + server.gateway()
                                + "/api/v1/endpoint/diabetes/score",
                        "break " + EXAMPLE + "/onlinescoring/score.py, then",
                        "  ./farol online-deployment update -f "
                                + EXAMPLE
                                + "/green-deployment.yml   # and read the verdict",
                        "./farol down                             # stops it and everything it started")) {
            out.println("  " + line);
        }
        out.flush();
    }

    private void heading(String text) {
        PrintWriter out = spec.commandLine().getOut();
        out.println();
        out.println(text);
        out.flush();
    }

    /** Prints the command as a user would type it, then runs it in this process. */
    private void run(String... arguments) throws Exception {
        show(arguments);
        int exit = execute(arguments);
        if (exit != 0) {
            throw new IOException("the command above ended with " + exit);
        }
    }

    private int quietly(String... arguments) {
        var silent = new PrintWriter(Writer.nullWriter());
        return Main.execute(folder(), silent, silent, located(arguments));
    }

    /** What a command prints, without the line's end. */
    private String ask(String... arguments) throws IOException {
        var text = new StringWriter();
        var out = new PrintWriter(text);
        int exit = Main.execute(folder(), out, spec.commandLine().getErr(), arguments);
        out.flush();
        if (exit != 0) {
            throw new IOException("farol " + String.join(" ", arguments) + " ended with " + exit);
        }
        return text.toString().strip();
    }

    private int execute(String... arguments) {
        var command = spec.commandLine();
        command.getOut().flush();
        return Main.execute(folder(), command.getOut(), command.getErr(), located(arguments));
    }

    private Home folder() {
        return Home.of(home);
    }

    /**
     * The same arguments with the example's files by their full path: this process may stand
     * elsewhere.
     */
    private String[] located(String... arguments) {
        String[] full = arguments.clone();
        for (int i = 0; i < full.length; i++) {
            if (full[i].startsWith(EXAMPLE)) {
                full[i] = root.resolve(full[i]).toString();
            }
        }
        return full;
    }

    private void show(String... arguments) {
        var line = new StringBuilder("  $ ./farol");
        for (String argument : arguments) {
            line.append(' ').append(argument.contains(" ") ? '"' + argument + '"' : argument);
        }
        PrintWriter out = spec.commandLine().getOut();
        out.println(line);
        out.flush();
    }

    private void up() throws IOException, InterruptedException {
        var arguments = new ArrayList<>(List.of("up", "--detach"));
        if (port != null) {
            arguments.addAll(List.of("--port", port.toString()));
        }
        if (home != null) {
            arguments.addAll(List.of("--home", home.toString()));
        }
        show(arguments.toArray(String[]::new));
        var command = new ArrayList<>(List.of(root.resolve("farol").toString()));
        command.addAll(arguments);
        int exit = new ProcessBuilder(command).inheritIO().start().waitFor();
        if (exit != 0) {
            throw new IOException("farol up ended with " + exit);
        }
    }
}
