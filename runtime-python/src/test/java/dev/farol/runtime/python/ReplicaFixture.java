package dev.farol.runtime.python;

import static dev.farol.kit.testing.Eventually.eventually;

import dev.farol.kit.Json;
import dev.farol.kit.Trees;
import dev.farol.runtime.ModelRuntime;
import dev.farol.runtime.Replica;
import dev.farol.runtime.ReplicaConfig;
import dev.farol.spec.ReplicaSpec;
import dev.farol.spec.RequestSettings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A replica with real workers in this process, and everything that a test asks of it. */
final class ReplicaFixture implements AutoCloseable {
    static final String PYTHON = Interpreter.path();

    final Path home;
    final Path app;
    final Map<String, String> variables = new HashMap<>();
    final HttpClient client = HttpClient.newHttpClient();
    RequestSettings settings =
            new RequestSettings(16, Duration.ofSeconds(10), Duration.ofSeconds(20));
    PythonConfig config = PythonConfig.DEFAULTS;
    int workers = 1;
    Duration startTimeout = Duration.ofSeconds(30);
    String python = PYTHON;
    @Nullable Path zygote;
    @Nullable Path modelDir;
    private final ByteArrayOutputStream events = new ByteArrayOutputStream();
    private @Nullable Replica replica;

    ReplicaFixture() throws IOException {
        home = Files.createTempDirectory("farol");
        app = Files.createDirectory(home.resolve("app"));
    }

    ReplicaFixture script(String text) throws IOException {
        Files.writeString(app.resolve("score.py"), text);
        return this;
    }

    /** What the replica is started with. */
    ReplicaSpec spec() {
        return new ReplicaSpec(
                "credit-blue-1",
                "credit",
                "blue",
                new ReplicaSpec.Script(
                        python,
                        "env",
                        zygote == null ? null : zygote.toString(),
                        app.toString(),
                        "score.py",
                        workers),
                null,
                modelDir == null ? null : modelDir.toString(),
                variables,
                settings,
                startTimeout,
                home.resolve("run").toString(),
                home.resolve("logs").toString());
    }

    ModelRuntime.Factory factory() throws IOException {
        return PythonRuntime.factory(config, PythonSources.unpack(home.resolve("python")));
    }

    ReplicaFixture start() throws IOException {
        replica =
                Replica.start(
                        spec(), ReplicaConfig.DEFAULTS.withVersion("1.2.3"), factory(), events);
        return this;
    }

    ReplicaFixture ready() throws IOException {
        start();
        eventually(
                "ready; events: " + home,
                () -> !named("failed").isEmpty() || !named("ready").isEmpty());
        if (!named("failed").isEmpty()) {
            throw new IllegalStateException(named("failed") + "\n" + console());
        }
        return this;
    }

    /** Waits for the event of a failed start and for the replica's end. */
    JsonNode failure() throws IOException {
        start();
        return eventually(
                "failed",
                () -> {
                    var found = named("failed");
                    return found.isEmpty() ? null : found.getFirst();
                });
    }

    Replica replica() {
        return java.util.Objects.requireNonNull(replica);
    }

    List<JsonNode> events() {
        return events.toString(StandardCharsets.UTF_8)
                .lines()
                .map(line -> Json.STRICT.readTree(line))
                .toList();
    }

    List<JsonNode> named(String event) {
        return events().stream().filter(e -> e.path("event").asString().equals(event)).toList();
    }

    List<Long> pids(String state) {
        return named("worker").stream()
                .filter(e -> e.path("state").asString().equals(state))
                .map(e -> e.path("pid").asLong())
                .toList();
    }

    String console() throws IOException {
        Path log = home.resolve("logs/console.log");
        return Files.exists(log) ? Files.readString(log) : "";
    }

    HttpRequest.Builder to(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + replica().port() + path))
                .timeout(Duration.ofSeconds(60));
    }

    HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return client.send(request.build(), BodyHandlers.ofString());
    }

    HttpResponse<String> score(String body) throws Exception {
        return send(to("/score").POST(BodyPublishers.ofString(body)));
    }

    java.util.concurrent.CompletableFuture<HttpResponse<String>> scoreAsync(String body) {
        return client.sendAsync(
                to("/score").POST(BodyPublishers.ofString(body)).build(), BodyHandlers.ofString());
    }

    @Override
    public void close() throws IOException {
        if (replica != null) {
            replica.close();
        }
        client.shutdownNow();
        Trees.delete(home);
    }
}
