package dev.farol.backend.local;

import static dev.farol.kit.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.backend.BackendConfig;
import dev.farol.backend.Command;
import dev.farol.backend.InstanceSpec;
import dev.farol.backend.InstanceStatus;
import dev.farol.backend.InstanceType;
import dev.farol.backend.Launchers;
import dev.farol.backend.LocalFolders;
import dev.farol.backend.Program;
import dev.farol.kit.ByteSize;
import dev.farol.spec.ProbeSettings;
import dev.farol.spec.RequestSettings;
import dev.farol.spec.ResourceId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.function.Predicate;

/** A home with fake replicas, for tests; also runs as a program of its own that can be killed. */
final class Bench {
    static final ResourceId DEPLOYMENT =
            ResourceId.workspace("s", "farol", "main")
                    .child("onlineEndpoints", "credit")
                    .child("deployments", "blue");
    static final BackendConfig CONFIG = config(Duration.ofSeconds(20), Duration.ofMinutes(30));
    static final ProbeSettings QUICK =
            new ProbeSettings(3, 1, Duration.ofSeconds(1), Duration.ofMillis(100), Duration.ZERO);
    static final ProbeSettings PATIENT =
            new ProbeSettings(
                    1000, 1, Duration.ofSeconds(2), Duration.ofMillis(200), Duration.ZERO);

    private static final Path PYTHON = findPython();

    private Bench() {}

    static BackendConfig config(Duration startTimeout, Duration zygoteIdle) {
        return new BackendConfig(
                startTimeout,
                Duration.ofMillis(50),
                Duration.ofMillis(400),
                Duration.ofSeconds(60),
                Duration.ofSeconds(5),
                Duration.ZERO,
                Duration.ofSeconds(20),
                zygoteIdle,
                Duration.ofHours(24),
                20,
                Map.of("tiny", new InstanceType(1, new ByteSize(192L << 20))),
                BackendConfig.DEFAULTS.inheritedVariables());
    }

    static Path python() {
        return PYTHON;
    }

    static Launchers launchers() {
        return new Launchers(
                (spec, file) ->
                        new Command(
                                List.of(
                                        PYTHON.toString(),
                                        "-S",
                                        "-E",
                                        resource("fake_replica.py").toString(),
                                        "--spec",
                                        file.toString()),
                                Map.of("PYTHONUNBUFFERED", "1")),
                (python, socket, imports) ->
                        Command.of(
                                PYTHON.toString(),
                                "-S",
                                "-E",
                                resource("fake_zygote.py").toString(),
                                socket.toString(),
                                imports.resolveSibling("mode").toString()),
                spec ->
                        new Command(
                                List.of(
                                        spec.requireScript().python(),
                                        "worker.py",
                                        "--entry",
                                        spec.requireScript().scoringScript()),
                                Map.of("AZUREML_MODEL_DIR", "/a model")));
    }

    static LocalBackend start(Path home) {
        return start(home, CONFIG);
    }

    static LocalBackend start(Path home, BackendConfig config) {
        return LocalBackend.start(
                config, LocalFolders.below(home), launchers(), InstantSource.system());
    }

    static InstanceSpec spec(Path home, String id, String mode) {
        return spec(home, id, mode, Map.of(), PATIENT, PATIENT);
    }

    static InstanceSpec spec(
            Path home,
            String id,
            String mode,
            Map<String, String> more,
            ProbeSettings liveness,
            ProbeSettings readiness) {
        var variables = new HashMap<>(more);
        variables.put("FAKE_MODE", mode);
        return new InstanceSpec(
                id,
                DEPLOYMENT,
                new Program.Script(PYTHON, "env1", home.resolve("code"), "score.py"),
                null,
                variables,
                "tiny",
                RequestSettings.DEFAULT,
                liveness,
                readiness);
    }

    static InstanceStatus await(
            LocalBackend backend, String id, String what, Predicate<InstanceStatus> condition) {
        return eventually(
                id + " " + what,
                Duration.ofSeconds(30),
                () -> backend.observe(id).orElse(null),
                status -> status != null && condition.test(status));
    }

    static InstanceStatus await(LocalBackend backend, String id, InstanceStatus.State state) {
        return await(backend, id, "is " + state, status -> status.state() == state);
    }

    static String get(InstanceStatus at, String path) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                            HttpRequest.newBuilder(uri(at, path)).build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
        }
    }

    /** Asks the fake replica to end in the midst of an answer. */
    static void crash(InstanceStatus at) throws InterruptedException {
        try {
            get(at, "/crash");
            throw new AssertionError("it answered");
        } catch (IOException asItShould) {
            assertThat(asItShould).isNotNull();
        }
    }

    static URI uri(InstanceStatus at, String path) {
        return URI.create("http://" + at.host() + ":" + at.port() + path);
    }

    /** The processes whose environment says that they belong to this home. */
    static List<ProcessId> processesOf(Path home) {
        var table = ProcessTable.ofThisMachine();
        String homeMark = "@" + Digest.shortOf(LocalFolders.below(home).home().toString());
        return table.all().values().stream()
                .filter(
                        entry ->
                                table.variable(entry.id().pid(), ProcessTree.MARK)
                                        .filter(mark -> mark.endsWith(homeMark))
                                        .isPresent())
                .map(ProcessTable.Entry::id)
                .toList();
    }

    private static Path resource(String name) {
        try {
            return Path.of(Bench.class.getResource("/" + name).toURI());
        } catch (URISyntaxException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** The interpreter itself: what is on PATH may be a shim that is slow to find it. */
    private static Path findPython() {
        try {
            Process asked =
                    new ProcessBuilder("python3", "-c", "import sys; print(sys.executable)")
                            .start();
            return Path.of(
                    new String(asked.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                            .strip());
        } catch (IOException fault) {
            throw new UncheckedIOException("tests need python3 on PATH", fault);
        }
    }

    /**
     * Keeps instances of the modes in {@code args} in the home {@code args[0]} until it is killed.
     */
    public static void main(String[] args) throws Exception {
        Path home = Path.of(args[0]);
        Files.createDirectories(home);
        LocalBackend backend = start(home);
        for (int i = 1; i < args.length; i++) {
            backend.ensure(spec(home, "i" + i, args[i]));
        }
        for (int i = 1; i < args.length; i++) {
            if (!args[i].equals("never-listens")) {
                await(backend, "i" + i, InstanceStatus.State.READY);
            }
        }
        System.out.println("up");
        System.out.flush();
        new CountDownLatch(1).await();
    }
}
