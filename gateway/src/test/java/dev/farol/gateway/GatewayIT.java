package dev.farol.gateway;

import static dev.farol.gateway.Snapshots.GENEROUS;
import static dev.farol.gateway.Snapshots.deployment;
import static dev.farol.gateway.Snapshots.endpoint;
import static dev.farol.kit.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.kit.testing.Logs;
import dev.farol.spec.AuthMode;
import dev.farol.spec.EndpointSettings;
import dev.farol.spec.EndpointSettings.Limits;
import dev.farol.spec.RequestSettings;
import dev.farol.spec.RoutingSnapshot;
import dev.farol.spec.RoutingSnapshot.Deployment;
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
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The gateway between a client and fake instances, over real sockets. */
class GatewayIT {
    private static final String SCORE = "/api/v1/endpoint/shop/score";

    /** Longer than any test takes: what hangs, hangs to its end. */
    private static final RequestSettings PATIENT =
            new RequestSettings(100, Duration.ofMillis(500), Duration.ofMinutes(5));

    private final SnapshotFeed feed = new SnapshotFeed();
    private final ConcurrentLinkedQueue<ExchangeRecord> records = new ConcurrentLinkedQueue<>();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final List<FakeInstance> instances = new ArrayList<>();
    private long version;
    private Gateway gateway;

