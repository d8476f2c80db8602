package dev.farol.backend.local;

import static dev.farol.kit.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.backend.BackendConfig;
import dev.farol.backend.InstanceStatus.State;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ZygotesIT {
    private static final Duration START = Duration.ofSeconds(20);

    @TempDir Path home;

    @Test
    void oneZygoteServesAllInstancesOfAnEnvironment() {
        try (LocalBackend backend = Bench.start(home)) {
            backend.warm("env1", Bench.python());
            eventually("the zygote runs", () -> zygotes().size() == 1);
            List<ProcessId> warm = zygotes();
            backend.ensure(Bench.spec(home, "a", "serves"));
            backend.ensure(Bench.spec(home, "b", "serves"));
            Bench.await(backend, "a", State.READY);
            Bench.await(backend, "b", State.READY);
            assertThat(zygotes()).isEqualTo(warm);
            assertThat(backend.logs("a", 1)).contains(".sock");
        }
        assertThat(zygotes()).isEmpty();
    }

    @Test
    void aZygoteThatDiesIsStartedAgainAndInstancesLiveOn() {
        try (LocalBackend backend = Bench.start(home)) {
            backend.ensure(Bench.spec(home, "a", "serves"));
            Bench.await(backend, "a", State.READY);
            ProcessId first = zygotes().getFirst();
            ProcessTable.ofThisMachine().kill(first);
            eventually(
                    "another took its place",
                    () -> zygotes().size() == 1 && !zygotes().contains(first));
            assertThat(backend.observe("a").orElseThrow().restarts()).isZero();
            backend.ensure(Bench.spec(home, "b", "serves"));
            Bench.await(backend, "b", State.READY);
            assertThat(backend.logs("b", 1)).contains(".sock");
        }
    }

    @Test
    void instancesDoWithoutAZygoteThatFails() throws Exception {
        mode("broken");
        try (LocalBackend backend = Bench.start(home)) {
            backend.ensure(Bench.spec(home, "a", "serves"));
            Bench.await(backend, "a", State.READY);
            assertThat(backend.logs("a", 1)).contains("zygote None");
        }
    }

    @Test
    void instancesDoWithoutAZygoteThatIsNotReadyInTime() throws Exception {
        mode("mute");
        var base = Bench.config(START, Duration.ofMinutes(1));
        var config =
                new BackendConfig(
                        base.startTimeout(),
                        base.backOffFirst(),
                        base.backOffMax(),
                        base.healthyAfter(),
                        base.closeDrain(),
                        base.standbyPause(),
                        Duration.ofMillis(100),
                        base.zygoteIdle(),
                        base.keepLogs(),
                        base.keepInstances(),
                        base.instanceTypes(),
                        base.inheritedVariables());
        try (LocalBackend backend = Bench.start(home, config)) {
            backend.ensure(Bench.spec(home, "a", "serves"));
            Bench.await(backend, "a", State.READY);
            assertThat(backend.logs("a", 1)).contains("zygote None");
        }
    }

    @Test
    void aZygoteThatNobodyUsesGoesAfterAWhile() throws Exception {
        try (LocalBackend backend =
                Bench.start(home, Bench.config(START, Duration.ofMillis(200)))) {
            backend.ensure(Bench.spec(home, "a", "serves"));
            Bench.await(backend, "a", State.READY);
            assertThat(zygotes()).hasSize(1);
            backend.remove("a", START).get(20, TimeUnit.SECONDS);
            eventually("the zygote went", () -> zygotes().isEmpty());
            backend.ensure(Bench.spec(home, "b", "serves"));
            Bench.await(backend, "b", State.READY);
            assertThat(zygotes()).hasSize(1);
        }
    }

    private void mode(String mode) throws Exception {
        Path folder = Files.createDirectories(home.resolve("envs-state/env1"));
        Files.writeString(folder.resolve("mode"), mode, StandardCharsets.UTF_8);
    }

    private List<ProcessId> zygotes() {
        var table = ProcessTable.ofThisMachine();
        return Bench.processesOf(home).stream()
                .filter(
                        id ->
                                table.variable(id.pid(), ProcessTree.MARK)
                                        .orElse("")
                                        .startsWith("zygote-"))
                .toList();
    }
}
