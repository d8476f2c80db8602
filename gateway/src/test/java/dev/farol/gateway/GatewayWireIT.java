package dev.farol.gateway;

import static dev.farol.gateway.Snapshots.GENEROUS;
import static dev.farol.gateway.Snapshots.deployment;
import static dev.farol.gateway.Snapshots.endpoint;
import static dev.farol.kit.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import dev.farol.kit.certificate.Authority;
import dev.farol.kit.certificate.ServerCertificate;
import dev.farol.kit.certificate.ServerNames;
import dev.farol.spec.EndpointSettings;
import dev.farol.spec.EndpointSettings.Limits;
import dev.farol.spec.RoutingSnapshot.Instance;
import dev.farol.wire.Headers;
import dev.farol.wire.Listen;
import dev.farol.wire.ProxyAnswer;
import dev.farol.wire.ProxyConfig;
import dev.farol.wire.ProxyServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
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
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What flows through the gateway other than a small body each way. */
class GatewayWireIT {
    private static final String SCORE = "/api/v1/endpoint/shop/score";

    private final SnapshotFeed feed = new SnapshotFeed();
    private final ConcurrentLinkedQueue<ExchangeRecord> records = new ConcurrentLinkedQueue<>();
    @TempDir private Path home;
    private SSLContext trust;
    private Gateway plain;
    private Gateway secure;

