package dev.farol.backend.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.backend.BackendConfig;
import dev.farol.backend.InstanceStatus;
import dev.farol.backend.InstanceStatus.State;
import dev.farol.backend.LocalFolders;
import dev.farol.backend.local.Transitions.Transition;
import dev.farol.spec.ProbeSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Drives real processes through every row of the table of transitions. */
class TransitionsIT {
    private static final ProbeSettings SLOWER =
            new ProbeSettings(15, 1, Duration.ofSeconds(1), Duration.ofMillis(100), Duration.ZERO);
    private static final Duration LONG = Duration.ofHours(1);

    @TempDir Path home;
    private final Set<Transition> visited = ConcurrentHashMap.newKeySet();

    @Test
    void everyTransitionHappens() throws Exception {
        try (LocalBackend quick = start("quick", Duration.ofMillis(50))) {
            fromTheFirstStart(quick);
            whileServing(quick);
            whileNotReady(quick);
            whileRecovering(quick);
            whileRetrying(quick);
        }
        try (LocalBackend patient = start("patient", LONG)) {
            whilePausing(patient);
        }
        assertThat(visited).containsAll(Transitions.TABLE);
        assertThat(Transitions.TABLE).containsAll(visited);
    }

    private void fromTheFirstStart(LocalBackend backend) throws Exception {
        ensure(backend, "start", "hangs-in-init", Bench.PATIENT, Bench.PATIENT);
        Bench.await(backend, "start", "listens", status -> status.port() > 0);
        remove(backend, "start");
        ensure(backend, "late", "hangs-in-init", Bench.QUICK, Bench.PATIENT);
        Bench.await(backend, "late", "was late twice", status -> status.restarts() >= 2);
        Bench.await(backend, "late", State.FAILED);
        mode("late", "serves");
        Bench.await(backend, "late", State.READY);
        var first = backend.remove("late", LONG);
        remove(backend, "late");
        first.get(1, TimeUnit.SECONDS);
    }

    private void whileServing(LocalBackend backend) throws Exception {
        ensure(backend, "serves", "ignores-sigterm", Bench.QUICK, Bench.PATIENT);
        Bench.get(Bench.await(backend, "serves", State.READY), "/sick");
        Bench.await(backend, "serves", "restarted", status -> status.restarts() == 1);
        Bench.await(backend, "serves", State.READY);
        backend.remove("serves", Duration.ofMillis(50)).get(10, TimeUnit.SECONDS);
    }

    private void whileNotReady(LocalBackend backend) throws Exception {
        ensure(backend, "lost", "serves", SLOWER, Bench.QUICK);
        InstanceStatus ready = Bench.await(backend, "lost", State.READY);
        Bench.get(ready, "/sick");
        Bench.await(backend, "lost", State.NOT_READY);
        Bench.get(ready, "/well");
        Bench.await(backend, "lost", State.READY);
        Bench.get(ready, "/sick");
        Bench.await(backend, "lost", State.NOT_READY);
        Bench.await(backend, "lost", "is restarted", status -> status.restarts() == 1);
        ready = Bench.await(backend, "lost", State.READY);
        Bench.get(ready, "/sick");
        Bench.crash(Bench.await(backend, "lost", State.NOT_READY));
        Bench.await(backend, "lost", "is restarted", status -> status.restarts() == 2);
        ready = Bench.await(backend, "lost", State.READY);
        Bench.get(ready, "/sick");
        Bench.await(backend, "lost", State.NOT_READY);
        remove(backend, "lost");
    }

    private void whileRecovering(LocalBackend backend) throws Exception {
        ensure(backend, "again", "serves", Bench.QUICK, Bench.PATIENT);
        InstanceStatus ready = Bench.await(backend, "again", State.READY);
        mode("again", "crashes-at-once");
        Bench.crash(ready);
        Bench.await(backend, "again", "crashed again", status -> status.restarts() >= 2);
        mode("again", "hangs-in-init");
        int tries = Bench.await(backend, "again", "hangs", status -> status.port() > 0).restarts();
        Bench.await(backend, "again", "was late", status -> status.restarts() > tries);
        Bench.await(backend, "again", "hangs", status -> status.port() > 0);
        assertThat(backend.observe("again").orElseThrow().state()).isEqualTo(State.STARTING);
        remove(backend, "again");
    }

    private void whileRetrying(LocalBackend backend) throws Exception {
        ensure(backend, "retry", "crashes-at-once", Bench.PATIENT, Bench.PATIENT);
        Bench.await(backend, "retry", "failed twice", status -> status.restarts() >= 2);
        mode("retry", "hangs-in-init");
        Bench.await(backend, "retry", "hangs", status -> status.port() > 0);
        assertThat(backend.observe("retry").orElseThrow().state()).isEqualTo(State.FAILED);
        remove(backend, "retry");
    }

    private void whilePausing(LocalBackend backend) throws Exception {
        ensure(backend, "failed", "crashes-at-once", Bench.PATIENT, Bench.PATIENT);
        Bench.await(backend, "failed", State.FAILED);
        remove(backend, "failed");
        ensure(backend, "crashed", "serves", Bench.PATIENT, Bench.PATIENT);
        InstanceStatus ready = Bench.await(backend, "crashed", State.READY);
        mode("crashed", "crashes-at-once");
        Bench.crash(ready);
        Bench.await(
                backend,
                "crashed",
                "pauses",
                status ->
                        status.verdict() != null
                                && Integer.valueOf(5).equals(status.verdict().exitCode()));
        remove(backend, "crashed");
    }

    private LocalBackend start(String name, Duration backOff) {
        BackendConfig base = Bench.config(null, Duration.ofMinutes(1));
        var config =
                new BackendConfig(
                        null,
                        backOff,
                        LONG,
                        base.healthyAfter(),
                        base.closeDrain(),
                        base.standbyPause(),
                        base.zygoteStart(),
                        base.zygoteIdle(),
                        base.keepLogs(),
                        base.keepInstances(),
                        base.instanceTypes(),
                        base.inheritedVariables());
        return LocalBackend.start(
                config,
                LocalFolders.below(home.resolve(name)),
                Bench.launchers(),
                InstantSource.system(),
                visited::add);
    }

    private void ensure(
            LocalBackend backend,
            String id,
            String mode,
            ProbeSettings liveness,
            ProbeSettings readiness)
            throws Exception {
        mode(id, mode);
        Map<String, String> file = Map.of("FAKE_MODE_FILE", modeFile(id).toString());
        backend.ensure(Bench.spec(home, id, "", file, liveness, readiness));
    }

    private void mode(String id, String mode) throws Exception {
        Path written = home.resolve(id + ".new");
        Files.writeString(written, mode);
        Files.move(written, modeFile(id), StandardCopyOption.ATOMIC_MOVE);
    }

    private Path modeFile(String id) {
        return home.resolve(id + ".mode");
    }

    private static void remove(LocalBackend backend, String id) throws Exception {
        backend.remove(id, Duration.ofSeconds(5)).get(10, TimeUnit.SECONDS);
        assertThat(backend.observe(id)).isEmpty();
    }
}
