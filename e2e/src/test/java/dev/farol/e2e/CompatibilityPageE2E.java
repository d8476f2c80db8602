package dev.farol.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The page that lists what works with which client is what the clients' walks showed. */
class CompatibilityPageE2E {
    @Test
    void thePageIsGeneratedFromTheResults() throws Exception {
        Process check =
                new ProcessBuilder(
                                "python3",
                                Farol.ROOT
                                        .resolve("e2e/src/test/python/clients/compatibility.py")
                                        .toString(),
                                "--check")
                        .redirectErrorStream(true)
                        .start();
        String said =
                new String(
                        check.getInputStream().readAllBytes(),
                        java.nio.charset.StandardCharsets.UTF_8);
        assertThat(check.waitFor()).as(said).isZero();
    }
}
