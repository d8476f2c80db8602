package dev.farol.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.kit.Json;
import dev.farol.kit.testing.Eventually;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;

/** What an operator can know of requests: metrics, the traffic log, traces through the script. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ObservedE2E {
    private static final String SCRIPT =
            """
            from azureml.contrib.services.aml_request import rawhttp

            def init():
                pass

            @rawhttp
            def run(request):
                return {
                    "parent": request.headers.get("traceparent"),
                    "state": request.headers.get("tracestate"),
                }
            """;

    /** Prometheus's own parser reads the page; the answer is its samples, one a line. */
    private static final String PARSE =
            """
            import sys, urllib.request
            from prometheus_client.openmetrics import parser as openmetrics
            from prometheus_client import parser as text
            url, kind = sys.argv[1:]
            accept = {"text": "text/plain; version=0.0.4",
                      "openmetrics": "application/openmetrics-text; version=1.0.0"}[kind]
            with urllib.request.urlopen(urllib.request.Request(url, headers={"Accept": accept})) as answer:
                assert answer.headers["Content-Type"].startswith(accept.split(";")[0]), answer.headers
                page = answer.read().decode()
            families = (openmetrics if kind == "openmetrics" else text).text_string_to_metric_families(page)
            for family in families:
                assert family.documentation, family.name
                for sample in family.samples:
                    labels = ",".join(f"{k}={v}" for k, v in sorted(sample.labels.items()))
                    print(f"{sample.name}{{{labels}}} {sample.value}")
            """;

    private final HttpClient http = HttpClient.newHttpClient();
    private Farol farol;
    private String uri;
    private String key;
    private String metrics;

    @BeforeAll
    void start() throws Exception {
        farol = new Farol();
        farol.environment().put("FAROL_GATEWAY_ACCESS_LOG_ENABLED", "true");
        var project = new Project(farol);
        project.script(SCRIPT);
        farol.up();
        metrics = farol.status().path("metrics").asString();
        project.serve(farol);
        uri = farol.scoringUri("credit");
        key = farol.key("credit");
    }

    @AfterAll
    void stop() throws Exception {
        http.close();
        farol.close();
    }

    private List<String> parsed(String kind) throws Exception {
        Path python = ClientTools.python("prometheus", "prometheus-client==0.26.0");
        Process process =
                new ProcessBuilder(python.toString(), "-c", PARSE, metrics, kind)
                        .redirectErrorStream(true)
                        .start();
        try (InputStream out = process.getInputStream()) {
            String text = new String(out.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
            assertThat(process.waitFor()).as(text).isZero();
            return text.lines().toList();
        }
    }

    @Test
    void prometheusReadsTheMetrics() throws Exception {
        assertThat(farol.score(uri, key, "{}").statusCode()).isEqualTo(200);
        for (String kind : List.of("text", "openmetrics")) {
            List<String> samples = parsed(kind);
            assertThat(samples)
                    .as(kind)
                    .anyMatch(
                            line ->
                                    line.startsWith(
                                            "farol_gateway_requests_total{deployment=blue,endpoint=credit,model_status=200,reason=,status=200} "))
                    .anyMatch(
                            line ->
                                    line.startsWith(
                                            "farol_gateway_request_duration_seconds_bucket{deployment=blue,endpoint=credit,le=+Inf} "))
                    .anyMatch(
                            line ->
                                    line.matches(
                                            "farol_instances\\{deployment=blue,endpoint=credit,instance=.+,state=ready} 1\\.0"))
                    .anyMatch(
                            line ->
                                    line.matches(
                                            "farol_instance_memory_bytes\\{deployment=blue,endpoint=credit,instance=.+} \\d{7,}\\.0"))
                    .anyMatch(line -> line.startsWith("process_resident_memory_bytes{} "))
                    .anyMatch(line -> line.startsWith("process_cpu_seconds_total{} "))
                    .anyMatch(line -> line.startsWith("jvm_gc_collection_seconds_count{gc="))
                    .anyMatch(line -> line.startsWith("jvm_threads_current{} "));
        }
    }

    @Test
    void theMetricsAreForThisMachineAlone() throws Exception {
        assertThat(metrics).startsWith("http://127.0.0.1:").endsWith("/metrics");
        URI page = URI.create(metrics);
        assertThat(status(page, "localhost:" + page.getPort())).isEqualTo(200);
        assertThat(status(page, "rebound.example")).isEqualTo(403);
        assertThat(status(URI.create(farol.status().path("gateway").asString() + "/metrics"), ""))
                .as("on the data plane")
                .isEqualTo(404);
    }

    private int status(URI page, String host) throws Exception {
        try (var socket = new java.net.Socket("127.0.0.1", page.getPort())) {
            socket.getOutputStream()
                    .write(
                            ("GET "
                                            + page.getPath()
                                            + " HTTP/1.1\r\nConnection: close\r\nHost: "
                                            + (host.isEmpty() ? page.getAuthority() : host)
                                            + "\r\n\r\n")
                                    .getBytes(java.nio.charset.StandardCharsets.US_ASCII));
            String answer =
                    new String(
                            socket.getInputStream().readAllBytes(),
                            java.nio.charset.StandardCharsets.ISO_8859_1);
            return Integer.parseInt(answer.split(" ", 3)[1]);
        }
    }

    @Test
    void otherMachinesNeedAToken() throws Exception {
        try (var other = new Farol("open")) {
            var process =
                    other.run(
                            "up",
                            "--detach",
                            "--port",
                            "0",
                            "--set",
                            "metrics.host=0.0.0.0",
                            "-o",
                            "json");
            assertThat(process.exit()).isNotZero();
            assertThat(process.err()).contains("expected: metrics.token as well");
            other.environment().put("THE_TOKEN", "let-me-in");
            JsonNode up =
                    other.run(
                                    "up",
                                    "--detach",
                                    "--port",
                                    "0",
                                    "--set",
                                    "metrics.host=0.0.0.0",
                                    "--set",
                                    "metrics.token=${env:THE_TOKEN}",
                                    "-o",
                                    "json")
                            .ok()
                            .json();
            URI page = URI.create(up.path("metrics").asString());
            assertThat(read(page, "")).isEqualTo(401);
            assertThat(read(page, "Bearer wrong")).isEqualTo(401);
            assertThat(read(page, "Bearer let-me-in")).isEqualTo(200);
        }
    }

    private int read(URI page, String authorization) throws Exception {
        var request = HttpRequest.newBuilder(page).timeout(Duration.ofSeconds(30));
        if (!authorization.isEmpty()) {
            request.header("Authorization", authorization);
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.discarding()).statusCode();
    }

    @Test
    void aTraceReachesTheScriptAndTheTrafficLog() throws Exception {
        String trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        var answer =
                farol.score(
                        uri,
                        key,
                        "{}",
                        "traceparent",
                        "00-" + trace + "-00f067aa0ba902b7-01",
                        "tracestate",
                        "rojo=1",
                        "x-ms-client-request-id",
                        "traced");
        JsonNode seen = Json.STRICT.readTree(answer.body());
        assertThat(seen.path("parent").asString()).matches("00-" + trace + "-[0-9a-f]{16}-01");
        assertThat(seen.path("state").asString()).isEqualTo("rojo=1");
        JsonNode line =
                Eventually.eventually(
                        "the line of the request",
                        () ->
                                Files.readAllLines(farol.home().resolve("logs/traffic.log"))
                                        .stream()
                                        .map(Json.STRICT::readTree)
                                        .filter(
                                                each ->
                                                        each.path("XMSClientRequestId")
                                                                .asString()
                                                                .equals("traced"))
                                        .findFirst()
                                        .orElse(null));
        assertThat(line.path("TraceId").asString()).isEqualTo(trace);
        assertThat(line.path("EndpointName").asString()).isEqualTo("credit");
        assertThat(line.path("DeploymentName").asString()).isEqualTo("blue");
        assertThat(line.path("AzureMLWorkspaceName").asString()).isNotEmpty();
        assertThat(line.path("ResponseCode").asInt()).isEqualTo(200);
    }
}
