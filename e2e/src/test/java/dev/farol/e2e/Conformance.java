package dev.farol.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The scripts that compare Farol's inference server with Azure ML's. */
final class Conformance {
    static final Path RECORDED =
            Farol.ROOT.resolve("e2e/src/test/resources/inference/recorded.json");

    private static final Path SCRIPTS = Farol.ROOT.resolve("e2e/src/test/python/inference");

    private Conformance() {}

    /**
     * Sends all requests and compares.
     *
     * @param python of the environment that serves the scripts
     */
    static void run(Duration limit, Path python, List<String> arguments)
            throws IOException, InterruptedException {
        var all = new ArrayList<>(List.of("--farol", Farol.ROOT.resolve("farol").toString()));
        all.addAll(List.of("--python", python.toString()));
        all.addAll(arguments);
        script(limit, "conformance.py", python, all);
    }

    /** Runs one of the scripts, which tells by its exit code whether all is well. */
    static void script(Duration limit, String name, Path python, List<String> arguments)
            throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of(python.toString(), SCRIPTS.resolve(name).toString()));
        command.addAll(arguments);
        Path said = Files.createTempFile("conformance", ".txt");
        try {
            var builder =
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(said.toFile())
                            .redirectInput(new File("/dev/null"));
            builder.environment().put("PYTHONDONTWRITEBYTECODE", "1");
            Process process = builder.start();
            boolean ended = process.waitFor(limit.toSeconds(), TimeUnit.SECONDS);
            if (!ended) {
                try (Stream<ProcessHandle> below = process.descendants()) {
                    below.forEach(ProcessHandle::destroyForcibly);
                }
                process.destroyForcibly().waitFor();
            }
            assertThat(ended && process.exitValue() == 0).as(Files.readString(said)).isTrue();
        } finally {
            Files.delete(said);
        }
    }
}
