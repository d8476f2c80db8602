package dev.farol.app;

import static dev.farol.kit.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which processes count as a server that runs. */
class RunRecordIT {
    /** Starts a process that waits for the end of stdin, says its number, and never asks of it. */
    private static final String CARELESS =
            """
            import subprocess, sys
            child = subprocess.Popen(["cat"], stdin=sys.stdin)
            print(child.pid, flush=True)
            import signal
            signal.pause()
            """;

    @TempDir Path home;

    @Test
    void aProcessThatEndedAndWasNotAskedForIsNoServer() throws Exception {
        Process parent = new ProcessBuilder("python3", "-c", CARELESS).start();
        try {
            var out =
                    new BufferedReader(
                            new InputStreamReader(parent.getInputStream(), StandardCharsets.UTF_8));
            long pid = Long.parseLong(out.readLine());
            ProcessHandle child = ProcessHandle.of(pid).orElseThrow();
            Path file = home.resolve("addresses.json");
            record(pid, child.info().startInstant().orElseThrow()).write(file);
            assertThat(RunRecord.living(file)).isPresent();

            parent.getOutputStream().close();

            eventually("it is no server", () -> RunRecord.living(file).isEmpty());
            assertThat(Files.readString(Path.of("/proc/" + pid + "/stat"))).contains(") Z ");
            assertThat(RunRecord.read(file)).isPresent();
        } finally {
            parent.destroyForcibly().waitFor();
        }
    }

    private RunRecord record(long pid, Instant started) {
        return new RunRecord(pid, started, "1", home.toString(), "", "", "", "", "", "", "", "");
    }
}
