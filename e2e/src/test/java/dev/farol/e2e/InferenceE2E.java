package dev.farol.e2e;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A replica answers as Azure ML's inference server did when its answers were recorded. */
class InferenceE2E {
    @Test
    void answersAreThoseThatWereRecorded() throws Exception {
        Conformance.run(
                Duration.ofMinutes(5),
                ClientTools.program("python3"),
                List.of("--recorded", Conformance.RECORDED.toString()));
    }

    @Test
    void thePageShowsTheDifferences() throws Exception {
        Path page = Farol.ROOT.resolve("docs/inference-server.md");
        Conformance.script(
                Duration.ofMinutes(1),
                "differences.py",
                ClientTools.program("python3"),
                List.of("--check", page.toString()));
    }
}
