package dev.farol.wire;

import static dev.farol.kit.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.PemTrustOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The proxy before a client that speaks HTTP/2, with and without TLS. */
class ProxyHttp2IT {
    private final Vertx vertx = Vertx.vertx();
    private HttpClient client =
            vertx.createHttpClient(
                    new HttpClientOptions()
                            .setProtocolVersion(HttpVersion.HTTP_2)
                            .setHttp2ClearTextUpgrade(false)
                            .setDefaultHost("127.0.0.1"));
    private RawServer target;
    private FakePolicy policy;
    private ProxyServer proxy;

    @AfterEach
    void stop() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get();
        proxy.close();
        target.close();
    }

    private void start(RawServer server, Listen.Tls tls) {
        target = server;
        policy = new FakePolicy(server.target());
        proxy = ProxyServer.start(new Listen("127.0.0.1", 0, tls), policy, ProxyConfig.DEFAULTS);
    }

    private CompletableFuture<String> ask(HttpMethod method, Buffer body) {
        return client.request(method, proxy.port(), "127.0.0.1", "/x?y=1")
                .compose(request -> request.send(body))
                .compose(
                        answer ->
                                answer.body()
                                        .map(
                                                content ->
                                                        answer.version()
                                                                + " "
                                                                + answer.statusCode()
                                                                + " "
                                                                + content))
                .toCompletionStage()
                .toCompletableFuture();
    }

    private static RawServer counting() throws Exception {
        return new RawServer(
                (connection, number) -> {
                    RawConnection.Message request;
                    while ((request = connection.readRequest()) != null) {
                        connection.write(
                                RawServer.ok(
                                        request.start()
                                                + " "
                                                + request.body().length()
                                                + " "
                                                + request.header("x-http2-scheme")));
                    }
                });
    }

    @Test
    void speaksItWithPriorKnowledge() throws Exception {
        start(counting(), null);
        var answers = new ArrayList<CompletableFuture<String>>();
        for (int i = 0; i < 50; i++) {
            answers.add(ask(HttpMethod.POST, Buffer.buffer("abc")));
        }
        for (var answer : answers) {
            assertThat(answer.get(20, TimeUnit.SECONDS))
                    .isEqualTo("HTTP_2 200 POST /x?y=1 HTTP/1.1 3 null");
        }
        assertThat(ask(HttpMethod.GET, Buffer.buffer()).get(20, TimeUnit.SECONDS))
                .isEqualTo("HTTP_2 200 GET /x?y=1 HTTP/1.1 0 null");
        assertThat(
                        ask(HttpMethod.POST, Buffer.buffer(new byte[3_000_000]))
                                .get(20, TimeUnit.SECONDS))
                .isEqualTo("HTTP_2 200 POST /x?y=1 HTTP/1.1 3000000 null");
    }

    @Test
    void agreesOnItByAlpn(@TempDir Path folder) throws Exception {
        Listen.Tls tls = SelfSigned.in(folder);
        start(counting(), tls);
        client =
                vertx.createHttpClient(
                        new HttpClientOptions()
                                .setProtocolVersion(HttpVersion.HTTP_2)
                                .setSsl(true)
                                .setUseAlpn(true)
                                .setTrustOptions(
                                        new PemTrustOptions().addCertPath(tls.chain().toString())));
        assertThat(ask(HttpMethod.POST, Buffer.buffer("abc")).get(20, TimeUnit.SECONDS))
                .isEqualTo("HTTP_2 200 POST /x?y=1 HTTP/1.1 3 null");
        try (var plain = ApiClient.create(tls.chain(), Duration.ofSeconds(5))) {
            var answer =
                    plain.send(
                            new ApiClient.Call(
                                    "GET",
                                    "https://localhost:" + proxy.port() + "/z",
                                    new Headers(),
                                    null,
                                    Duration.ofSeconds(20)));
            assertThat(answer.text()).isEqualTo("GET /z HTTP/1.1 0 null");
        }
    }

    @Test
    void cancelsTheTargetWhenAStreamIsReset() throws Exception {
        var asked = new CountDownLatch(1);
        var cancelled = new CountDownLatch(1);
        start(
                new RawServer(
                        (connection, number) -> {
                            connection.readRequest();
                            asked.countDown();
                            if (connection.ends()) {
                                cancelled.countDown();
                            }
                        }),
                null);
        var request =
                client.request(HttpMethod.GET, proxy.port(), "127.0.0.1", "/")
                        .toCompletionStage()
                        .toCompletableFuture()
                        .get();
        request.end();
        assertThat(asked.await(20, TimeUnit.SECONDS)).isTrue();
        request.reset(8);
        assertThat(cancelled.await(20, TimeUnit.SECONDS)).isTrue();
        eventually("the end is told", () -> policy.outcomes.size() == 1);
        assertThat(policy.outcomes.getFirst().end()).isEqualTo(ProxyOutcome.End.CLIENT_GONE);
    }

    @Test
    void drainLetsRunningStreamsEnd() throws Exception {
        var asked = new CountDownLatch(1);
        var answer = new CountDownLatch(1);
        start(
                new RawServer(
                        (connection, number) -> {
                            connection.readRequest();
                            asked.countDown();
                            answer.await();
                            connection.write(RawServer.ok("done"));
                            connection.ends();
                        }),
                null);
        var running = ask(HttpMethod.GET, Buffer.buffer());
        asked.await();
        var drained =
                CompletableFuture.supplyAsync(
                        () -> {
                            try {
                                return proxy.drain(Duration.ofSeconds(20));
                            } catch (InterruptedException stopped) {
                                Thread.currentThread().interrupt();
                                return false;
                            }
                        });
        answer.countDown();
        assertThat(running.get(20, TimeUnit.SECONDS)).isEqualTo("HTTP_2 200 done");
        assertThat(drained.get(20, TimeUnit.SECONDS)).isTrue();
    }
}
