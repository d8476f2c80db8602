package dev.farol.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.farol.kit.Trees;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Other people's clients, as their package registries have them, each in a folder below {@code
 * e2e/target/clients} that later runs find again.
 */
final class ClientTools {
    private static final Path TOOLS = Farol.ROOT.resolve("e2e/target/clients");
    private static final String WHOLE = ".whole";

    private ClientTools() {}

    /**
     * The interpreter of a virtual environment that has these packages; the first name is the
     * folder's.
     */
    static Path python(String name, String... packages) throws IOException, InterruptedException {
        Path folder = TOOLS.resolve(name);
        Path python = folder.resolve("bin/python");
        if (!Files.exists(folder.resolve(WHOLE))) {
            Path base = program("python3.11");
            removed(folder);
            install(base.toString(), "-m", "venv", folder.toString());
            var pip = new ArrayList<>(List.of(python.toString(), "-m", "pip", "install", "-q"));
            pip.add("--disable-pip-version-check");
            pip.addAll(List.of(packages));
            install(pip.toArray(String[]::new));
            Files.createFile(folder.resolve(WHOLE));
        }
        return python;
    }

    /** A {@code node_modules} folder with these packages. */
    static Path modules(String name, String... packages) throws IOException, InterruptedException {
        Path folder = TOOLS.resolve(name);
        if (!Files.exists(folder.resolve(WHOLE))) {
            Path npm = program("npm");
            removed(folder);
            Files.createDirectories(folder);
            Files.writeString(folder.resolve("package.json"), "{\"private\": true}\n");
            var command =
                    new ArrayList<>(
                            List.of(npm.toString(), "install", "--prefix", folder.toString()));
            command.addAll(List.of("--no-audit", "--no-fund", "--silent"));
            command.addAll(List.of(packages));
            install(command.toArray(String[]::new));
            Files.createFile(folder.resolve(WHOLE));
        }
        return folder.resolve("node_modules");
    }

    /** A program on the path; the test counts as skipped on a machine that has none. */
    static Path program(String name) {
        for (String folder : System.getenv("PATH").split(File.pathSeparator)) {
            Path candidate = Path.of(folder, name);
            if (Files.isExecutable(candidate)) {
                return candidate;
            }
        }
        assumeTrue(false, name + " is not installed");
        throw new IllegalStateException(name);
    }

    private static void removed(Path folder) throws IOException {
        if (Files.exists(folder)) {
            Trees.delete(folder);
        }
    }

    private static void install(String... command) throws IOException, InterruptedException {
        Path said = Files.createTempFile("install", ".txt");
        try {
            Process process =
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(said.toFile())
                            .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                            .start();
            boolean ended = process.waitFor(10, TimeUnit.MINUTES);
            if (!ended) {
                process.destroyForcibly().waitFor();
            }
            assertThat(ended && process.exitValue() == 0)
                    .as("%s: %s", String.join(" ", command), Files.readString(said))
                    .isTrue();
        } finally {
            Files.delete(said);
        }
    }

    /**
     * Runs a command in the environment that {@code eval "$(farol env)"} leaves, in a folder of the
     * user's, with no variable of the caller's that an Azure client would read.
     *
     * @return its exit code and output, standard error in with it
     */
    static Farol.Result inEnvironment(
            Farol farol, Path folder, Duration limit, List<String> command)
            throws IOException, InterruptedException {
        var line =
                new ArrayList<>(
                        List.of(
                                "bash",
                                "-c",
                                "environment=$(\"$1\" env) && eval \"$environment\" && shift && exec \"$@\"",
                                "bash"));
        line.add(Farol.ROOT.resolve("farol").toString());
        line.addAll(command);
        Path said = Files.createTempFile(farol.home(), "client", ".txt");
        var builder =
                new ProcessBuilder(line)
                        .directory(folder.toFile())
                        .redirectErrorStream(true)
                        .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                        .redirectOutput(said.toFile());
        builder.environment().put("FAROL_HOME", farol.home().toString());
        builder.environment().keySet().removeIf(name -> name.startsWith("AZURE"));
        // Nothing that the client writes beside the user's files.
        builder.environment().put("PYTHONDONTWRITEBYTECODE", "1");
        builder.environment()
                .put("HOME", Files.createDirectories(farol.home().resolve("user")).toString());
        Process process = builder.start();
        if (!process.waitFor(limit.toSeconds(), TimeUnit.SECONDS)) {
            try (Stream<ProcessHandle> below = process.descendants()) {
                below.forEach(ProcessHandle::destroyForcibly);
            }
            process.destroyForcibly().waitFor();
            throw new AssertionError(
                    command + " did not end within " + limit + ":\n" + Files.readString(said));
        }
        return new Farol.Result(process.exitValue(), Files.readString(said), "");
    }
}
