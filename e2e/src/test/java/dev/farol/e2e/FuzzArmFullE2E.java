package dev.farol.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * The control plane under thousands of generated requests, by its own document; slow, as it sends
 * them all.
 */
class FuzzArmFullE2E {
    private static final String SCHEMATHESIS = "schemathesis==4.32.5";
    private static final String CASES = System.getProperty("farol.fuzz.cases", "5000");
    private static final Duration LIMIT = Duration.ofMinutes(60);

    @Test
    void everyAnswerIsAsDocumentedAndWhatIsLeftIsConsistent() throws Exception {
        try (var farol = new Farol()) {
            JsonNode addresses = farol.up();
            Path python = environment(farol.home());
            Path log = farol.home().resolve("fuzz.txt");

            int exit =
                    run(
                            LIMIT,
                            log,
                            List.of(
                                    python.toString(),
                                    Farol.ROOT
                                            .resolve("e2e/src/test/python/fuzz_arm.py")
                                            .toString(),
                                    "--home",
                                    farol.home().toString(),
                                    "--url",
                                    addresses.path("arm").asString(),
                                    "--cases",
                                    CASES));

            assertThat(exit).as(Files.readString(log)).isZero();
        }
    }

    /** A Python with schemathesis, thrown away with the home. */
    private static Path environment(Path home) throws Exception {
        Path folder = home.resolve("fuzz-venv");
        Path log = home.resolve("venv.txt");
        assertThat(
                        run(
                                Duration.ofMinutes(2),
                                log,
                                List.of("python3", "-m", "venv", folder.toString())))
                .as(Files.readString(log))
                .isZero();
        Path python = folder.resolve("bin/python");
        assertThat(
                        run(
                                Duration.ofMinutes(10),
                                log,
                                List.of(
                                        python.toString(),
                                        "-m",
                                        "pip",
                                        "install",
                                        "-q",
                                        SCHEMATHESIS)))
                .as(Files.readString(log))
                .isZero();
        return python;
    }

    private static int run(Duration limit, Path log, List<String> command) throws Exception {
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        try {
            assertThat(process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS))
                    .as("%s ends in time", command)
                    .isTrue();
            return process.exitValue();
        } finally {
            process.destroyForcibly();
        }
    }
}
