package dev.farol.gateway;

import static dev.farol.gateway.Snapshots.GENEROUS;
import static dev.farol.gateway.Snapshots.deployment;
import static dev.farol.gateway.Snapshots.endpoint;
import static dev.farol.kit.testing.Eventually.eventually;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.kit.ByteSize;
import dev.farol.kit.Json;
import dev.farol.spec.EndpointSettings;
import dev.farol.spec.EndpointSettings.Limits;
import dev.farol.spec.RequestSettings;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.DataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What is known after a request: metrics, access log and trace, and what a bandwidth does. */
class ObservedIT {
    private static final String SCORE = "/api/v1/endpoint/shop/score";
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

    private final SnapshotFeed feed = new SnapshotFeed();
    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final ConcurrentLinkedQueue<ExchangeRecord> records = new ConcurrentLinkedQueue<>();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final List<FakeInstance> instances = new ArrayList<>();
    @TempDir private Path folder;
    private Path log;
    private long version;
    private Gateway gateway;

    @BeforeEach
    void start() {
        log = folder.resolve("traffic.log");
        gateway =
                Gateway.start(
                        GatewayConfig.DEFAULTS
                                .withPort(0)
                                .withAccessLog(
                                        new AccessLogConfig(true, log, new ByteSize(1 << 20), 1)),
                        feed,
                        registry,
                        records::add);
    }

    @AfterEach
    void stop() {
        client.shutdownNow();
        gateway.close();
        instances.forEach(FakeInstance::close);
    }

    private FakeInstance instance(String id) throws IOException {
        var instance = new FakeInstance(id);
        instances.add(instance);
        return instance;
    }

    private FakeInstance blue(Limits limits) throws IOException {
        FakeInstance blue = instance("blue-0");
        feed.accept(
                Snapshots.of(
                        ++version,
                        Snapshots.with(
                                endpoint(
                                        Map.of("blue", 100),
                                        Map.of(),
                                        deployment("blue", GENEROUS, blue.spec())),
                                new EndpointSettings(null, limits, List.of()))));
        return blue;
    }

