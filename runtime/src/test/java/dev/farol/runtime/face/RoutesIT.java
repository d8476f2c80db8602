package dev.farol.runtime.face;

import static dev.farol.kit.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.kit.testing.Logs;
import dev.farol.runtime.ConsoleLog;
import dev.farol.runtime.ModelFacts;
import dev.farol.runtime.ModelRuntime;
import dev.farol.runtime.RuntimeEvents;
import dev.farol.runtime.ScoreListener;
import dev.farol.runtime.ScoreRequest;
import dev.farol.runtime.ScoreResult;
import dev.farol.runtime.lane.Lane;
import dev.farol.spec.RequestSettings;
import dev.farol.wire.EventLoop;
import dev.farol.wire.FaceServer;
import dev.farol.wire.FaceSettings;
import dev.farol.wire.Headers;
import dev.farol.wire.Listen;
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
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Routes, headers and errors of an instance over HTTP, with a runtime that echoes. */
class RoutesIT {
    @TempDir Path folder;

    private final EventLoop loop = EventLoop.start();
    private final HttpClient client = HttpClient.newHttpClient();
    private final Echo runtime = new Echo();
    private ConsoleLog console;
    private FaceServer server;

    /** Answers with the body it got. */
    private static final class Echo implements ModelRuntime {
        private volatile boolean ready = true;
        private volatile boolean broken;
        private volatile ModelFacts facts = ModelFacts.NONE;

        @Override
        public void start(RuntimeEvents events) {}

        @Override
        public boolean ready() {
            return ready;
        }

        @Override
        public ModelFacts facts() {
            return facts;
        }

        @Override
        public Scoring score(ScoreRequest request, ScoreListener listener) {
            if (broken) {
                throw new IndexOutOfBoundsException("a fault");
            }
            var headers = Headers.of("Content-Type", "application/json");
            listener.answered(new ScoreResult(200, headers, request.body()));
            return new Answered();
        }

        @Override
        public CompletableFuture<Void> close(Duration grace) {
            return CompletableFuture.completedFuture(null);
        }
    }

    /** Nothing is left to end. */
    private static final class Answered implements ModelRuntime.Scoring {
        @Override
        public void expire() {}

        @Override
        public void cancel() {}

        @Override
        public void taken(int bytes) {}
    }

    @BeforeEach
    void serve() throws Exception {
        console = new ConsoleLog(folder, 1_000_000, 2);
        var lane =
                new Lane(
                        RequestSettings.DEFAULT,
                        System::nanoTime,
                        (delay, task) -> loop.after(delay, task)::cancel);
        server =
                loop.serveFace(
                        new Listen("127.0.0.1", 0, null),
                        FaceSettings.DEFAULTS,
                        new ScoreFace(runtime, lane, console, "1.2.3"));
    }

    @AfterEach
    void end() throws Exception {
        loop.close();
        console.close();
        client.shutdownNow();
    }

    private HttpResponse<String> send(String method, String path, String... headers)
            throws Exception {
        var body = method.equals("POST") ? BodyPublishers.ofString("[1]") : BodyPublishers.noBody();
        var request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                        .method(method, body);
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return client.send(request.build(), BodyHandlers.ofString());
    }

    private static String header(HttpResponse<String> answer, String name) {
        return answer.headers().firstValue(name).orElse(null);
    }

    @Test
    void tellsItsHealth() throws Exception {
        var healthy = send("GET", "/");
        assertThat(healthy.statusCode()).isEqualTo(200);
        assertThat(healthy.body()).isEqualTo("Healthy");
        assertThat(header(healthy, "content-type")).isEqualTo("text/html; charset=utf-8");
        runtime.ready = false;
        assertThat(send("GET", "/").statusCode()).isEqualTo(503);
    }

    /** There is one place, which is kept for five seconds. */
    @Test
    @Logs("POST /score failed")
    void aFaultOfItsOwnIsToldAndKeepsNoPlace() throws Exception {
        runtime.broken = true;
        var failed = send("POST", "/score");
        assertThat(failed.statusCode()).isEqualTo(500);
        assertThat(failed.body())
                .contains("The instance failed on this request")
                .doesNotContain("Index");
        runtime.broken = false;
        assertThat(send("POST", "/score").statusCode()).isEqualTo(200);
    }

