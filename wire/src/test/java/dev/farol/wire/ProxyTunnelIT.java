package dev.farol.wire;

import static dev.farol.kit.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.wire.ProxyOutcome.End;
import dev.farol.wire.RawConnection.Message;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A request to switch to WebSocket, and the bytes that follow it. */
class ProxyTunnelIT {
    private static final String ASK =
            "GET /chat HTTP/1.1\r\nHost: h\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    private static final String AGREE =
            "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

    private RawServer target;
    private FakePolicy policy;
    private ProxyServer proxy;

    private void start(RawServer server) {
        start(server, ProxyConfig.DEFAULTS.tunnelIdleTimeout());
    }

    private void start(RawServer server, Duration idle) {
        target = server;
        policy = new FakePolicy(server.target());
        var defaults = ProxyConfig.DEFAULTS;
        proxy =
                ProxyServer.start(
                        new Listen("127.0.0.1", 0, null),
                        policy,
                        new ProxyConfig(
                                1,
                                defaults.bufferLimit(),
                                defaults.connectTimeout(),
                                defaults.clientIdleTimeout(),
                                defaults.targetIdleTimeout(),
                                defaults.bodyIdleTimeout(),
                                idle,
                                defaults.maxRequestLine(),
                                defaults.maxHeaders(),
                                defaults.maxHeaderCount(),
                                defaults.ioUring()));
    }

    @AfterEach
    void stop() throws IOException {
        proxy.close();
        target.close();
    }

    private static String read(RawConnection connection, int length) throws IOException {
        return new String(connection.in().readNBytes(length), StandardCharsets.ISO_8859_1);
    }

    @Test
    void carriesBytesBothWaysUntilTheTargetCloses() throws Exception {
        BlockingQueue<Message> asked = new LinkedBlockingQueue<>();
        start(
                new RawServer(
                        (connection, number) -> {
                            asked.add(connection.readRequest());
                            connection.write(AGREE + "first");
                            assertThat(read(connection, 4)).isEqualTo("ping");
                            connection.write("pong");
                        }));
        policy.timeout = Duration.ofMillis(300);
        try (var client = RawConnection.to(proxy.port())) {
            String head = client.write(ASK).readHead();
            assertThat(head)
                    .startsWith("HTTP/1.1 101 ")
                    .containsIgnoringCase("upgrade: websocket")
                    .containsIgnoringCase("connection: upgrade")
                    .contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
                    .doesNotContainIgnoringCase("content-length")
                    .doesNotContainIgnoringCase("transfer-encoding");
            assertThat(read(client, 5)).isEqualTo("first");
            long started = System.nanoTime();
            eventually("longer than the timeout", () -> System.nanoTime() - started > 600_000_000L);
            assertThat(policy.outcomes).isEmpty();
            client.write("ping");
            assertThat(read(client, 4)).isEqualTo("pong");
            assertThat(client.ends()).isTrue();
        }
        Message request = asked.take();
        assertThat(request.header("Upgrade")).isEqualTo("websocket");
        assertThat(request.header("Connection")).isEqualToIgnoringCase("upgrade");
        assertThat(request.header("Sec-WebSocket-Key")).isEqualTo("dGhlIHNhbXBsZSBub25jZQ==");
        eventually("the end is told", () -> policy.outcomes.size() == 1);
        assertThat(policy.outcomes.getFirst().end()).isEqualTo(End.ANSWERED);
        assertThat(policy.outcomes.getFirst().requestBytes()).isEqualTo(4);
        assertThat(policy.outcomes.getFirst().responseBytes()).isEqualTo(9);
    }

    @Test
    void closesTheTargetWhenTheClientCloses() throws Exception {
        var last = new LinkedBlockingQueue<String>();
        start(
                new RawServer(
                        (connection, number) -> {
                            connection.readRequest();
                            connection.write(AGREE);
                            last.add(
                                    new String(
                                            connection.in().readAllBytes(),
                                            StandardCharsets.ISO_8859_1));
                        }));
        try (var client = RawConnection.to(proxy.port())) {
            client.write(ASK).readHead();
            client.write("bye");
        }
        assertThat(last.poll(20, TimeUnit.SECONDS)).isEqualTo("bye");
        eventually("the end is told", () -> policy.outcomes.size() == 1);
    }

    @Test
    void holdsBackWhoeverIsNotRead() throws Exception {
        byte[] sent = new byte[30_000_000];
        new Random(7).nextBytes(sent);
        var echoed = new CountDownLatch(1);
        start(
                new RawServer(
                        (connection, number) -> {
                            connection.readRequest();
                            connection.write(AGREE);
                            byte[] got = connection.in().readNBytes(sent.length);
                            connection.out().write(got);
                            echoed.await();
                        }));
        try (var client = RawConnection.to(proxy.port())) {
            client.write(ASK).readHead();
            client.out().write(sent);
            assertThat(client.in().readNBytes(sent.length)).isEqualTo(sent);
            echoed.countDown();
        }
    }

    @Test
    void aTargetMayDecline() throws Exception {
        start(RawServer.answering(RawServer.ok("no")));
        try (var client = RawConnection.to(proxy.port())) {
            assertThat(client.write(ASK).readAnswer().body()).isEqualTo("no");
            assertThat(client.write(ASK).readAnswer().body()).isEqualTo("no");
        }
    }

    @Test
    void onlyWebSocketIsAskedFor() throws Exception {
        BlockingQueue<Message> asked = new LinkedBlockingQueue<>();
        start(
                new RawServer(
                        (connection, number) -> {
                            Message request;
                            while ((request = connection.readRequest()) != null) {
                                asked.add(request);
                                connection.write(RawServer.ok(""));
                            }
                        }));
        for (String other :
                new String[] {
                    ASK.replace("Upgrade: websocket", "Upgrade: h2c"),
                    ASK.replace("Upgrade: websocket", "Upgrade: websocket, h2c"),
                    ASK.replace("Upgrade: websocket", "Upgrade: h2c\r\nUpgrade: websocket"),
                    ASK.replace("keep-alive, Upgrade", "keep-alive"),
                    ASK.replace("\r\n\r\n", "\r\nContent-Length: 1\r\n\r\n1"),
                    ASK.replace("HTTP/1.1", "HTTP/1.0"),
                }) {
            try (var client = RawConnection.to(proxy.port())) {
                client.write(other).readAnswer();
            }
            Message request = asked.take();
            assertThat(request.header("Upgrade")).as(other).isNull();
            assertThat(request.header("Connection")).as(other).isNull();
        }
    }

    @Test
    void aSwitchThatNobodyAskedForIsNoAnswer() throws Exception {
        start(RawServer.answering(AGREE));
        try (var client = RawConnection.to(proxy.port())) {
            client.write("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
            assertThat(client.readAnswer().status()).isEqualTo(502);
        }
    }

    @Test
    void closesWhatIsSilentForTooLong() throws Exception {
        start(
                new RawServer(
                        (connection, number) -> {
                            connection.readRequest();
                            connection.write(AGREE);
                            connection.ends();
                        }),
                Duration.ofMillis(200));
        try (var client = RawConnection.to(proxy.port())) {
            client.write(ASK).readHead();
            assertThat(client.ends()).isTrue();
        }
        eventually("the end is told", () -> policy.outcomes.size() == 1);
    }
}