    private FakeInstance blue() throws IOException {
        return blue(Limits.GENEROUS);
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gateway.port() + path))
                .header("Authorization", "Bearer " + Snapshots.PRIMARY)
                .timeout(Duration.ofSeconds(60));
    }

    private HttpResponse<String> score(UnaryOperator<HttpRequest.Builder> change) throws Exception {
        return client.send(
                change.apply(request(SCORE).POST(BodyPublishers.ofString("[1]"))).build(),
                BodyHandlers.ofString());
    }

    private ExchangeRecord record() {
        return eventually("a record", records::poll);
    }

    /** The series of a metric, by the values of their labels. */
    private Map<String, Double> series(String metric) {
        var series = new TreeMap<String, Double>();
        registry.scrape(name -> name.equals(metric)).stream()
                .flatMap(snapshot -> snapshot.getDataPoints().stream())
                .forEach(
                        point -> {
                            var labels = new ArrayList<String>();
                            point.getLabels()
                                    .forEach(
                                            label ->
                                                    labels.add(
                                                            label.getName()
                                                                    + "="
                                                                    + label.getValue()));
                            series.put(String.join(",", labels), value(point));
                        });
        return series;
    }

    private static double value(DataPointSnapshot point) {
        return switch (point) {
            case CounterDataPointSnapshot counter -> counter.getValue();
            case GaugeDataPointSnapshot gauge -> gauge.getValue();
            case HistogramDataPointSnapshot histogram -> histogram.getCount();
            default -> throw new AssertionError(point.getClass());
        };
    }

    @Test
    void requestsAreCountedByWhereTheyWentAndHowTheyEnded() throws Exception {
        FakeInstance blue = blue();
        score(UnaryOperator.identity());
        score(UnaryOperator.identity());
        blue.model(exchange -> FakeInstance.reply(exchange, 201, "made"));
        score(UnaryOperator.identity());
        score(r -> r.setHeader("Authorization", "Bearer wrong"));
        score(r -> r.setHeader("azureml-model-deployment", "green"));
        client.send(request("/api/v1/endpoint/other/score").GET().build(), BodyHandlers.ofString());
        client.send(
                request("/api/v1/endpoint/another/score").GET().build(), BodyHandlers.ofString());
        eventually("all are told", () -> records.size() == 7);

        assertThat(series("farol_gateway_requests"))
                .containsExactlyInAnyOrderEntriesOf(
                        Map.of(
                                "deployment=blue,endpoint=shop,model_status=200,reason=,status=200",
                                2.0,
                                "deployment=blue,endpoint=shop,model_status=201,reason=model_error,status=424",
                                1.0,
                                "deployment=,endpoint=shop,model_status=,reason=AuthenticationFailed,status=401",
                                1.0,
                                "deployment=,endpoint=shop,model_status=,reason=DeploymentNotFound,status=404",
                                1.0,
                                "deployment=,endpoint=,model_status=,reason=EndpointNotFound,status=404",
                                2.0));
        String blueOnly = "deployment=blue,endpoint=shop";
        assertThat(series("farol_gateway_request_duration_seconds"))
                .containsExactly(Map.entry(blueOnly, 3.0));
        assertThat(series("farol_gateway_model_duration_seconds"))
                .containsExactly(Map.entry(blueOnly, 3.0));
        assertThat(series("farol_gateway_request_bytes")).containsEntry(blueOnly, 9.0);
        assertThat(series("farol_gateway_response_bytes")).containsEntry(blueOnly, 16.0);
        assertThat(series("farol_gateway_credential_refusals"))
                .containsExactly(Map.entry("endpoint=shop,reason=wrong_key", 1.0));
        assertThat(series("farol_gateway_instances")).containsExactly(Map.entry(blueOnly, 1.0));
        assertThat(series("farol_gateway_requests_in_flight"))
                .containsExactly(Map.entry(blueOnly, 0.0));
        assertThat(series("farol_gateway_requests_window"))
                .containsExactly(Map.entry(blueOnly, 200.0));
        assertThat(series("farol_gateway_snapshot_version")).containsEntry("", (double) version);
        assertThat(series("farol_gateway_connections").get("")).isPositive();
        assertThat(series("farol_gateway_connections_open").get("")).isPositive();
    }

    @Test
    void whatIsUnderWayAndWhatTheWindowShedsIsSeen() throws Exception {
        FakeInstance blue = instance("blue-0");
        var hold = new Semaphore(0);
        blue.model(
                exchange -> {
                    hold.acquire();
                    FakeInstance.reply(exchange, 200, "done");
                });
        var one = new RequestSettings(1, Duration.ofMillis(500), Duration.ofSeconds(10));
        feed.accept(
                Snapshots.of(
                        ++version,
                        endpoint(
                                Map.of("blue", 100),
                                Map.of(),
                                deployment("blue", one, blue.spec()))));
        var first =
                client.sendAsync(
                        request(SCORE).POST(BodyPublishers.ofString("1")).build(),
                        BodyHandlers.ofString());
        var second =
                client.sendAsync(
                        request(SCORE).POST(BodyPublishers.ofString("2")).build(),
                        BodyHandlers.ofString());
        eventually(
                "two are under way",
                () ->
                        series("farol_gateway_requests_in_flight")
                                        .get("deployment=blue,endpoint=shop")
                                == 2.0);
        assertThat(score(UnaryOperator.identity()).statusCode()).isEqualTo(429);
        hold.release(2);
        assertThat(first.get().statusCode()).isEqualTo(200);
        assertThat(second.get().statusCode()).isEqualTo(200);
        assertThat(series("farol_gateway_requests"))
                .containsEntry(
                        "deployment=blue,endpoint=shop,model_status=,reason=too_many_pending_request,status=429",
                        1.0);
    }

    @Test
    void retriesMirrorsAndEjectionsAreCounted() throws Exception {
        FakeInstance blue = instance("blue-0");
        FakeInstance green = instance("green-0");
        int closed;
        try (var socket = new ServerSocket(0)) {
            closed = socket.getLocalPort();
        }
        feed.accept(
                Snapshots.of(
                        ++version,
                        endpoint(
                                Map.of("blue", 100),
                                Map.of("green", 50),
                                deployment(
                                        "blue",
                                        GENEROUS,
                                        blue.spec(),
                                        Snapshots.instance("blue-1", closed)),
                                deployment("green", GENEROUS, green.spec()))));
        String key = "deployment=blue,endpoint=shop";
        eventually(
                "the one that is not there is left alone",
                () -> {
                    score(UnaryOperator.identity());
                    return series("farol_gateway_ejections").containsKey(key)
                            && Double.valueOf(1)
                                    .equals(series("farol_gateway_instances_ejected").get(key));
                });
        assertThat(series("farol_gateway_retries").get(key)).isPositive();
        assertThat(series("farol_gateway_mirror_copies").get("outcome=sent")).isPositive();
        assertThat(series("farol_gateway_mirror_copies")).containsEntry("outcome=failed", 0.0);
        assertThat(series("farol_gateway_mirror_lost"))
                .containsOnlyKeys(
                        "reason=body_too_large", "reason=no_instance", "reason=queue_full");
    }

    @Test
    void theSeriesOfWhatIsDeletedGo() throws Exception {
        blue();
        score(UnaryOperator.identity());
        assertThat(series("farol_gateway_requests")).hasSize(1);
        FakeInstance green = instance("green-0");
        feed.accept(
                Snapshots.of(
                        ++version,
                        endpoint(
                                Map.of("green", 100),
                                Map.of(),
                                deployment("green", GENEROUS, green.spec()))));
        eventually(
                "blue is gone",
                () -> {
                    gateway.tidy();
                    return series("farol_gateway_requests").isEmpty();
                });
        for (String metric :
                List.of(
                        "farol_gateway_request_duration_seconds",
                        "farol_gateway_model_duration_seconds",
                        "farol_gateway_request_bytes",
                        "farol_gateway_response_bytes")) {
            assertThat(series(metric)).as(metric).isEmpty();
        }
        score(UnaryOperator.identity());
        assertThat(series("farol_gateway_instances"))
                .containsExactly(Map.entry("deployment=green,endpoint=shop", 1.0));
        assertThat(series("farol_gateway_requests"))
                .containsOnlyKeys(
                        "deployment=green,endpoint=shop,model_status=200,reason=,status=200");
    }

    @Test
    void aTraceGoesThroughToTheInstanceAndTheLog() throws Exception {
        FakeInstance blue = blue();
        var parents = new ConcurrentLinkedQueue<String>();
        blue.model(
                exchange -> {
                    var headers = exchange.getRequestHeaders();
                    parents.add(
                            headers.get("traceparent")
                                    + " "
                                    + headers.getOrDefault("tracestate", List.of()));
                    FakeInstance.reply(exchange, 200, "ok");
                });
        score(
                r ->
                        r.header("traceparent", "00-" + TRACE + "-00f067aa0ba902b7-01")
                                .header("tracestate", "rojo=1")
                                .header("tracestate", "congo=2"));
        assertThat(parents.poll())
                .matches("\\[00-" + TRACE + "-[0-9a-f]{16}-01\\] \\[rojo=1, congo=2\\]")
                .doesNotContain("00f067aa0ba902b7");
        assertThat(record().asked().traceId()).isEqualTo(TRACE);
        score(r -> r.header("traceparent", "malformed").header("tracestate", "rojo=1"));
        assertThat(parents.poll()).matches("\\[00-[0-9a-f]{32}-[0-9a-f]{16}-01\\] \\[\\]");
        score(
                r ->
                        r.header("traceparent", "00-" + TRACE + "-00f067aa0ba902b7-01")
                                .header("traceparent", "00-" + TRACE + "-00f067aa0ba902b8-01"));
        assertThat(parents.poll())
                .matches("\\[00-[0-9a-f]{32}-[0-9a-f]{16}-01\\] \\[\\]")
                .doesNotContain(TRACE);
        assertThat(lines(3).getFirst().path("TraceId").asString()).isEqualTo(TRACE);
    }

    private List<JsonNode> lines(int wanted) {
        return eventually(
                wanted + " lines of the log",
                () -> {
                    var lines = new ArrayList<JsonNode>();
                    if (Files.exists(log)) {
                        for (String line : Files.readAllLines(log)) {
                            lines.add(Json.STRICT.readTree(line));
                        }
                    }
                    return lines.size() == wanted ? lines : null;
                });
    }

    @Test
    void theLogTellsWhoAskedAndWhatBecameOfIt() throws Exception {
        blue();
        score(r -> r.header("User-Agent", "me/1.0").header("x-ms-client-request-id", "mine"));
        JsonNode line = lines(1).getFirst();
        assertThat(line.path("Method").asString()).isEqualTo("POST");
        assertThat(line.path("Path").asString()).isEqualTo(SCORE);
        assertThat(line.path("Protocol").asString()).isEqualTo("HTTP/1.1");
        assertThat(line.path("ResponseCode").asInt()).isEqualTo(200);
        assertThat(line.path("ModelStatusCode").asInt()).isEqualTo(200);
        assertThat(line.path("UserAgent").asString()).isEqualTo("me/1.0");
        assertThat(line.path("XMSClientRequestId").asString()).isEqualTo("mine");
        assertThat(line.path("AuthType").asString()).isEqualTo("Key");
        assertThat(line.path("RequestPayloadSize").asInt()).isEqualTo(3);
        assertThat(line.path("TotalDurationMs").asDouble())
                .isGreaterThanOrEqualTo(line.path("ResponseDurationMs").asDouble());
        assertThat(line.path("ResponseDurationMs").asDouble()).isPositive();
    }

    private String raw(String... parts) throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), gateway.port())) {
            for (String part : parts) {
                socket.getOutputStream().write(part.getBytes(ISO_8859_1));
            }
            return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
        }
    }

    @Test
    void aMalformedBodyIsToldAsWhatTheClientWasTold() throws Exception {
        blue();
        String answer =
                raw(
                        "POST "
                                + SCORE
                                + " HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer "
                                + Snapshots.PRIMARY
                                + "\r\nTransfer-Encoding: chunked\r\n\r\n",
                        "zz\r\n");
        assertThat(answer).startsWith("HTTP/1.1 400 ");
        ExchangeRecord record = record();
        assertThat(record.status()).isEqualTo(400);
        assertThat(record.reason()).isEqualTo("malformed_request");
        assertThat(record.deployment()).isEqualTo("blue");
        assertThat(gateway.inFlight("blue-0")).isZero();
    }

    @Test
    void aMalformedHeadIsToldToo() throws Exception {
        assertThat(raw("GET " + SCORE + " HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"))
                .startsWith("HTTP/1.1 400 ");
        ExchangeRecord twoHosts = record();
        assertThat(twoHosts.status()).isEqualTo(400);
        assertThat(twoHosts.asked().method()).isEqualTo("GET");
        assertThat(twoHosts.asked().path()).isEqualTo(SCORE);
        assertThat(raw("what is this\r\n\r\n")).startsWith("HTTP/1.1 400 ");
        assertThat(record().status()).isEqualTo(400);
        assertThat(raw("GET /" + "a".repeat(20_000) + " HTTP/1.1\r\nHost: a\r\n\r\n"))
                .startsWith("HTTP/1.1 414 ");
        assertThat(record().status()).isEqualTo(414);
        assertThat(series("farol_gateway_requests"))
                .containsEntry(
                        "deployment=,endpoint=,model_status=,reason=malformed_request,status=400",
                        2.0);
    }

    private static final int RATE = 400_000;
    private static final Limits SLOW = new Limits("a test", 0, 0, 0, RATE);

    /** What so many bytes take at least: all but what may pass at once. */
    private static long leastMillis(int bytes) {
        return (long) ((bytes - Bandwidth.BURST * RATE) * 1000 / RATE);
    }

    @Test
    void aLargeRequestIsSlowedDownToTheBandwidth() throws Exception {
        FakeInstance blue = blue(SLOW);
        int size = 300_000;
        long from = System.nanoTime();
        HttpResponse<String> answer =
                client.send(
                        request(SCORE).POST(BodyPublishers.ofByteArray(new byte[size])).build(),
                        BodyHandlers.ofString());
        long took = (System.nanoTime() - from) / 1_000_000;
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(blue.seen().getFirst().bytes()).isEqualTo(size);
        assertThat(took).isGreaterThanOrEqualTo(leastMillis(size));
        ExchangeRecord.Times times = record().times();
        assertThat(times.requestDelay()).isPositive().isLessThanOrEqualTo(times.total());
        assertThat(
                        series("farol_gateway_bandwidth_request_delay_seconds")
                                .get("deployment=blue,endpoint=shop"))
                .isPositive();
        assertThat(lines(1).getFirst().path("RequestThrottlingDelayMs").asDouble()).isPositive();
    }

    @Test
    void aLargeAnswerIsSlowedDownAndItsTrailersSayByHowMuch() throws Exception {
        FakeInstance blue = blue(SLOW);
        int size = 300_000;
        blue.model(
                exchange -> {
                    exchange.sendResponseHeaders(200, 0);
                    exchange.getResponseBody().write(new byte[size]);
                });
        long from = System.nanoTime();
        String answer =
                raw(
                        "GET "
                                + SCORE
                                + " HTTP/1.1\r\nHost: h\r\nConnection: close\r\nAuthorization: Bearer "
                                + Snapshots.PRIMARY
                                + "\r\n\r\n");
        long took = (System.nanoTime() - from) / 1_000_000;
        assertThat(answer).startsWith("HTTP/1.1 200 ");
        assertThat(answer.chars().filter(each -> each == 0).count()).isEqualTo(size);
        assertThat(answer)
                .containsPattern("\r\n0\r\nms-azureml-bandwidth-response-delay-ms: \\d+\r\n\r\n$");
        assertThat(took).isGreaterThanOrEqualTo(leastMillis(size));
        assertThat(record().times().responseDelay()).isPositive();
    }

    @Test
    void smallRequestsTogetherAreSlowedDownToo() throws Exception {
        blue(SLOW);
        int each = 20_000;
        int number = 10;
        long from = System.nanoTime();
        var running = new ArrayList<java.util.concurrent.CompletableFuture<HttpResponse<String>>>();
        for (int i = 0; i < number; i++) {
            running.add(
                    client.sendAsync(
                            request(SCORE).POST(BodyPublishers.ofByteArray(new byte[each])).build(),
                            BodyHandlers.ofString()));
        }
        for (var one : running) {
            assertThat(one.get().statusCode()).isEqualTo(200);
        }
        assertThat((System.nanoTime() - from) / 1_000_000)
                .isGreaterThanOrEqualTo(leastMillis(each * number));
    }

    @Test
    void anAnswerWhoseInstanceIsGoneAlreadyStillArrivesWhole() throws Exception {
        FakeInstance blue = blue(SLOW);
        blue.model(
                exchange -> {
                    exchange.getResponseHeaders().set("Connection", "close");
                    FakeInstance.reply(exchange, 200, "a".repeat(100_000));
                });
        HttpResponse<String> answer = score(UnaryOperator.identity());
        assertThat(answer.body()).hasSize(100_000);
        assertThat(record().status()).isEqualTo(200);
    }

    @Test
    void aClientThatLeavesWhileItIsSlowedDownLeavesNothing() throws Exception {
        blue(new Limits("a test", 0, 0, 0, 1000));
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), gateway.port())) {
            socket.getOutputStream()
                    .write(
                            ("POST "
                                            + SCORE
                                            + " HTTP/1.1\r\nHost: h\r\nContent-Length: 60000\r\nAuthorization: Bearer "
                                            + Snapshots.PRIMARY
                                            + "\r\n\r\n"
                                            + "a".repeat(50_000))
                                    .getBytes(ISO_8859_1));
            eventually("it is inside", () -> gateway.inFlight("blue-0") == 1);
        }
        gateway.close();
        assertThat(record().status()).isEqualTo(499);
        assertThat(gateway.inFlight("blue-0")).isZero();
    }
}
