package dev.farol.backend.local;

import static dev.farol.kit.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.farol.backend.Command;
import dev.farol.backend.InstanceStatus;
import dev.farol.backend.InstanceStatus.State;
import dev.farol.backend.Launchers;
import dev.farol.backend.LocalFolders;
import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import dev.farol.spec.Phase;
import dev.farol.spec.Verdict;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalBackendIT {
    private static final Duration DRAIN = Duration.ofSeconds(5);

    @TempDir Path home;
    private LocalBackend backend;

    @BeforeEach
    void start() {
        backend = Bench.start(home);
    }

    @AfterEach
    void nothingIsLeft() {
        backend.close();
        assertThat(Bench.processesOf(home)).isEmpty();
    }

    @Test
    void bringsAnInstanceUpAndTakesItDown() throws Exception {
        backend.ensure(Bench.spec(home, "a", "serves"));
        backend.ensure(Bench.spec(home, "a", "crashes-at-once"));
        InstanceStatus ready = Bench.await(backend, "a", State.READY);
        assertThat(Bench.get(ready, "/")).isEqualTo("Healthy");
        assertThat(ready.verdict()).isNull();
        assertThat(ready.deployment()).isEqualTo(Bench.DEPLOYMENT);
        assertThat(backend.observeAll()).hasSize(1);
        assertThat(Bench.processesOf(home)).hasSize(3);
        Bench.await(backend, "a", "uses memory", status -> status.residentBytes() > 1 << 20);
        assertThat(backend.logs("a", 10)).contains("attempt of a in serves, zygote /");

        backend.remove("a", DRAIN).get(10, TimeUnit.SECONDS);

        assertThat(backend.observe("a")).isEmpty();
        assertThat(home.resolve("instances/a")).doesNotExist();
        assertThat(Bench.processesOf(home)).hasSize(1);
        assertThat(backend.logs("a", 1)).isEqualTo("draining\n");
        assertThat(backend.logsOfDeployment(Bench.DEPLOYMENT, 1)).isEqualTo("draining\n");
    }

    @Test
    void requestsThatRunEndBeforeTheInstanceGoes() throws Exception {
        backend.ensure(Bench.spec(home, "a", "serves"));
        InstanceStatus ready = Bench.await(backend, "a", State.READY);
        try (HttpClient client = HttpClient.newHttpClient()) {
            var answer =
                    client.sendAsync(
                            HttpRequest.newBuilder(Bench.uri(ready, "/slow")).build(),
                            HttpResponse.BodyHandlers.ofString());
            eventually("the request runs", () -> backend.logs("a", 5).contains("slow request"));
            backend.remove("a", DRAIN).get(10, TimeUnit.SECONDS);
            assertThat(answer.get(1, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void removesAnInstanceThatIgnoresTheRequestToEnd() throws Exception {
        backend.ensure(Bench.spec(home, "a", "ignores-sigterm"));
        Bench.await(backend, "a", State.READY);
        var slow = backend.remove("a", Duration.ofHours(1));
        Bench.await(backend, "a", State.STOPPING);
        assertThat(slow).isNotDone();
        backend.remove("a", Duration.ofMillis(100)).get(10, TimeUnit.SECONDS);
        slow.get(1, TimeUnit.SECONDS);
    }

    @Test
    void removesAnInstanceThatIsStillStarting() throws Exception {
        backend.ensure(Bench.spec(home, "a", "never-listens"));
        backend.ensure(Bench.spec(home, "b", "hangs-in-init"));
        Bench.await(backend, "b", "is in init()", status -> status.phase().equals("init"));
        assertThat(backend.observe("b").orElseThrow().port()).isPositive();
        backend.remove("a", Duration.ZERO).get(10, TimeUnit.SECONDS);
        backend.remove("b", Duration.ZERO).get(10, TimeUnit.SECONDS);
        backend.remove("unknown", DRAIN).get(0, TimeUnit.SECONDS);
        assertThat(backend.observeAll()).isEmpty();
    }

    @Test
    void saysWhyAFirstStartFailedAndKeepsTrying() {
        backend.ensure(Bench.spec(home, "a", "fails"));
        Bench.await(backend, "a", State.FAILED);
        InstanceStatus status = Bench.await(backend, "a", "tries", s -> s.restarts() >= 2);
        assertThat(status.state()).isEqualTo(State.FAILED);
        Verdict verdict = Bench.await(backend, "a", "tells", s -> s.verdict() != null).verdict();
        assertThat(verdict.phase()).isEqualTo(Phase.CODE);
        assertThat(verdict.code()).isEqualTo(ErrorCode.SCRIPT_INVALID);
        assertThat(verdict.exception()).isEqualTo("ModuleNotFoundError: No module named 'joblb'");
        assertThat(verdict.location()).isEqualTo("score.py:3 in <module>: import joblb");
        assertThat(verdict.fix()).contains("joblib");
        assertThat(verdict.reproduce())
                .isEqualTo(
                        "AZUREML_MODEL_DIR='/a model' "
                                + Bench.python()
                                + " worker.py --entry score.py");
        assertThat(verdict.lastLines()).hasSize(5).last().asString().contains("joblb");
    }

    @Test
    void comesUpByItselfOnceTheReasonIsGone() throws Exception {
        Path cure = home.resolve("cure");
        backend.ensure(
                Bench.spec(
                        home,
                        "a",
                        "heals",
                        Map.of("FAKE_CURE", cure.toString()),
                        Bench.PATIENT,
                        Bench.PATIENT));
        Verdict verdict = Bench.await(backend, "a", State.FAILED).verdict();
        assertThat(verdict.message()).startsWith("Port 4242 is already in use");
        Files.createFile(cure);
        assertThat(Bench.await(backend, "a", State.READY).verdict()).isNull();
    }

    @Test
    void tellsOfAReplicaThatCrashesAtOnce() {
        backend.ensure(Bench.spec(home, "a", "crashes-at-once"));
        Verdict verdict = Bench.await(backend, "a", State.FAILED).verdict();
        assertThat(verdict.exitCode()).isEqualTo(5);
        assertThat(verdict.message()).isEqualTo("The instance ended with exit code 5.");
    }

    @Test
    void startsACrashedInstanceAgainAtOnce() throws Exception {
        Set<State> seen = ConcurrentHashMap.newKeySet();
        backend.onChange(id -> backend.observe(id).map(InstanceStatus::state).ifPresent(seen::add));
        backend.ensure(Bench.spec(home, "a", "serves"));
        InstanceStatus first = Bench.await(backend, "a", State.READY);
        assertThatThrownBy(() -> Bench.get(first, "/crash")).isInstanceOf(IOException.class);
        InstanceStatus again =
                Bench.await(
                        backend,
                        "a",
                        "is back",
                        s -> s.state() == State.READY && s.restarts() == 1);
        assertThat(again.verdict()).isNull();
        assertThat(Bench.get(again, "/")).isEqualTo("Healthy");
        eventually("told", () -> seen.containsAll(Set.of(State.STARTING, State.READY)));
    }

    @Test
    void followsTheReadinessProbe() throws Exception {
        backend.ensure(Bench.spec(home, "a", "serves", Map.of(), Bench.PATIENT, Bench.QUICK));
        InstanceStatus ready = Bench.await(backend, "a", State.READY);
        Bench.get(ready, "/sick");
        Bench.await(backend, "a", State.NOT_READY);
        Bench.get(ready, "/well");
        InstanceStatus well = Bench.await(backend, "a", State.READY);
        assertThat(well.restarts()).isZero();
    }

    @Test
    void restartsWhatFailsItsLivenessProbe() throws Exception {
        backend.ensure(Bench.spec(home, "a", "serves", Map.of(), Bench.QUICK, Bench.PATIENT));
        Bench.get(Bench.await(backend, "a", State.READY), "/sick");
        InstanceStatus back = Bench.await(backend, "a", "is back", s -> s.restarts() == 1);
        assertThat(back.state()).isNotEqualTo(State.FAILED);
        Bench.await(backend, "a", State.READY);
    }

    @Test
    void endsAnInitThatNeverEnds() {
        backend.close();
        backend = Bench.start(home, Bench.config(Duration.ofSeconds(3), Duration.ofMinutes(1)));
        backend.ensure(Bench.spec(home, "a", "hangs-in-init"));
        backend.ensure(Bench.spec(home, "b", "never-listens"));
        Verdict hangs = Bench.await(backend, "a", State.FAILED).verdict();
        assertThat(hangs.code()).isEqualTo(ErrorCode.INIT_FAILED);
        assertThat(hangs.message()).isEqualTo("init() did not end within 3 s.");
        Verdict mute = Bench.await(backend, "b", State.FAILED).verdict();
        assertThat(mute.message()).isEqualTo("The instance did not listen within 3 s.");
    }

    @Test
    void killsWhatUsesMoreMemoryThanItsInstanceTypeHas() {
        backend.ensure(Bench.spec(home, "a", "eats-memory"));
        Verdict verdict = Bench.await(backend, "a", State.FAILED).verdict();
        assertThat(verdict.code()).isEqualTo(ErrorCode.OUT_OF_MEMORY);
        assertThat(verdict.exitCode()).isEqualTo(137);
        assertThat(verdict.message())
                .matches(
                        "The instance used \\S+ [MG]iB of memory; its instance type tiny has 192 MiB\\.");
    }

    @Test
    void heedsWhatTheReplicasWorkersLeaveBehind() throws Exception {
        backend.ensure(Bench.spec(home, "a", "forks"));
        backend.ensure(Bench.spec(home, "b", "hides"));
        Bench.await(backend, "a", State.READY);
        Bench.await(backend, "b", State.READY);
        eventually("all are there", () -> Bench.processesOf(home).size() >= 7);
        backend.remove("a", DRAIN).get(10, TimeUnit.SECONDS);
        backend.remove("b", DRAIN).get(10, TimeUnit.SECONDS);
        assertThat(Bench.processesOf(home)).hasSize(1);
    }

    @Test
    void refusesASecondBackendOfTheSameHomeAndStrangeNames() {
        assertThatThrownBy(() -> Bench.start(home))
                .isInstanceOfSatisfying(
                        FarolException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFLICT));
        assertThatThrownBy(() -> backend.ensure(Bench.spec(home, "../x", "serves")))
                .isInstanceOf(FarolException.class);
    }

    @Test
    void saysWhenTheReplicaCannotEvenBeStarted() {
        backend.close();
        var launchers = Bench.launchers();
        backend =
                LocalBackend.start(
                        Bench.CONFIG,
                        LocalFolders.below(home),
                        new Launchers(
                                (spec, file) -> Command.of("/nowhere/java"),
                                launchers.zygote(),
                                launchers.check()),
                        InstantSource.system());
        backend.ensure(Bench.spec(home, "a", "serves"));
        Verdict verdict = Bench.await(backend, "a", State.FAILED).verdict();
        assertThat(verdict.code()).isEqualTo(ErrorCode.INTERNAL);
        assertThat(verdict.message()).contains("/nowhere/java");
    }
}
