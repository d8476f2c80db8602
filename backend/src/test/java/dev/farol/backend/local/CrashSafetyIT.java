package dev.farol.backend.local;

import static dev.farol.kit.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.farol.backend.Backends;
import dev.farol.backend.InstanceStatus.State;
import dev.farol.backend.LocalFolders;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Farol killed with signal 9: nothing of it stays, at once or at the next start at the latest. */
class CrashSafetyIT {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    @TempDir Path home;
    private final List<Process> started = new ArrayList<>();

    @AfterEach
    void endWhatWasStarted() {
        started.forEach(Process::destroyForcibly);
    }

    @Test
    void nothingOutlivesAKilledFarol() throws Exception {
        Process farol = farol("serves", "serves", "never-listens");
        assertThat(Bench.processesOf(home)).hasSizeGreaterThanOrEqualTo(6);

        farol.destroyForcibly().waitFor();

        eventually("everything ended", LIMIT, () -> Bench.processesOf(home).isEmpty());
    }

    @Test
    void theNextStartEndsWhatDidNotNoticeAndKeepsTheLogs() throws Exception {
        Process farol = farol("hides");
        eventually("all are there", LIMIT, () -> Bench.processesOf(home).size() >= 4);
        farol.destroyForcibly().waitFor();
        eventually("the hidden one stays", LIMIT, () -> Bench.processesOf(home).size() == 1);

        try (LocalBackend backend = Bench.start(home)) {
            assertThat(Bench.processesOf(home)).isEmpty();
            assertThat(home.resolve("instances/i1")).doesNotExist();
            assertThat(backend.observeAll()).isEmpty();
            assertThat(backend.logsOfDeployment(Bench.DEPLOYMENT, 9)).contains("attempt of i1");
            backend.ensure(Bench.spec(home, "i1", "serves"));
            Bench.await(backend, "i1", State.READY);
        }
        assertThat(Bench.processesOf(home)).isEmpty();
    }

    /** By who finds the death out, and starts nothing. */
    @Test
    void whatDidNotNoticeEndsWithoutAStart() throws Exception {
        Process farol = farol("hides");
        eventually("all are there", LIMIT, () -> Bench.processesOf(home).size() >= 4);
        assertThatThrownBy(() -> Backends.endLeftovers(LocalFolders.below(home)))
                .hasMessageContaining("Another Farol keeps instances");
        farol.destroyForcibly().waitFor();
        eventually("the hidden one stays", LIMIT, () -> Bench.processesOf(home).size() == 1);

        Path sockets = RunFolder.choose(LocalFolders.below(home)).path();
        assertThat(sockets).isNotEmptyDirectory();

        Backends.endLeftovers(LocalFolders.below(home));

        assertThat(Bench.processesOf(home)).isEmpty();
        assertThat(sockets)
                .satisfiesAnyOf(
                        nobodyElses -> assertThat(nobodyElses).doesNotExist(),
                        ofTheHome -> assertThat(ofTheHome).isEmptyDirectory());
        assertThat(Backends.console(LocalFolders.below(home), "i1", 9))
                .anyMatch(line -> line.contains("attempt of i1"));
    }

    @Test
    void recordedProcessesAreEndedUnlessTheNumberIsSomebodyElsesNow() throws Exception {
        Process ours = sleeper();
        Process stranger = sleeper();
        var table = ProcessTable.ofThisMachine();
        Path folder = Files.createDirectories(home.resolve("instances/old"));
        var pids = new PidFile(folder);
        pids.add(table.find(ours.pid()).orElseThrow().id());
        pids.add(new ProcessId(stranger.pid(), "another-boot:1"));
        Files.writeString(folder.resolve("pids"), "garbage\n12", StandardOpenOption.APPEND);

        Bench.start(home).close();

        assertThat(ours.waitFor(5, TimeUnit.SECONDS)).isTrue();
        assertThat(stranger.isAlive()).isTrue();
    }

    private Process sleeper() throws IOException {
        Process process =
                new ProcessBuilder(
                                Bench.python().toString(),
                                "-S",
                                "-c",
                                "import time; time.sleep(600)")
                        .start();
        started.add(process);
        return process;
    }

    /** A JVM of its own that keeps instances of these modes, and is ready. */
    private Process farol(String... modes) throws IOException {
        var command = new ArrayList<String>();
        command.add(ProcessHandle.current().info().command().orElseThrow());
        command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp"));
        command.add(System.getProperty("java.class.path"));
        command.addAll(List.of(Bench.class.getName(), home.toString()));
        command.addAll(Arrays.asList(modes));
        Process process =
                new ProcessBuilder(command)
                        .redirectError(home.resolve("farol.err").toFile())
                        .start();
        started.add(process);
        String said = process.inputReader(StandardCharsets.UTF_8).readLine();
        assertThat(said).as(Files.readString(home.resolve("farol.err"))).isEqualTo("up");
        return process;
    }
}