    @BeforeEach
    void start() {
        gateway = Gateway.start(GatewayConfig.DEFAULTS.withPort(0), feed, records::add);
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

    private void publish(Map<String, Integer> traffic, Deployment... deployments) {
        publish(traffic, Map.of(), deployments);
    }

    private void publish(
            Map<String, Integer> traffic, Map<String, Integer> mirror, Deployment... deployments) {
        feed.accept(Snapshots.of(++version, endpoint(traffic, mirror, deployments)));
        assertThat(gateway.snapshotVersion()).isEqualTo(version);
    }

    private FakeInstance blue() throws IOException {
        FakeInstance blue = instance("blue-0");
        publish(Map.of("blue", 100), deployment("blue", GENEROUS, blue.spec()));
        return blue;
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gateway.port() + path))
                .header("Authorization", "Bearer " + Snapshots.PRIMARY)
                .timeout(Duration.ofSeconds(30));
    }

    private HttpResponse<String> score(UnaryOperator<HttpRequest.Builder> change) throws Exception {
        return client.send(
                change.apply(request(SCORE).POST(BodyPublishers.ofString("[1]"))).build(),
                BodyHandlers.ofString());
    }

    private HttpResponse<String> score() throws Exception {
        return score(UnaryOperator.identity());
    }

    private static String header(HttpResponse<?> answer, String name) {
        return answer.headers().firstValue(name).orElse(null);
    }

    private ExchangeRecord record() {
        return eventually("a record", records::poll);
    }

    @Test
    void scoresAndTellsWhoAnswered() throws Exception {
        FakeInstance blue = blue();
        HttpResponse<String> answer = score(r -> r.header("x-ms-client-request-id", "mine"));
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("blue-0");
        assertThat(header(answer, "azureml-model-deployment")).isEqualTo("blue");
        assertThat(header(answer, "Server")).isEqualTo("azureml-frontdoor");
        assertThat(header(answer, "ms-azureml-model-time")).matches("\\d+");
        assertThat(header(answer, "x-ms-client-request-id")).isEqualTo("mine");
        assertThat(header(answer, "x-ms-request-id")).isEqualTo("mine");
        assertThat(header(answer, "x-request-id"))
                .matches("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
        assertThat(blue.seen())
                .containsExactly(
                        new FakeInstance.Seen("POST", "/score", header(answer, "x-request-id"), 3));
        ExchangeRecord record = record();
        assertThat(record.endpoint()).isEqualTo("shop");
        assertThat(record.deployment()).isEqualTo("blue");
        assertThat(record.instance()).isEqualTo("blue-0");
        assertThat(record.status()).isEqualTo(200);
        assertThat(record.modelStatus()).isEqualTo(200);
        assertThat(record.reason()).isEmpty();
        assertThat(record.requestBytes()).isEqualTo(3);
        assertThat(record.responseBytes()).isEqualTo(6);
        assertThat(record.times().total()).isPositive();
        assertThat(record.asked().clientRequestId()).isEqualTo("mine");
        assertThat(gateway.counts()).containsExactly(new RequestCount("shop", "blue", "200", 1));
        assertThat(gateway.inFlight("blue-0")).isZero();
    }

    @Test
    void requestIdsFollowTheContract() throws Exception {
        blue();
        var given = score(r -> r.header("x-request-id", "r1").header("x-ms-request-id", "m1"));
        assertThat(header(given, "x-request-id")).isEqualTo("r1");
        assertThat(header(given, "x-ms-request-id")).isEqualTo("m1");
        assertThat(header(given, "x-ms-client-request-id")).isEqualTo("m1");
        var none = score();
        assertThat(header(none, "x-ms-request-id")).isEqualTo(header(none, "x-request-id"));
        assertThat(header(none, "x-ms-client-request-id")).isNull();
        var tooLong = score(r -> r.header("x-ms-client-request-id", "a".repeat(101)));
        assertThat(tooLong.statusCode()).isEqualTo(431);
        assertThat(tooLong.body())
                .isEqualTo(
                        "{\"message\":\"x-ms-request-id and x-ms-client-request-id must not exceed 100 characters\"}");
        assertThat(score(r -> r.header("x-request-id", "a".repeat(101))).body())
                .contains("x-request-id must not exceed 100 characters");
        assertThat(score(r -> r.header("x-request-id", "a".repeat(100))).statusCode())
                .isEqualTo(200);
    }

    @Test
    void pathsGoToTheInstanceByPathAndByHost() throws Exception {
        FakeInstance blue = instance("blue-0");
        var settings = GENEROUS;
        feed.accept(
                Snapshots.of(
                        ++version,
                        endpoint(
                                Map.of("blue", 100),
                                Map.of(),
                                new Deployment(
                                        "blue", settings, "/v1/predict", List.of(blue.spec())))));
        score();
        client.send(
                request("/api/v1/endpoint/SHOP/swagger.json?version=3").build(),
                BodyHandlers.discarding());
        assertThat(byHost("shop.local.inference.example.org:80", "/score?a=b"))
                .startsWith("HTTP/1.1 200 ");
        assertThat(byHost("Shop.LOCAL.inference.x", "/")).startsWith("HTTP/1.1 200 ");
        assertThat(byHost("shop.elsewhere.inference.x", "/"))
                .startsWith("HTTP/1.1 404 ")
                .contains("EndpointNotFound");
        assertThat(blue.seen())
                .extracting(FakeInstance.Seen::path)
                .containsExactly("/v1/predict", "/swagger.json?version=3", "/score?a=b", "/");
    }

    /** The whole answer, by a client that names any host it likes. */
    private String byHost(String host, String path) throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), gateway.port())) {
            socket.getOutputStream()
                    .write(
                            ("GET "
                                            + path
                                            + " HTTP/1.1\r\nHost: "
                                            + host
                                            + "\r\nAuthorization: Bearer "
                                            + Snapshots.SECONDARY
                                            + "\r\nConnection: close\r\n\r\n")
                                    .getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    @Test
    void answersForItself() throws Exception {
        assertThat(get("/").statusCode()).isEqualTo(200);
        assertThat(get("/ready").statusCode()).isEqualTo(503);
        HttpResponse<String> before = score();
        assertThat(before.statusCode()).isEqualTo(404);
        blue();
        assertThat(get("/ready").statusCode()).isEqualTo(200);
        assertThat(get("/").body()).isEqualTo("{\"status\":\"ready\",\"snapshot\":1}");
        HttpResponse<String> unknown = get("/score");
        assertThat(unknown.statusCode()).isEqualTo(404);
        assertThat(unknown.body()).contains("/api/v1/endpoint/{endpoint}/score");
        HttpResponse<String> endpoint = get("/api/v1/endpoint/nope/score");
        assertThat(endpoint.statusCode()).isEqualTo(404);
        assertThat(endpoint.body()).contains("EndpointNotFound").contains("nope");
        assertThat(gateway.counts()).contains(new RequestCount("", "", "404", 3));
    }

    private HttpResponse<String> get(String path) throws Exception {
        return client.send(request(path).build(), BodyHandlers.ofString());
    }

    @Test
    void onlyAKeyOfTheEndpointMayCall() throws Exception {
        FakeInstance blue = blue();
        assertThat(
                        score(r -> r.setHeader("Authorization", "Bearer " + Snapshots.SECONDARY))
                                .statusCode())
                .isEqualTo(200);
        for (String bad : new String[] {"Bearer wrong", "Basic " + Snapshots.PRIMARY, ""}) {
            HttpResponse<String> refused =
                    score(
                            r ->
                                    r.setHeader("Authorization", bad)
                                            .header("azureml-model-deployment", "nope"));
            assertThat(refused.statusCode()).isEqualTo(401);
            assertThat(header(refused, "WWW-Authenticate")).startsWith("Bearer");
            assertThat(header(refused, "x-request-id")).isNotNull();
            assertThat(refused.body())
                    .startsWith("{\"error\":{\"code\":\"AuthenticationFailed\"")
                    .doesNotContain("blue");
        }
        assertThat(blue.seen()).hasSize(1);
        feed.accept(
                Snapshots.of(
                        ++version,
                        endpoint(
                                AuthMode.AAD_TOKEN,
                                Map.of("blue", 100),
                                Map.of(),
                                deployment("blue", GENEROUS, blue.spec()))));
        HttpResponse<String> key = score();
        assertThat(key.statusCode()).isEqualTo(401);
        assertThat(header(key, "WWW-Authenticate")).contains("invalid_token");
        assertThat(key.body()).contains("https://ml.azure.com").doesNotContain("blue");
    }

    @Test
    void splitsByPercentAndPinsByHeader() throws Exception {
        FakeInstance blue = instance("blue-0");
        FakeInstance green = instance("green-0");
        FakeInstance idle = instance("idle-0");
        publish(
                Map.of("blue", 90, "green", 10),
                deployment("blue", GENEROUS, blue.spec()),
                deployment("green", GENEROUS, green.spec()),
                deployment("idle", GENEROUS, idle.spec()));
        for (int i = 0; i < 200; i++) {
            assertThat(score().statusCode()).isEqualTo(200);
        }
        assertThat(blue.seen().size()).isBetween(178, 182);
        assertThat(green.seen()).hasSize(200 - blue.seen().size());
        assertThat(idle.seen()).isEmpty();
        HttpResponse<String> pinned = score(r -> r.header("azureml-model-deployment", "IDLE"));
        assertThat(pinned.body()).isEqualTo("idle-0");
        assertThat(header(pinned, "azureml-model-deployment")).isEqualTo("idle");
        HttpResponse<String> unknown = score(r -> r.header("azureml-model-deployment", "red"));
        assertThat(unknown.statusCode()).isEqualTo(404);
        assertThat(unknown.body())
                .contains("DeploymentNotFound")
                .contains("red")
                .contains("blue, green, idle")
                .contains("carried the header over");
    }

    @Test
    void withoutTrafficOnlyAPinIsAnswered() throws Exception {
        FakeInstance blue = instance("blue-0");
        publish(Map.of("blue", 0), deployment("blue", GENEROUS, blue.spec()));
        HttpResponse<String> none = score();
        assertThat(none.statusCode()).isEqualTo(404);
        assertThat(none.body()).contains("no valid deployment with positive weight");
        assertThat(score(r -> r.header("azureml-model-deployment", "blue")).statusCode())
                .isEqualTo(200);
    }

    @Test
    void everyStatusButOkIsTheModelsError() throws Exception {
        FakeInstance blue = blue();
        for (int status : new int[] {201, 204, 304, 400, 404, 408, 429, 500, 502, 503}) {
            blue.model(
                    exchange -> {
                        exchange.getResponseHeaders().set("Retry-After", "1");
                        FakeInstance.reply(
                                exchange, status, status == 204 || status == 304 ? "" : "why");
                    });
            HttpResponse<String> answer = score();
            assertThat(answer.statusCode()).as("for %d", status).isEqualTo(424);
            assertThat(header(answer, "ms-azureml-model-error-reason")).isEqualTo("model_error");
            assertThat(header(answer, "ms-azureml-model-error-statuscode"))
                    .isEqualTo(Integer.toString(status));
            assertThat(header(answer, "Retry-After")).isNull();
            assertThat(answer.body()).isEqualTo(status == 204 || status == 304 ? "" : "why");
            assertThat(record().modelStatus()).isEqualTo(status);
        }
    }

    @Test
    void whatTheReplicaSaysOfItselfPasses() throws Exception {
        FakeInstance blue = blue();
        Map<Integer, String> own =
                Map.of(429, "too_many_pending_request", 502, "worker_lost", 408, "request_timeout");
        for (var each : own.entrySet()) {
            blue.model(
                    exchange -> {
                        exchange.getResponseHeaders()
                                .set("ms-azureml-model-error-reason", each.getValue());
                        exchange.getResponseHeaders().set("Retry-After", "1");
                        FakeInstance.reply(exchange, each.getKey(), "");
                    });
            HttpResponse<String> answer = score();
            assertThat(answer.statusCode()).isEqualTo(each.getKey());
            assertThat(header(answer, "ms-azureml-model-error-reason")).isEqualTo(each.getValue());
            assertThat(header(answer, "Retry-After")).isEqualTo(each.getKey() == 429 ? "1" : null);
            assertThat(record().reason()).isEqualTo(each.getValue());
        }
    }

    @Test
    void withoutAnInstanceTheModelIsNotReady() throws Exception {
        publish(Map.of("blue", 100), deployment("blue", GENEROUS));
        HttpResponse<String> answer = score();
        assertThat(answer.statusCode()).isEqualTo(424);
        assertThat(header(answer, "ms-azureml-model-error-reason")).isEqualTo("model_not_ready");
        assertThat(answer.body()).contains("ModelNotReady");
    }

    @Test
    void aLateAnswerIsATimeout() throws Exception {
        FakeInstance blue = instance("blue-0");
        var hold = new CountDownLatch(1);
        blue.model(exchange -> hold.await());
        publish(
                Map.of("blue", 100),
                deployment(
                        "blue",
                        new RequestSettings(1, Duration.ofMillis(500), Duration.ofMillis(200)),
                        blue.spec()));
        HttpResponse<String> answer = score();
        assertThat(answer.statusCode()).isEqualTo(408);
        assertThat(answer.body()).contains("upstream request timeout", "request_timeout_ms is 200");
        assertThat(header(answer, "x-farol-limit"))
                .isEqualTo("request_timeout_ms=200; set-by=\"the deployment 'blue'\"");
        assertThat(header(answer, "azureml-model-deployment")).isEqualTo("blue");
        assertThat(record().reason()).isEqualTo("request_timeout");
        hold.countDown();
    }

    @Test
    void theWindowIsTwiceTheConcurrencyOfAllInstances() throws Exception {
        FakeInstance one = instance("blue-0");
        FakeInstance two = instance("blue-1");
        var hold = new Semaphore(0);
        for (FakeInstance each : List.of(one, two)) {
            each.model(
                    exchange -> {
                        hold.acquire();
                        FakeInstance.reply(exchange, 200, "done");
                    });
        }
        publish(
                Map.of("blue", 100),
                deployment(
                        "blue",
                        new RequestSettings(1, Duration.ofMillis(500), Duration.ofSeconds(20)),
                        one.spec(),
                        two.spec()));
        var running = new ArrayList<CompletableFuture<HttpResponse<String>>>();
        for (int i = 0; i < 4; i++) {
            running.add(
                    client.sendAsync(
                            request(SCORE).POST(BodyPublishers.ofString("[1]")).build(),
                            BodyHandlers.ofString()));
        }
        eventually(
                "four are inside",
                () -> gateway.inFlight("blue-0") + gateway.inFlight("blue-1") == 4);
        HttpResponse<String> shed = score();
        assertThat(shed.statusCode()).isEqualTo(429);
        assertThat(header(shed, "ms-azureml-model-error-reason"))
                .isEqualTo("too_many_pending_request");
        assertThat(header(shed, "Retry-After")).isEqualTo("1");
        assertThat(header(shed, "x-farol-limit"))
                .isEqualTo("max_pending=4; set-by=\"the deployment 'blue'\"");
        assertThat(shed.body())
                .contains("TooManyPendingRequests", "max_pending is 4", "raise request_settings.");
        hold.release(4);
        for (var each : running) {
            assertThat(each.get().statusCode()).isEqualTo(200);
        }
        hold.release(100);
        assertThat(score().statusCode()).isEqualTo(200);
        assertThat(gateway.inFlight("blue-0") + gateway.inFlight("blue-1")).isZero();
    }

    @Test
    void anInstanceThatDiesAtWorkFailsItsOwnRequests() throws Exception {
        try (var listener = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            publish(
                    Map.of("blue", 100),
                    deployment("blue", GENEROUS, Snapshots.instance("b", listener.getLocalPort())));
            Thread.ofVirtual()
                    .start(
                            () -> {
                                try (Socket socket = listener.accept()) {
                                    socket.getInputStream().readNBytes(10);
                                } catch (IOException closed) {
                                    records.clear();
                                }
                            });
            HttpResponse<String> answer = score();
            assertThat(answer.statusCode()).isEqualTo(502);
            assertThat(header(answer, "ms-azureml-model-error-reason")).isEqualTo("worker_lost");
            assertThat(answer.body()).contains("WorkerLost");
        }
    }

    @Test
    void aDeadInstanceIsPassedOverWithinTheBudget() throws Exception {
        FakeInstance alive = instance("blue-1");
        int dead;
        try (var free = new ServerSocket(0)) {
            dead = free.getLocalPort();
        }
        publish(
                Map.of("blue", 100),
                deployment("blue", GENEROUS, Snapshots.instance("blue-0", dead), alive.spec()));
        var retried = new AtomicInteger();
        for (int i = 0; i < 6 && retried.get() < 2; i++) {
            assertThat(score().body()).isEqualTo("blue-1");
            retried.addAndGet(record().attempts() - 1);
        }
        assertThat(gateway.inFlight("blue-0")).isZero();
        assertThat(gateway.inFlight("blue-1")).isZero();
    }

    @Test
    void aDeadInstanceFailsItsRequestsOnceTheBudgetIsSpent() throws Exception {
        FakeInstance alive = instance("blue-1");
        int dead;
        try (var free = new ServerSocket(0)) {
            dead = free.getLocalPort();
        }
        gateway.close();
        GatewayConfig defaults = GatewayConfig.DEFAULTS;
        gateway =
                Gateway.start(
                        new GatewayConfig(
                                defaults.host(),
                                0,
                                defaults.tls(),
                                defaults.proxy(),
                                0,
                                0,
                                defaults.mirrorQueueSize(),
                                defaults.accessLog()),
                        feed,
                        records::add);
        publish(
                Map.of("blue", 100),
                deployment("blue", GENEROUS, Snapshots.instance("blue-0", dead), alive.spec()));
        for (int i = 0; i < 200; i++) {
            score();
        }
        List<RequestCount> counts = gateway.counts();
        assertThat(counts).extracting(RequestCount::status).containsExactly("200", "424");
        assertThat(gateway.inFlight("blue-0")).isZero();
        assertThat(gateway.inFlight("blue-1")).isZero();
    }

    @Test
    void mirrorsAShareAndNeverThePinned() throws Exception {
        FakeInstance blue = instance("blue-0");
        FakeInstance shadow = instance("shadow-0");
        publish(
                Map.of("blue", 100),
                Map.of("shadow", 50),
                deployment("blue", GENEROUS, blue.spec()),
                deployment("shadow", GENEROUS, shadow.spec()));
        for (int i = 0; i < 100; i++) {
            assertThat(score().body()).isEqualTo("blue-0");
        }
        eventually("half are copied", () -> shadow.seen().size() >= 49);
        eventually("all copies are over", () -> gateway.inFlight("shadow-0") == 0);
        assertThat(gateway.mirrorCounts().sent()).isBetween(49L, 51L);
        assertThat(gateway.mirrorCounts().failed()).isZero();
        assertThat(shadow.seen()).allSatisfy(seen -> assertThat(seen.bytes()).isEqualTo(3));
        long before = gateway.mirrorCounts().sent();
        for (int i = 0; i < 20; i++) {
            score(r -> r.header("azureml-model-deployment", "blue"));
        }
        assertThat(gateway.mirrorCounts().sent()).isEqualTo(before);
        for (int i = 0; i < 4; i++) {
            score(r -> r.POST(BodyPublishers.ofByteArray(new byte[100_000])));
        }
        assertThat(gateway.mirrorCounts().sent()).isEqualTo(before);
        assertThat(gateway.mirrorCounts().lostStreamed()).isBetween(1L, 3L);
    }

    @Test
    void aMirrorThatHangsLosesCopiesAndNothingElse() throws Exception {
        FakeInstance blue = instance("blue-0");
        FakeInstance shadow = instance("shadow-0");
        var hold = new CountDownLatch(1);
        shadow.model(exchange -> hold.await());
        publish(
                Map.of("blue", 100),
                Map.of("shadow", 50),
                deployment("blue", GENEROUS, blue.spec()),
                deployment("shadow", PATIENT, shadow.spec()));
        for (int i = 0; i < 200; i++) {
            assertThat(score().statusCode()).isEqualTo(200);
        }
        assertThat(gateway.mirrorCounts().sent()).isEqualTo(64);
        assertThat(gateway.mirrorCounts().lostFull()).isBetween(35L, 37L);
        hold.countDown();
    }

    @Test
    void aMirrorThatHangsTakesNoPlacesOfAnother() throws Exception {
        FakeInstance blue = instance("blue-0");
        FakeInstance shadow = instance("shadow-0");
        FakeInstance other = instance("other-0");
        var hold = new CountDownLatch(1);
        shadow.model(exchange -> hold.await());
        Deployment[] deployments = {
            deployment("blue", GENEROUS, blue.spec()),
            deployment("shadow", PATIENT, shadow.spec()),
            deployment("other", GENEROUS, other.spec())
        };
        publish(Map.of("blue", 100), Map.of("shadow", 50), deployments);
        for (int i = 0; i < 160; i++) {
            assertThat(score().statusCode()).isEqualTo(200);
        }
        assertThat(gateway.mirrorCounts().sent()).isEqualTo(64);
        long lost = gateway.mirrorCounts().lostFull();

        publish(Map.of("blue", 100), Map.of("other", 50), deployments);
        for (int i = 0; i < 40; i++) {
            assertThat(score().statusCode()).isEqualTo(200);
        }
        assertThat(gateway.mirrorCounts().sent()).isBetween(64L + 19, 64L + 21);
        assertThat(gateway.mirrorCounts().lostFull()).isEqualTo(lost);
        hold.countDown();
    }

    private FakeInstance mirrored(Deployment shadow) throws IOException {
        FakeInstance blue = instance("blue-0");
        publish(
                Map.of("blue", 100),
                Map.of("shadow", 50),
                deployment("blue", GENEROUS, blue.spec()),
                shadow);
        return blue;
    }

    @Test
    void aMirrorThatIsSlowIsNotWaitedFor() throws Exception {
        FakeInstance shadow = instance("shadow-0");
        var hold = new CountDownLatch(1);
        shadow.model(
                exchange -> {
                    hold.await();
                    FakeInstance.reply(exchange, 200, "late");
                });
        mirrored(deployment("shadow", PATIENT, shadow.spec()));
        for (int i = 0; i < 40; i++) {
            assertThat(score().body()).isEqualTo("blue-0");
        }
        // All answers are here before any of the mirror is.
        long copies = gateway.mirrorCounts().sent();
        assertThat(copies).isBetween(19L, 21L);
        assertThat(gateway.inFlight("shadow-0")).isEqualTo((int) copies);
        hold.countDown();
        eventually("all copies are over", () -> gateway.inFlight("shadow-0") == 0);
        assertThat(gateway.mirrorCounts()).isEqualTo(new MirrorCounts(copies, 0, 0, 0, 0));
    }

    @Test
    void aMirrorThatIsDeadLosesItsCopiesAndTheyAreCounted() throws Exception {
        int port;
        try (var closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = closed.getLocalPort();
        }
        mirrored(deployment("shadow", GENEROUS, Snapshots.instance("shadow-0", port)));
        for (int i = 0; i < 40; i++) {
            assertThat(score().body()).isEqualTo("blue-0");
        }
        eventually("all copies are over", () -> gateway.inFlight("shadow-0") == 0);
        MirrorCounts counts = gateway.mirrorCounts();
        assertThat(counts.sent()).isBetween(19L, 21L);
        assertThat(counts.failed()).isEqualTo(counts.sent());
        assertThat(gateway.inFlight("blue-0")).isZero();
    }

    /** Its answer is cut off, so that it costs neither memory nor the loop. */
    @Test
    void aMirrorThatAnswersHugelyIsCutOff() throws Exception {
        FakeInstance shadow = instance("shadow-0");
        var written = new ConcurrentLinkedQueue<Long>();
        shadow.model(
                exchange -> {
                    long bytes = 0;
                    byte[] piece = new byte[1_000_000];
                    try {
                        exchange.sendResponseHeaders(200, 1_000_000_000);
                        for (int i = 0; i < 1000; i++) {
                            exchange.getResponseBody().write(piece);
                            bytes += piece.length;
                        }
                    } finally {
                        written.add(bytes);
                    }
                });
        mirrored(deployment("shadow", GENEROUS, shadow.spec()));
        for (int i = 0; i < 10; i++) {
            assertThat(score().body()).isEqualTo("blue-0");
        }
        long copies = gateway.mirrorCounts().sent();
        assertThat(copies).isBetween(4L, 6L);
        eventually("all are cut off", () -> written.size() == copies);
        assertThat(written).allSatisfy(bytes -> assertThat(bytes).isLessThan(100_000_000L));
        eventually("all copies are over", () -> gateway.inFlight("shadow-0") == 0);
    }

    @Test
    void swapsUnderLoadLoseNothing() throws Exception {
        var stop = new AtomicBoolean();
        var answered = new AtomicInteger();
        var failures = new ConcurrentLinkedQueue<String>();
        FakeInstance current = instance("blue-0");
        publish(Map.of("blue", 100), deployment("blue", GENEROUS, current.spec()));
        var callers = new ArrayList<Thread>();
        for (int i = 0; i < 8; i++) {
            callers.add(
                    Thread.ofVirtual()
                            .start(
                                    () -> {
                                        while (!stop.get()) {
                                            try {
                                                HttpResponse<String> answer = score();
                                                answered.incrementAndGet();
                                                if (answer.statusCode() != 200) {
                                                    failures.add(
                                                            answer.statusCode() + answer.body());
                                                }
                                            } catch (Exception broken) {
                                                failures.add(broken.toString());
                                            }
                                        }
                                    }));
        }
        int swaps = 0;
        while (swaps < 20 || answered.get() < 3000) {
            FakeInstance next = instance("blue-" + ++swaps);
            publish(Map.of("blue", 100), deployment("blue", GENEROUS, next.spec()));
            FakeInstance old = current;
            int before = swaps - 1;
            eventually("the old one is idle", () -> gateway.inFlight("blue-" + before) == 0);
            old.close();
            instances.remove(old);
            int soFar = answered.get();
            eventually("some are answered", () -> answered.get() > soFar + 100);
            current = next;
        }
        stop.set(true);
        for (Thread caller : callers) {
            caller.join();
        }
        assertThat(failures).isEmpty();
        assertThat(answered.get()).isGreaterThan(3000);
    }

    @Test
    @Logs("Snapshot 99 is refused, 1 stays")
    void keepsServingWhenTheSourceSendsNonsense() throws Exception {
        blue();
        feed.accept(
                Snapshots.of(
                        99, endpoint(Map.of("gone", 100), Map.of(), deployment("blue", GENEROUS))));
        feed.accept(RoutingSnapshot.EMPTY);
        assertThat(gateway.snapshotVersion()).isEqualTo(1);
        assertThat(score().statusCode()).isEqualTo(200);
    }

    @Test
    void streams200MegabytesUpAndDown() throws Exception {
        FakeInstance blue = blue();
        blue.model(
                exchange -> {
                    exchange.sendResponseHeaders(200, 200_000_000);
                    byte[] piece = new byte[1_000_000];
                    for (int i = 0; i < 200; i++) {
                        exchange.getResponseBody().write(piece);
                    }
                });
        HttpResponse<java.io.InputStream> answer =
                client.send(
                        request(SCORE)
                                .POST(
                                        BodyPublishers.fromPublisher(
                                                BodyPublishers.ofInputStream(
                                                        () -> new Zeros(200_000_000)),
                                                200_000_000))
                                .build(),
                        BodyHandlers.ofInputStream());
        try (var body = answer.body()) {
            body.skipNBytes(200_000_000);
            assertThat(body.read()).isNegative();
        }
        assertThat(blue.seen().getFirst().bytes()).isEqualTo(200_000_000);
        ExchangeRecord record = record();
        assertThat(record.requestBytes()).isEqualTo(200_000_000);
        assertThat(record.responseBytes()).isEqualTo(200_000_000);
    }

    /** So many zeros. */
    private static final class Zeros extends java.io.InputStream {
        private long left;

        Zeros(long left) {
            this.left = left;
        }

        @Override
        public int read() {
            return left-- > 0 ? 0 : -1;
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            if (left <= 0) {
                return -1;
            }
            int count = (int) Math.min(left, length);
            left -= count;
            return count;
        }
    }

    @Test
    void aClientThatLeavesIsARecordOfItsOwn() throws Exception {
        FakeInstance blue = blue();
        var asked = new CountDownLatch(1);
        var hold = new CountDownLatch(1);
        blue.model(
                exchange -> {
                    asked.countDown();
                    hold.await();
                });
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), gateway.port())) {
            socket.getOutputStream()
                    .write(
                            ("GET "
                                            + SCORE
                                            + " HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer "
                                            + Snapshots.PRIMARY
                                            + "\r\n\r\n")
                                    .getBytes(StandardCharsets.ISO_8859_1));
            asked.await();
            assertThat(gateway.inFlight("blue-0")).isEqualTo(1);
        }
        ExchangeRecord record = record();
        assertThat(record.status()).isEqualTo(499);
        assertThat(record.reason()).isEqualTo("client_gone");
        assertThat(gateway.inFlight("blue-0")).isZero();
        hold.countDown();
    }

    private static EndpointSettings settings(Limits limits) {
        return new EndpointSettings(null, limits, List.of());
    }

    private void publish(
            EndpointSettings settings, Map<String, Integer> traffic, Deployment... all) {
        feed.accept(
                Snapshots.of(
                        ++version, Snapshots.with(endpoint(traffic, Map.of(), all), settings)));
    }

    @Test
    void anEndpointTakesSoManyRequestsASecond() throws Exception {
        FakeInstance blue = instance("blue-0");
        publish(
                settings(new Limits("a test", 3, 0, 0, 0)),
                Map.of("blue", 100),
                deployment("blue", GENEROUS, blue.spec()));
        HttpResponse<String> answer = score();
        for (int i = 0; i < 100 && answer.statusCode() == 200; i++) {
            answer = score();
        }
        assertThat(answer.statusCode()).isEqualTo(429);
        assertThat(header(answer, "x-farol-limit"))
                .isEqualTo("requests_per_second=3; set-by=\"a test\"");
        assertThat(header(answer, "Retry-After")).isEqualTo("1");
        assertThat(answer.body()).contains("farol.requests_per_second higher");
        assertThat(blue.seen().size()).isLessThan(100);
        publish(
                settings(Limits.GENEROUS),
                Map.of("blue", 100),
                deployment("blue", GENEROUS, blue.spec()));
        assertThat(score().statusCode()).as("without the limit").isEqualTo(200);
    }

    @Test
    void anEndpointTakesSoManyRequestsAtOnceAndSoLongBodies() throws Exception {
        FakeInstance blue = instance("blue-0");
        var hold = new Semaphore(0);
        blue.model(
                exchange -> {
                    hold.acquire();
                    FakeInstance.reply(exchange, 200, "done");
                });
        publish(
                settings(new Limits("a test", 0, 1, 10, 0)),
                Map.of("blue", 100),
                deployment("blue", GENEROUS, blue.spec()));
        HttpResponse<String> large =
                client.send(
                        request(SCORE).POST(BodyPublishers.ofString("12345678901")).build(),
                        BodyHandlers.ofString());
        assertThat(large.statusCode()).isEqualTo(413);
        assertThat(header(large, "x-farol-limit")).startsWith("max_request_bytes=10;");
        assertThat(large.body()).contains("The body is 11 bytes long", "RequestEntityTooLarge");
        var running =
                client.sendAsync(
                        request(SCORE).POST(BodyPublishers.ofString("1234567890")).build(),
                        BodyHandlers.ofString());
        eventually("one is inside", () -> gateway.inFlight("blue-0") == 1);
        HttpResponse<String> second = score();
        assertThat(second.statusCode()).isEqualTo(429);
        assertThat(header(second, "x-farol-limit")).startsWith("concurrent_requests=1;");
        hold.release(2);
        assertThat(running.get().statusCode()).isEqualTo(200);
        eventually("there is room again", () -> score().statusCode() == 200);
    }

    /** The model's own 413 is the model's error; the replica's is a limit, and says which. */
    @Test
    void aReplicasLimitIsNotTheModelsError() throws Exception {
        FakeInstance blue = instance("blue-0");
        publish(Map.of("blue", 100), deployment("blue", GENEROUS, blue.spec()));
        blue.model(
                exchange -> {
                    exchange.getResponseHeaders().set("x-farol-limit", "max_body_bytes=1");
                    FakeInstance.reply(exchange, 413, "too long");
                });
        HttpResponse<String> limit = score();
        assertThat(limit.statusCode()).isEqualTo(413);
        assertThat(header(limit, "x-farol-limit")).isEqualTo("max_body_bytes=1");
        blue.model(exchange -> FakeInstance.reply(exchange, 413, "I say so"));
        assertThat(score().statusCode()).isEqualTo(424);
    }

    @Test
    void aCallerStaysOnOneDeployment() throws Exception {
        FakeInstance blue = instance("blue-0");
        FakeInstance green = instance("green-0");
        publish(
                new EndpointSettings(
                        EndpointSettings.Affinity.parse("cookie:session"),
                        Limits.GENEROUS,
                        List.of()),
                Map.of("blue", 50, "green", 50),
                deployment("blue", GENEROUS, blue.spec()),
                deployment("green", GENEROUS, green.spec()));
        var homes = new HashSet<String>();
        for (int caller = 0; caller < 20; caller++) {
            String name = "caller-" + caller;
            String first = score(r -> r.header("x-farol-affinity", name)).body();
            homes.add(first);
            for (int again = 0; again < 5; again++) {
                assertThat(score(r -> r.header("x-farol-affinity", name)).body()).isEqualTo(first);
                assertThat(score(r -> r.header("Cookie", "a=b; session=" + name)).body())
                        .isEqualTo(first);
            }
        }
        assertThat(homes).containsExactlyInAnyOrder("blue-0", "green-0");
    }

    @Test
    void anInstanceThatBreaksOffIsLeftAlone() throws Exception {
        FakeInstance good = instance("blue-0");
        FakeInstance bad = instance("blue-1");
        bad.model(exchange -> exchange.close());
        publish(Map.of("blue", 100), deployment("blue", GENEROUS, good.spec(), bad.spec()));
        for (int i = 0; i < 100; i++) {
            assertThat(score().statusCode()).isIn(200, 502);
        }
        // Five in a row and it is out; a few more when it is tried again a second later.
        assertThat(bad.seen().size())
                .isBetween(InstanceHealth.STRIKES, InstanceHealth.STRIKES + 10);
        assertThat(good.seen().size()).isGreaterThan(85);
    }
}
