package dev.farol.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.kit.testing.Eventually;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What the caller of an endpoint sees, through the real gateway, replica and worker. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DataPlaneE2E {
    private static final String SCRIPT =
            """
            import json, time

            def init():
                print("this is init")

            def run(raw):
                body = json.loads(raw)
                print("asked for", body["do"])
                if body["do"] == "fail":
                    raise ValueError("no such thing")
                if body["do"] == "sleep":
                    time.sleep(body["seconds"])
                return {"did": body["do"]}
            """;

    private Farol farol;
    private String uri;
    private String key;

    @BeforeAll
    void start() throws Exception {
        farol = new Farol();
        var project = new Project(farol);
        project.script(SCRIPT);
        project.deployment(
                "blue",
                """
                request_settings:
                  max_concurrent_requests_per_instance: 1
                  request_timeout_ms: 2000
                  max_queue_wait_ms: 2000
                """);
        farol.up();
        project.serve(farol);
        uri = farol.scoringUri("credit");
        key = farol.key("credit");
    }

    @AfterAll
    void stop() throws Exception {
        farol.close();
    }

    private static String header(HttpResponse<?> answer, String name) {
        return answer.headers().firstValue(name).orElse("");
    }

    @Test
    void idsAreMadeAndRepeated() throws Exception {
        var plain = farol.score(uri, key, "{\"do\": \"answer\"}");
        assertThat(plain.statusCode()).isEqualTo(200);
        assertThat(plain.body()).isEqualTo("{\"did\": \"answer\"}");
        assertThat(header(plain, "x-request-id")).matches("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]+");
        assertThat(header(plain, "x-ms-run-function-failed")).isEqualTo("False");
        assertThat(header(plain, "x-ms-run-fn-exec-ms")).matches("\\d+\\.\\d{3}");
        assertThat(header(plain, "content-type")).isEqualTo("application/json");

        var named =
                farol.score(
                        uri, key, "{\"do\": \"answer\"}", "x-ms-client-request-id", "my-call-7");
        assertThat(header(named, "x-ms-client-request-id")).isEqualTo("my-call-7");
        assertThat(header(named, "x-request-id")).isNotEqualTo(header(plain, "x-request-id"));
    }

    @Test
    void whatTheModelRaisesIsTheModelsError() throws Exception {
        var answer = farol.score(uri, key, "{\"do\": \"fail\"}");
        assertThat(answer.statusCode()).isEqualTo(424);
        assertThat(header(answer, "ms-azureml-model-error-reason")).isEqualTo("model_error");
        assertThat(header(answer, "ms-azureml-model-error-statuscode")).isEqualTo("500");
        assertThat(header(answer, "x-ms-run-function-failed")).isEqualTo("True");
        assertThat(header(answer, "azureml-model-deployment")).isEqualTo("blue");
        // The stack trace is for the log of the deployment, never for a caller.
        assertThat(answer.body()).contains("Check the logs").doesNotContain("no such thing");
        Eventually.eventually(
                "the log has the trace",
                () ->
                        farol.run("online-deployment", "get-logs", "-e", "credit", "-n", "blue")
                                .ok()
                                .out()
                                .contains("ValueError: no such thing"));
    }

    @Test
    void whatTakesTooLongIsATimeoutAndTheNextIsAnswered() throws Exception {
        var late = farol.score(uri, key, "{\"do\": \"sleep\", \"seconds\": 2.5}");
        assertThat(late.statusCode()).isEqualTo(408);
        assertThat(late.body()).contains("upstream request timeout");
        assertThat(header(late, "x-farol-limit")).startsWith("request_timeout_ms=2000; set-by=");
        Eventually.eventually(
                "it answers again",
                () -> farol.score(uri, key, "{\"do\": \"answer\"}").statusCode() == 200);
    }

    @Test
    void whatExceedsTheWindowIsShedAtOnce() throws Exception {
        Callable<HttpResponse<String>> call =
                () -> farol.score(uri, key, "{\"do\": \"sleep\", \"seconds\": 0.4}");
        var answers = new ArrayList<HttpResponse<String>>();
        try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<HttpResponse<String>> each :
                    callers.invokeAll(List.of(call, call, call, call, call, call))) {
                answers.add(each.get());
            }
        }
        // One runs, one waits: twice the concurrency of the one instance.
        assertThat(answers.stream().filter(each -> each.statusCode() == 200)).hasSize(2);
        assertThat(answers.stream().filter(each -> each.statusCode() == 429))
                .hasSize(4)
                .allSatisfy(
                        shed -> {
                            assertThat(header(shed, "ms-azureml-model-error-reason"))
                                    .isEqualTo("too_many_pending_request");
                            assertThat(header(shed, "x-farol-limit"))
                                    .isEqualTo("max_pending=2; set-by=\"the deployment 'blue'\"");
                            assertThat(shed.body()).contains("max_pending is 2");
                        });
    }

    /** What {@code curl -d @request.json} sends, without a word on the content type. */
    @Test
    void curlsContentTypeIsNoObstacle() throws Exception {
        URI address = URI.create(uri);
        String body = "{\"do\": \"answer\"}";
        String answer =
                raw(
                        address,
                        """
                        POST %s HTTP/1.1
                        Host: %s
                        Authorization: Bearer %s
                        Content-Type: application/x-www-form-urlencoded
                        Content-Length: %d
                        Connection: close

                        %s"""
                                .formatted(
                                        address.getPath(),
                                        address.getAuthority(),
                                        key,
                                        body.length(),
                                        body));
        assertThat(answer).startsWith("HTTP/1.1 200 ").endsWith("{\"did\": \"answer\"}");
    }

    @Test
    void theHostAloneNamesTheEndpoint() throws Exception {
        URI address = URI.create(uri);
        String body = "{\"do\": \"answer\"}";
        String region = farol.status().get("location").asString();
        String answer =
                raw(
                        address,
                        """
                        POST /score HTTP/1.1
                        Host: credit.%s.inference.example.org
                        Authorization: Bearer %s
                        Content-Length: %d
                        Connection: close

                        %s"""
                                .formatted(region, key, body.length(), body));
        assertThat(answer).startsWith("HTTP/1.1 200").endsWith("{\"did\": \"answer\"}");
        assertThat(
                        raw(
                                address,
                                """
                                POST /score HTTP/1.1
                                Host: debit.%s.inference.example.org
                                Authorization: Bearer %s
                                Content-Length: 2
                                Connection: close

                                {}"""
                                        .formatted(region, key)))
                .startsWith("HTTP/1.1 404");
    }

    /** Sends a request as it is: the JDK's client does not let its user choose the host. */
    private static String raw(URI address, String request) throws Exception {
        int body = request.indexOf("\n\n");
        String text = request.substring(0, body).replace("\n", "\r\n") + "\r\n\r\n";
        try (var socket = new Socket(address.getHost(), address.getPort())) {
            socket.getOutputStream()
                    .write((text + request.substring(body + 2)).getBytes(StandardCharsets.UTF_8));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void theLogIsFollowed() throws Exception {
        Process follower =
                farol.start(
                        "online-deployment", "get-logs", "-e", "credit", "-n", "blue", "--follow");
        try {
            Eventually.eventually(
                    "the log so far", () -> farol.said(follower).contains("this is init"));
            farol.score(uri, key, "{\"do\": \"be-followed\"}");
            Eventually.eventually(
                    "the new line", () -> farol.said(follower).contains("asked for be-followed"));
            assertThat(follower.isAlive()).isTrue();
        } finally {
            follower.destroy();
            follower.waitFor();
        }
    }
}