    @BeforeEach
    void start() throws Exception {
        Authority authority = Authority.openOrCreate(home);
        ServerCertificate certificate =
                authority.serverCertificate(
                        new ServerNames(
                                Set.of("localhost"), Set.of(InetAddress.getLoopbackAddress())));
        plain = Gateway.start(GatewayConfig.DEFAULTS.withPort(0), feed, records::add);
        secure =
                Gateway.start(
                        GatewayConfig.DEFAULTS
                                .withPort(0)
                                .withCertificate(certificate.chain(), certificate.key()),
                        feed,
                        records::add);
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        try (var in = Files.newInputStream(authority.certificateFile())) {
            trusted.setCertificateEntry(
                    "a", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        var managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init(trusted);
        trust = SSLContext.getInstance("TLS");
        trust.init(null, managers.getTrustManagers(), null);
    }

    @AfterEach
    void stop() {
        plain.close();
        secure.close();
    }

    private void serve(Instance... instances) {
        feed.accept(
                Snapshots.of(
                        plain.snapshotVersion() + 1,
                        endpoint(
                                Map.of("blue", 100),
                                Map.of(),
                                deployment("blue", GENEROUS, instances))));
    }

    private HttpClient client(HttpClient.Version version) {
        return HttpClient.newBuilder().version(version).sslContext(trust).build();
    }

    private static HttpRequest.Builder request(String base) {
        return HttpRequest.newBuilder(URI.create(base + SCORE))
                .header("Authorization", "Bearer " + Snapshots.PRIMARY)
                .timeout(Duration.ofSeconds(30));
    }

    private String plainBase() {
        return "http://127.0.0.1:" + plain.port();
    }

    private String secureBase() {
        return "https://localhost:" + secure.port();
    }

    @Test
    void speaksHttp2AndHttp1OverTls() throws Exception {
        try (var blue = new FakeInstance("blue-0")) {
            serve(blue.spec());
            for (var version : HttpClient.Version.values()) {
                try (var client = client(version)) {
                    HttpResponse<String> answer =
                            client.send(
                                    request(secureBase())
                                            .POST(BodyPublishers.ofString("[1]"))
                                            .build(),
                                    BodyHandlers.ofString());
                    assertThat(answer.version()).isEqualTo(version);
                    assertThat(answer.statusCode()).isEqualTo(200);
                    assertThat(answer.body()).isEqualTo("blue-0");
                }
            }
        }
    }

    @Test
    void aBodyThatDoesNotSayItsLengthIsHeldToTheLimitToo() throws Exception {
        try (var blue = new FakeInstance("blue-0")) {
            feed.accept(
                    Snapshots.of(
                            1,
                            Snapshots.with(
                                    endpoint(
                                            Map.of("blue", 100),
                                            Map.of(),
                                            deployment("blue", GENEROUS, blue.spec())),
                                    new EndpointSettings(
                                            null,
                                            new Limits("a test", 0, 1, 100_000, 0),
                                            List.of()))));
            for (var version : HttpClient.Version.values()) {
                try (var client = client(version)) {
                    assertThat(send(client, 100_000).statusCode()).isEqualTo(200);
                    HttpResponse<String> refused = send(client, 100_001);
                    assertThat(refused.version()).isEqualTo(version);
                    assertThat(refused.statusCode()).isEqualTo(413);
                    assertThat(refused.headers().firstValue("x-farol-limit"))
                            .hasValue("max_request_bytes=100000; set-by=\"a test\"");
                    assertThat(refused.body())
                            .contains("RequestEntityTooLarge", "farol.max_request_bytes");
                    // Nothing of it is left: of the one place that there is, it has none.
                    eventually("over", () -> send(client, 3).statusCode() == 200);
                }
            }
        }
        assertThat(records.stream().filter(record -> record.status() == 413))
                .hasSize(2)
                .allSatisfy(record -> assertThat(record.reason()).isEqualTo("request_too_large"));
    }

    private HttpResponse<String> send(HttpClient client, int length) throws Exception {
        var body = BodyPublishers.ofByteArray(new byte[length]);
        return client.send(
                request(secureBase()).POST(BodyPublishers.fromPublisher(body)).build(),
                BodyHandlers.ofString());
    }

    @Test
    void takesTheEndpointFromTheNameAskedForInTls() throws Exception {
        try (var blue = new FakeInstance("blue-0")) {
            serve(blue.spec());
            var socket =
                    (SSLSocket) trust.getSocketFactory().createSocket("127.0.0.1", secure.port());
            var parameters = socket.getSSLParameters();
            parameters.setServerNames(List.of(new SNIHostName("shop.local.inference.example")));
            socket.setSSLParameters(parameters);
            try (socket) {
                socket.getOutputStream()
                        .write(
                                ("GET /v1/any?a=b HTTP/1.0\r\nAuthorization: Bearer "
                                                + Snapshots.PRIMARY
                                                + "\r\n\r\n")
                                        .getBytes(StandardCharsets.US_ASCII));
                assertThat(
                                new String(
                                        socket.getInputStream().readAllBytes(),
                                        StandardCharsets.US_ASCII))
                        .startsWith("HTTP/1.1 200 ")
                        .endsWith("blue-0");
            }
            assertThat(blue.seen())
                    .extracting(FakeInstance.Seen::path)
                    .containsExactly("/v1/any?a=b");
        }
    }

    /** Each event is written only when the one before it was read. */
    @Test
    void eventsArriveOneByOneWithoutDelay() throws Exception {
        var next = new SynchronousQueue<Long>();
        try (var blue = new FakeInstance("blue-0")) {
            blue.model(exchange -> events(exchange, next));
            serve(blue.spec());
            for (var version : HttpClient.Version.values()) {
                String base = version == HttpClient.Version.HTTP_2 ? secureBase() : plainBase();
                try (var client = client(version)) {
                    var answer =
                            client.send(request(base).GET().build(), BodyHandlers.ofInputStream());
                    assertThat(answer.version()).isEqualTo(version);
                    assertThat(answer.headers().firstValue("content-type"))
                            .contains("text/event-stream");
                    var events =
                            new BufferedReader(
                                    new InputStreamReader(answer.body(), StandardCharsets.UTF_8));
                    for (int i = 0; i < 20; i++) {
                        long written = System.nanoTime();
                        next.put(written);
                        assertThat(events.readLine()).isEqualTo("data: " + written);
                        assertThat(events.readLine()).isEmpty();
                        assertThat(Duration.ofNanos(System.nanoTime() - written))
                                .as("event %d over %s", i, version)
                                .isLessThan(Duration.ofSeconds(1));
                    }
                    next.put(-1L);
                    assertThat(events.readLine()).isNull();
                }
            }
        }
    }

    private static void events(HttpExchange exchange, SynchronousQueue<Long> next)
            throws IOException, InterruptedException {
        exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
        exchange.sendResponseHeaders(200, 0);
        OutputStream out = exchange.getResponseBody();
        out.flush();
        for (long event = next.take(); event >= 0; event = next.take()) {
            out.write(("data: " + event + "\n\n").getBytes(StandardCharsets.US_ASCII));
            out.flush();
        }
    }

    @Test
    void aCompressedBodyIsLeftAsItIs() throws Exception {
        byte[] compressed = {31, (byte) 139, 8, 0, 1, 2, 3, (byte) 255};
        try (var blue = new FakeInstance("blue-0");
                var client = client(HttpClient.Version.HTTP_1_1)) {
            blue.model(
                    exchange -> {
                        exchange.getResponseHeaders()
                                .set(
                                        "Content-Encoding",
                                        exchange.getRequestHeaders().getFirst("Content-Encoding"));
                        exchange.getResponseHeaders()
                                .set(
                                        "x-accepts",
                                        exchange.getRequestHeaders().getFirst("Accept-Encoding"));
                        exchange.sendResponseHeaders(200, compressed.length);
                        exchange.getResponseBody().write(compressed);
                    });
            serve(blue.spec());
            HttpResponse<byte[]> answer =
                    client.send(
                            request(plainBase())
                                    .header("Content-Encoding", "gzip")
                                    .header("Accept-Encoding", "gzip, br")
                                    .POST(BodyPublishers.ofByteArray(compressed))
                                    .build(),
                            BodyHandlers.ofByteArray());
            assertThat(answer.body()).isEqualTo(compressed);
            assertThat(answer.headers().firstValue("content-encoding")).contains("gzip");
            assertThat(answer.headers().firstValue("x-accepts")).contains("gzip, br");
            assertThat(blue.seen().getFirst().bytes()).isEqualTo(compressed.length);
        }
    }

    @Test
    void aWebSocketIsAuthenticatedFirstAndCountedWhileItIsOpen() throws Exception {
        var held = new CompletableFuture<Socket>();
        try (var listener = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> agree(listener, held));
            serve(Snapshots.instance("blue-0", listener.getLocalPort()));
            assertThat(upgrade("wrong")).startsWith("HTTP/1.1 401 ");
            assertThat(held).isNotDone();
            try (var client = new Socket(InetAddress.getLoopbackAddress(), plain.port())) {
                client.setSoTimeout(20_000);
                client.getOutputStream().write(ask(Snapshots.PRIMARY));
                Socket instance = held.get(20, TimeUnit.SECONDS);
                String head = head(client);
                assertThat(head)
                        .startsWith("HTTP/1.1 101 ")
                        .containsIgnoringCase("azureml-model-deployment: blue");
                assertThat(plain.inFlight("blue-0")).isEqualTo(1);
                client.getOutputStream().write(new byte[] {(byte) 0x81, 1});
                assertThat(instance.getInputStream().readNBytes(2)).containsExactly(0x81, 1);
                instance.getOutputStream().write(new byte[] {(byte) 0x82});
                assertThat(client.getInputStream().read()).isEqualTo(0x82);
                assertThat(records).noneMatch(record -> record.status() == 101);
                instance.close();
                assertThat(client.getInputStream().read()).isEqualTo(-1);
            }
        }
        ExchangeRecord record =
                eventually(
                        "its record",
                        () ->
                                records.stream()
                                        .filter(each -> each.status() == 101)
                                        .findAny()
                                        .orElse(null));
        assertThat(record.deployment()).isEqualTo("blue");
        assertThat(record.requestBytes()).isEqualTo(2);
        assertThat(record.responseBytes()).isEqualTo(1);
        assertThat(plain.inFlight("blue-0")).isZero();
    }

    private static void agree(ServerSocket listener, CompletableFuture<Socket> held) {
        try {
            Socket accepted = listener.accept();
            head(accepted);
            accepted.getOutputStream()
                    .write(
                            "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: x\r\n\r\n"
                                    .getBytes(StandardCharsets.US_ASCII));
            held.complete(accepted);
        } catch (IOException fault) {
            held.completeExceptionally(fault);
        }
    }

    private static byte[] ask(String key) {
        return ("GET /api/v1/endpoint/shop/ws HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: a\r\nAuthorization: Bearer "
                        + key
                        + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    private String upgrade(String key) throws IOException {
        try (var client = new Socket(InetAddress.getLoopbackAddress(), plain.port())) {
            client.getOutputStream().write(ask(key));
            return head(client);
        }
    }

    private static String head(Socket socket) throws IOException {
        var head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = socket.getInputStream().read();
            if (next < 0) {
                throw new IOException("ended in the head: " + head);
            }
            head.append((char) next);
        }
        return head.toString();
    }

    /** Only to such a target does the proxy say that it takes trailers. */
    @Test
    void anInstanceThatSpeaksHttp2IsSpokenToInIt() throws Exception {
        try (var instance =
                        ProxyServer.start(
                                new Listen("127.0.0.1", 0, null),
                                request ->
                                        new ProxyAnswer(
                                                200,
                                                new Headers(),
                                                (request.path() + " " + request.header("te"))
                                                        .getBytes(StandardCharsets.US_ASCII)),
                                ProxyConfig.DEFAULTS);
                var client = client(HttpClient.Version.HTTP_2)) {
            serve(new Instance("blue-0", "127.0.0.1", instance.port(), Instance.Protocol.HTTP_2));
            HttpResponse<String> answer =
                    client.send(
                            request(secureBase()).POST(BodyPublishers.ofString("[1]")).build(),
                            BodyHandlers.ofString());
            assertThat(answer.body()).isEqualTo("/score trailers");
            assertThat(answer.headers().firstValue("azureml-model-deployment")).contains("blue");
        }
        ExchangeRecord record = eventually("a record", records::poll);
        assertThat(record.requestBytes()).isEqualTo(3);
        assertThat(record.modelStatus()).isEqualTo(200);
    }
}