    @Test
    void knowsItsRoutesAndVerbs() throws Exception {
        assertThat(send("POST", "/score").body()).isEqualTo("[1]");
        assertThat(send("GET", "/score").statusCode()).isEqualTo(200);
        var options = send("OPTIONS", "/score");
        assertThat(options.statusCode()).isEqualTo(200);
        assertThat(options.body()).isEmpty();
        for (String method : new String[] {"PUT", "DELETE", "PATCH"}) {
            var refused = send(method, "/score");
            assertThat(refused.statusCode()).isEqualTo(405);
            assertThat(refused.body())
                    .isEqualTo(
                            "{\"message\": \"The method is not allowed for the requested URL.\"}");
            assertThat(header(refused, "x-request-id")).isNull();
        }
        assertThat(send("HEAD", "/score").statusCode()).isEqualTo(405);
        assertThat(send("POST", "/").statusCode()).isEqualTo(405);
        var unknown = send("GET", "/other");
        assertThat(unknown.statusCode()).isEqualTo(404);
        assertThat(unknown.body()).contains("The requested URL was not found on the server.");
        assertThat(header(unknown, "content-type")).isEqualTo("application/json");
    }

    @Test
    void answersTheDescriptionsOfTheModel() throws Exception {
        runtime.facts =
                new ModelFacts(
                        Map.of("2", "{}", "2.0", "{}"), List.of("2"), List.of(), false, false);
        var answer = send("GET", "/swagger.json?version=2.0");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("{}");
        assertThat(header(answer, "x-ms-server-version")).isNull();
        assertThat(send("GET", "/swagger.json?version=3").body())
                .isEqualTo(
                        "{\"message\": \"Swagger version [3] is not supported for the scoring"
                                + " script. Supported swagger versions: [2].\"}");
        assertThat(send("GET", "/swagger.json?version=%C3%BC").body())
                .isEqualTo(
                        "{\"message\": \"Swagger version [\\u00fc] is not valid. Supported"
                                + " versions: [2].\"}");
    }

    @Test
    void makesIdsWhenNoneAreGiven() throws Exception {
        var answer = send("POST", "/score");
        assertThat(header(answer, "x-request-id")).matches("[0-9a-f-]{36}");
        assertThat(header(answer, "x-ms-request-id")).isEqualTo(header(answer, "x-request-id"));
        assertThat(header(answer, "x-ms-client-request-id")).isNull();
        assertThat(header(answer, "x-ms-server-version")).isEqualTo("farol/1.2.3");
        assertThat(header(answer, "TraceId")).isNull();
    }

    @Test
    void repeatsTheIdsThatAreGiven() throws Exception {
        var client = send("POST", "/score", "x-ms-client-request-id", "mine", "TraceId", "t");
        assertThat(header(client, "x-ms-client-request-id")).isEqualTo("mine");
        assertThat(header(client, "x-ms-request-id")).isEqualTo("mine");
        assertThat(header(client, "x-request-id")).isNotEqualTo("mine");
        assertThat(header(client, "TraceId")).isEqualTo("t");
        var legacy = send("GET", "/", "x-ms-request-id", "old", "x-request-id", "r");
        assertThat(header(legacy, "x-ms-request-id")).isEqualTo("old");
        assertThat(header(legacy, "x-ms-client-request-id")).isEqualTo("old");
        assertThat(header(legacy, "x-request-id")).isEqualTo("r");
    }

    @Test
    void refusesIdsThatAreTooLong() throws Exception {
        var limit = "x".repeat(100);
        assertThat(send("POST", "/score", "x-request-id", limit).statusCode()).isEqualTo(200);
        var request = send("POST", "/score", "x-request-id", limit + "x");
        assertThat(request.statusCode()).isEqualTo(431);
        assertThat(request.body())
                .isEqualTo("{\"message\": \"x-request-id must not exceed 100 characters\"}");
        assertThat(header(request, "x-request-id")).isNull();
        for (String name : new String[] {"x-ms-request-id", "x-ms-client-request-id"}) {
            var refused = send("POST", "/score", name, limit + "x");
            assertThat(refused.statusCode()).isEqualTo(431);
            assertThat(refused.body())
                    .isEqualTo(
                            "{\"message\": \"x-ms-request-id and x-ms-client-request-id must not"
                                    + " exceed 100 characters\"}");
            assertThat(header(refused, "x-request-id")).isNotNull();
        }
    }

    @Test
    void writesAnAccessLine() throws Exception {
        send("POST", "/score");
        eventually(
                "access line",
                () ->
                        Files.readString(folder.resolve("console.log"), StandardCharsets.UTF_8)
                                .lines()
                                .anyMatch(
                                        line ->
                                                line.matches(
                                                        ".* azmlinfsrv - POST /score 200 \\d+\\.\\d{3}ms 3")));
    }
}
