package dev.farol.wire.face;

import static dev.farol.kit.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.farol.kit.testing.Logs;
import dev.farol.wire.EventLoop;
import dev.farol.wire.FaceExchange;
import dev.farol.wire.FaceHandler;
import dev.farol.wire.FaceServer;
import dev.farol.wire.FaceSettings;
import dev.farol.wire.FrameConnection;
import dev.farol.wire.FrameHandler;
import dev.farol.wire.Headers;
import dev.farol.wire.Listen;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The event loop with real sockets. */
class EventLoopIT {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final EventLoop loop = EventLoop.start();
    private final HttpClient client = HttpClient.newHttpClient();
    private FaceServer face;

    @AfterEach
    void end() {
        loop.close();
        client.shutdownNow();
    }

    private void serve(long maxBody, FaceHandler handler) throws IOException {
        face =
                loop.serveFace(
                        new Listen("127.0.0.1", 0, null), new FaceSettings(maxBody, 8192), handler);
    }

    private static void echo(FaceExchange exchange) {
        exchange.respond(200, Headers.of("X-Path", exchange.path()), exchange.body());
    }

    private HttpResponse<String> post(String path, HttpRequest.BodyPublisher body)
            throws IOException, InterruptedException {
        var uri = URI.create("http://127.0.0.1:" + face.port() + path);
        return client.send(
                HttpRequest.newBuilder(uri).timeout(LIMIT).POST(body).build(),
                BodyHandlers.ofString());
    }

    @Test
    void givesWholeBodiesAndTakesBytes() throws Exception {
        serve(50_000_000, EventLoopIT::echo);
        var big = "x".repeat(30_000_000);
        assertThat(post("/a/b?c=d", BodyPublishers.ofString("héllo")).body()).isEqualTo("héllo");
        assertThat(post("/", BodyPublishers.ofString(big)).body()).isEqualTo(big);
        // Without an announced length.
        var chunked =
                BodyPublishers.ofInputStream(
                        () ->
                                new java.io.ByteArrayInputStream(
                                        big.getBytes(StandardCharsets.UTF_8)));
        assertThat(post("/", chunked).body()).isEqualTo(big);
        assertThat(post("/a%20b?c=d", BodyPublishers.noBody()).headers().firstValue("x-path"))
                .hasValue("/a%20b");
    }

    @Test
    void refusesBodiesThatAreTooLong() throws Exception {
        serve(1000, EventLoopIT::echo);
        assertThat(post("/", BodyPublishers.ofString("x".repeat(1000))).statusCode())
                .isEqualTo(200);
        assertThat(post("/", BodyPublishers.ofString("x".repeat(1001))).statusCode())
                .isEqualTo(413);
        try (var socket = new Socket("127.0.0.1", face.port())) {
            var chunk = "200\r\n" + "x".repeat(512) + "\r\n";
            send(
                    socket,
                    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                            + chunk
                            + chunk);
            assertThat(readAll(socket))
                    .startsWith("HTTP/1.1 413")
                    .contains("connection: close", "x-farol-limit: max_body_bytes=");
        }
    }

    @Test
    @Logs("The handler of POST / failed")
    void answers500WhenTheHandlerFails() throws Exception {
        serve(
                1000,
                exchange -> {
                    throw new IllegalStateException("on purpose");
                });
        assertThat(post("/", BodyPublishers.noBody()).statusCode()).isEqualTo(500);
    }

    @Test
    void tellsThatTheClientIsGone() throws Exception {
        var gone = new LinkedBlockingQueue<String>();
        var arrived = new LinkedBlockingQueue<FaceExchange>();
        serve(
                1000,
                exchange -> {
                    exchange.onGone(() -> gone.add(exchange.path()));
                    arrived.add(exchange);
                });
        FaceExchange exchange;
        try (var socket = new Socket("127.0.0.1", face.port())) {
            send(socket, "POST /lost HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx");
            exchange = arrived.take();
            assertThat(exchange.ended()).isFalse();
        }
        assertThat(gone.poll(10, TimeUnit.SECONDS)).isEqualTo("/lost");
        assertThat(exchange.ended()).isTrue();
        // An answer that nobody waits for is no fault.
        loop.execute(() -> echo(exchange));
    }

