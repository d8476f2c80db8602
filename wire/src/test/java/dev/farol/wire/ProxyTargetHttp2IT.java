package dev.farol.wire;

import static dev.farol.kit.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.wire.RawHttp2.Frame;
import io.netty.handler.codec.http2.Http2Headers;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Targets that speak HTTP/2, as gRPC servers do. */
class ProxyTargetHttp2IT {
    private final Vertx vertx = Vertx.vertx();
    private final AtomicInteger connections = new AtomicInteger();
    private HttpServer server;
    private FakePolicy policy;
    private ProxyServer proxy;

    private void start(Handler<HttpServerRequest> handler) throws Exception {
        start(handler, 1000);
    }

    private void start(Handler<HttpServerRequest> handler, long maxStreams) throws Exception {
        var options = new HttpServerOptions().setHost("127.0.0.1").setPort(0);
        options.getInitialSettings().setMaxConcurrentStreams(maxStreams);
        server =
                vertx.createHttpServer(options)
                        .connectionHandler(connection -> connections.incrementAndGet())
                        .requestHandler(handler)
                        .listen()
                        .toCompletionStage()
                        .toCompletableFuture()
                        .get();
        policy =
                new FakePolicy(
                        new Target("127.0.0.1", server.actualPort(), Target.Protocol.HTTP_2));
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
                                defaults.tunnelIdleTimeout(),
                                defaults.maxRequestLine(),
                                defaults.maxHeaders(),
                                defaults.maxHeaderCount(),
                                defaults.ioUring()));
    }

    @AfterEach
    void stop() throws Exception {
        proxy.close();
        vertx.close().toCompletionStage().toCompletableFuture().get();
    }

    private static byte[] call(String... more) {
        String[] all = new String[10 + more.length];
        System.arraycopy(
                new String[] {
                    ":method",
                    "POST",
                    ":scheme",
                    "http",
                    ":path",
                    "/p.S/M",
                    ":authority",
                    "h",
                    "content-type",
                    "application/grpc"
                },
                0,
                all,
                0,
                10);
        System.arraycopy(more, 0, all, 10, more.length);
        return RawHttp2.headers(all);
    }

    @Test
    void aCallGoesThroughWithItsTrailers() throws Exception {
        start(
                request ->
                        request.body()
                                .onSuccess(
                                        body -> {
                                            request.response()
                                                    .setChunked(true)
                                                    .putHeader("content-type", "application/grpc")
                                                    .putTrailer("grpc-status", "0")
                                                    .putTrailer("grpc-message", "fine");
                                            request.response()
                                                    .end(
                                                            request.version()
                                                                    + " "
                                                                    + request.path()
                                                                    + " "
                                                                    + request.getHeader("te")
                                                                    + " "
                                                                    + body);
                                        }));
        try (var client = new RawHttp2(proxy.port())) {
            client.write(
                    RawHttp2.HEADERS, RawHttp2.END_HEADERS, 1, call("te", "trailers", "x-a", "b"));
            client.data(RawHttp2.END_STREAM, 1, "message");
            Http2Headers head = client.decode(client.next());
            assertThat(head.status()).hasToString("200");
            assertThat(head.get("content-type")).hasToString("application/grpc");
            assertThat(head.get("x-down")).hasToString("1");
            var body = new StringBuilder();
            Frame frame = client.next();
            while (frame.type() == RawHttp2.DATA) {
                assertThat(frame.endsStream()).isFalse();
                body.append(frame.text());
                frame = client.next();
            }
            assertThat(body).hasToString("HTTP_2 /p.S/M trailers message");
            assertThat(frame.endsStream()).isTrue();
            Http2Headers trailers = client.decode(frame);
            assertThat(trailers.get("grpc-status")).hasToString("0");
            assertThat(trailers.get("grpc-message")).hasToString("fine");
            assertThat(trailers.status()).isNull();
        }
    }

    @Test
    void anAnswerOfTrailersOnlyStaysOne() throws Exception {
        start(request -> request.response().putHeader("grpc-status", "12").end());
        try (var client = new RawHttp2(proxy.port())) {
            client.write(RawHttp2.HEADERS, RawHttp2.END_HEADERS, 1, call());
            client.data(RawHttp2.END_STREAM, 1, "");
            Frame frame = client.next();
            assertThat(frame.endsStream()).isTrue();
            Http2Headers head = client.decode(frame);
            assertThat(head.status()).hasToString("200");
            assertThat(head.get("grpc-status")).hasToString("12");
        }
        eventually("the end is told", () -> policy.outcomes.size() == 1);
        assertThat(policy.outcomes.getFirst().end()).isEqualTo(ProxyOutcome.End.ANSWERED);
    }

    @Test
    void messagesPassBothWaysWhileBothSidesAreOpen() throws Exception {
        start(
                request -> {
                    request.response().setChunked(true);
                    request.handler(piece -> request.response().write("echo " + piece));
                    request.endHandler(end -> request.response().end());
                });
        try (var client = new RawHttp2(proxy.port())) {
            client.write(RawHttp2.HEADERS, RawHttp2.END_HEADERS, 1, call());
            for (int i = 0; i < 5; i++) {
                client.data(0, 1, "m" + i);
                if (i == 0) {
                    assertThat(client.decode(client.next()).status()).hasToString("200");
                }
                assertThat(client.next().text()).isEqualTo("echo m" + i);
            }
            client.data(RawHttp2.END_STREAM, 1, "");
            assertThat(client.next().endsStream()).isTrue();
        }
    }

    @Test
    void oneConnectionCarriesAsManyCallsAsTheTargetTakes() throws Exception {
        var waiting = new ArrayList<HttpServerRequest>();
        start(
                request -> {
                    waiting.add(request);
                    if (waiting.size() == 8) {
                        waiting.forEach(each -> each.response().end("all"));
                    }
                },
                4);
        try (var client = new RawHttp2(proxy.port())) {
            // The first connection is set up, and its limit known, before the rest comes.
            var probe = new RawHttp2(proxy.port());
            probe.write(
                    RawHttp2.HEADERS,
                    RawHttp2.END_HEADERS | RawHttp2.END_STREAM,
                    1,
                    call("x-probe", "1"));
            eventually("the first is there", () -> waiting.size() == 1);
            for (int stream = 1; stream < 15; stream += 2) {
                client.write(
                        RawHttp2.HEADERS,
                        RawHttp2.END_HEADERS | RawHttp2.END_STREAM,
                        stream,
                        call());
            }
            for (int ended = 0; ended < 7; ) {
                Frame frame = client.next();
                assertThat(frame.type()).isIn(RawHttp2.HEADERS, RawHttp2.DATA);
                ended += frame.endsStream() ? 1 : 0;
            }
            probe.close();
        }
        assertThat(connections).hasValue(2);
    }

    @Test
    void aResetOfTheClientReachesTheTarget() throws Exception {
        var asked = new CountDownLatch(1);
        var reset = new CompletableFuture<Boolean>();
        start(
                request -> {
                    request.exceptionHandler(gone -> reset.complete(true));
                    request.response().exceptionHandler(gone -> reset.complete(true));
                    request.response().closeHandler(gone -> reset.complete(true));
                    asked.countDown();
                });
        try (var client = new RawHttp2(proxy.port())) {
            client.write(RawHttp2.HEADERS, RawHttp2.END_HEADERS, 1, call());
            assertThat(asked.await(20, TimeUnit.SECONDS)).isTrue();
            client.write(RawHttp2.RESET, 0, 1, new byte[] {0, 0, 0, 8});
            assertThat(reset.get(20, TimeUnit.SECONDS)).isTrue();
        }
        eventually("the end is told", () -> policy.outcomes.size() == 1);
        assertThat(policy.outcomes.getFirst().end()).isEqualTo(ProxyOutcome.End.CLIENT_GONE);
    }

    @Test
    void aResetOfTheTargetIsALostAnswer() throws Exception {
        start(request -> request.response().reset(2));
        try (var client = RawConnection.to(proxy.port())) {
            client.write("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nbody");
            assertThat(client.readAnswer().status()).isEqualTo(502);
        }
        assertThat(policy.failures).containsExactly(ProxyFailure.LOST);
    }

    @Test
    void aLateAnswerIsTold() throws Exception {
        start(request -> {});
        policy.timeout = Duration.ofMillis(200);
        try (var client = RawConnection.to(proxy.port())) {
            client.write("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nbody");
            assertThat(client.readAnswer().status()).isEqualTo(408);
        }
    }

    @Test
    void anOldClientIsServedToo() throws Exception {
        start(
                request ->
                        request.body()
                                .onSuccess(
                                        body ->
                                                request.response()
                                                        .end(
                                                                request.getHeader(
                                                                                "x-http2-stream-id")
                                                                        + " "
                                                                        + body)));
        try (var client = RawConnection.to(proxy.port())) {
            for (int i = 0; i < 3; i++) {
                client.write("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nbody");
                RawConnection.Message answer = client.readAnswer();
                assertThat(answer.body()).isEqualTo("null body");
                assertThat(answer.head()).doesNotContain("x-http2");
            }
        }
        assertThat(connections).hasValue(1);
    }

    @Test
    void aLargeBodyPassesBothWays() throws Exception {
        start(request -> request.body().onSuccess(body -> request.response().end(body)));
        int size = 20_000_000;
        try (var client = RawConnection.to(proxy.port())) {
            client.write("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: " + size + "\r\n\r\n");
            client.out().write(new byte[size]);
            assertThat(client.readHead()).startsWith("HTTP/1.1 200");
            client.in().skipNBytes(size);
        }
    }

    @Test
    void aTargetThatIsNotThereIsSaid() throws Exception {
        start(request -> {});
        server.close().toCompletionStage().toCompletableFuture().get();
        try (var client = RawConnection.to(proxy.port())) {
            client.write("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nbody");
            assertThat(client.readAnswer().status()).isEqualTo(502);
        }
        assertThat(policy.failures).containsExactly(ProxyFailure.CONNECT);
    }

    @Test
    void forgettingATargetEndsItsConnectionAfterTheLastCall() throws Exception {
        var held = new ArrayList<HttpServerRequest>();
        var closed = new CountDownLatch(1);
        start(
                request -> {
                    request.connection().closeHandler(gone -> closed.countDown());
                    held.add(request);
                });
        try (var client = RawConnection.to(proxy.port())) {
            client.write("GET /x HTTP/1.1\r\nHost: h\r\n\r\n");
            eventually("it is asked", () -> held.size() == 1);
            proxy.forget(new Target("127.0.0.1", server.actualPort(), Target.Protocol.HTTP_2));
            proxy.settle();
            assertThat(closed.getCount()).isEqualTo(1);
            held.getFirst().response().end("last");
            assertThat(client.readAnswer().body()).isEqualTo("last");
        }
        assertThat(closed.await(20, TimeUnit.SECONDS)).isTrue();
    }
}
