package dev.farol.backend.local;

import static dev.farol.kit.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.backend.Command;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that waits ahead of need, with a shell in the place of a replica. */
class StandbyIT {
    @TempDir Path folder;

    private Standby standby;

    private Standby standby(String script) {
        return standby(script, Duration.ofMillis(1));
    }

    private Standby standby(String script, Duration pause) {
        var processes = new ProcessLauncher(System.getenv(), List.of("PATH"));
        var command = new Command(List.of("sh", "-c", script), Map.of());
        standby = new Standby(command, processes, folder.resolve("logs"), "standby@test", pause);
        standby.prepare();
        return standby;
    }

    @AfterEach
    void close() {
        standby.close();
    }

    @Test
    void theOneThatWaitsGetsTheSpecAndItsErrorsMoveToTheInstance() throws Exception {
        standby("read -r line; echo \"got $line\"; echo fault >&2; cat >/dev/null");
        Path errors = folder.resolve("replica.err");
        Process process =
                eventually(
                                "one waits",
                                Duration.ofSeconds(30),
                                () -> standby.take(folder.resolve("replica.json"), errors),
                                Optional::isPresent)
                        .orElseThrow();
        try (var out = process.inputReader()) {
            assertThat(out.readLine()).isEqualTo("got " + folder.resolve("replica.json"));
            eventually(
                    "its errors are the instance's",
                    () -> Files.readString(errors).equals("fault\n"));
            process.getOutputStream().close();
            assertThat(process.waitFor()).isZero();
        }
    }

    @Test
    void anotherTakesItsPlace() throws Exception {
        standby("read -r line; cat >/dev/null");
        for (int i = 0; i < 2; i++) {
            Path errors = folder.resolve("replica" + i + ".err");
            Process process =
                    eventually(
                                    "one waits",
                                    Duration.ofSeconds(30),
                                    () -> standby.take(folder.resolve("replica.json"), errors),
                                    Optional::isPresent)
                            .orElseThrow();
            process.getOutputStream().close();
            assertThat(process.waitFor()).isZero();
        }
    }

    @Test
    void anotherTakesItsPlaceAsSoonAsTheFirstHasComeUp() throws Exception {
        standby("read -r line; cat >/dev/null", Duration.ofHours(1));
        for (int i = 0; i < 2; i++) {
            Path errors = folder.resolve("replica" + i + ".err");
            assertThat(standby.take(folder.resolve("replica.json"), errors)).isEmpty();
            standby.settled();
            Process process =
                    eventually(
                                    "one waits",
                                    Duration.ofSeconds(30),
                                    () -> standby.take(folder.resolve("replica.json"), errors),
                                    Optional::isPresent)
                            .orElseThrow();
            process.getOutputStream().close();
            assertThat(process.waitFor()).isZero();
        }
    }

    @Test
    void nothingWaitsWhereNoneIsWished() {
        var processes = new ProcessLauncher(System.getenv(), List.of("PATH"));
        standby = new Standby(null, processes, folder, "standby@test", Duration.ofMillis(1));
        standby.prepare();
        assertThat(standby.take(folder.resolve("replica.json"), folder.resolve("replica.err")))
                .isEmpty();
    }

    @Test
    void closeEndsTheOneThatWaits() {
        standby("echo $$ > " + folder.resolve("pid") + "; read -r line");
        eventually(
                "it runs",
                () -> Files.exists(folder.resolve("pid")) && Files.size(folder.resolve("pid")) > 0);
        standby.close();
        eventually(
                "it is gone",
                () -> {
                    long pid = Long.parseLong(Files.readString(folder.resolve("pid")).strip());
                    return ProcessHandle.of(pid).map(handle -> !handle.isAlive()).orElse(true);
                });
    }
}