    @Test
    void drainsWithoutLosingARequest() throws Exception {
        var held = new LinkedBlockingQueue<FaceExchange>();
        serve(1000, held::add);
        try (var busy = new Socket("127.0.0.1", face.port());
                var idle = new Socket("127.0.0.1", face.port())) {
            send(busy, "GET /busy HTTP/1.1\r\nHost: a\r\n\r\n");
            var running = held.take();
            var drained = face.drain(Duration.ofSeconds(20));
            // A request that was on its way when the drain began.
            send(idle, "GET /late HTTP/1.1\r\nHost: a\r\n\r\n");
            var late = held.poll(10, TimeUnit.SECONDS);
            loop.execute(() -> echo(late));
            assertThat(readAll(idle)).startsWith("HTTP/1.1 200").contains("connection: close");
            assertThat(drained).isNotDone();
            loop.execute(() -> echo(running));
            assertThat(readAll(busy)).startsWith("HTTP/1.1 200").contains("connection: close");
            drained.get(10, TimeUnit.SECONDS);
        }
        int port = face.port();
        assertThatThrownBy(() -> new Socket("127.0.0.1", port).close())
                .isInstanceOf(IOException.class);
    }

    @Test
    void closesIdleConnectionsWhenItDrains() throws Exception {
        serve(1000, EventLoopIT::echo);
        try (var idle = new Socket("127.0.0.1", face.port())) {
            send(idle, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(idle.getInputStream().read()).isEqualTo('H');
            face.drain(Duration.ofSeconds(20)).get(5, TimeUnit.SECONDS);
            readAll(idle);
        }
    }

    @Test
    void tellsWhenThePortIsTaken() throws Exception {
        serve(1000, EventLoopIT::echo);
        var taken = new Listen("127.0.0.1", face.port(), null);
        assertThatThrownBy(() -> loop.serveFace(taken, FaceSettings.DEFAULTS, EventLoopIT::echo))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("" + face.port());
    }

    @Test
    @Logs("A peer announced a frame that is too long")
    void speaksFrames(@TempDir Path folder) throws Exception {
        var closed = new AtomicInteger();
        var path = folder.resolve("f.sock");
        var server =
                loop.serveFrames(
                        path,
                        5_000_000,
                        new FrameHandler() {
                            @Override
                            public void onOpen(FrameConnection connection) {
                                connection.attach("seen");
                            }

                            @Override
                            public void onFrame(FrameConnection connection, ByteBuffer frame) {
                                assertThat(loop.inLoop()).isTrue();
                                assertThat(connection.attachment()).isEqualTo("seen");
                                connection.send(ByteBuffer.wrap(new byte[] {42}), frame);
                            }

                            @Override
                            public void onClose(FrameConnection connection) {
                                closed.incrementAndGet();
                            }
                        });
        try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(path));
            var out = new DataOutputStream(Channels.newOutputStream(channel));
            var in = new DataInputStream(Channels.newInputStream(channel));
            for (int size : new int[] {0, 1, 10_000, 4_000_000}) {
                out.writeInt(size);
                out.write(new byte[size]);
                assertThat(in.readInt()).isEqualTo(size + 1);
                assertThat(in.readNBytes(size + 1)[0]).isEqualTo((byte) 42);
            }
            out.writeInt(5_000_001);
            assertThat(in.read()).isEqualTo(-1);
        }
        eventually("closed", () -> closed.get() == 1);
        server.close();
        eventually("the socket is gone", () -> !Files.exists(path));
    }

    @Test
    void runsTimersUnlessTheyAreCancelled() throws Exception {
        BlockingQueue<String> ran = new LinkedBlockingQueue<>();
        var cancelled = loop.after(Duration.ofMillis(50), () -> ran.add("cancelled"));
        loop.after(Duration.ofMillis(100), () -> ran.add("timer"));
        loop.execute(cancelled::cancel);
        assertThat(ran.poll(10, TimeUnit.SECONDS)).isEqualTo("timer");
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static String readAll(Socket socket) throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    }
}
