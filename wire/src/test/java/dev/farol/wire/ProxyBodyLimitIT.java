package dev.farol.wire;

import static dev.farol.kit.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.wire.ProxyOutcome.End;
import dev.farol.wire.RawConnection.Message;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Bodies that say nothing of their length, and pass the limit while they come. */
class ProxyBodyLimitIT {
    private static final String HEAD =
            "POST /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
    private static final int LIMIT = 200_000;

    private RawServer target;
    private FakePolicy policy;
    private ProxyServer proxy;

    private void start(RawServer server, long limit) {
        target = server;
        policy = new FakePolicy(server.target());
        policy.bodyLimit = limit;
        proxy = ProxyServer.start(new Listen("127.0.0.1", 0, null), policy, ProxyConfig.DEFAULTS);
    }

    @AfterEach
    void stop() throws IOException {
        proxy.close();
        target.close();
    }

    private static String chunk(int length) {
        return Integer.toHexString(length) + "\r\n" + "a".repeat(length) + "\r\n";
    }

    private ProxyOutcome outcome() {
        eventually("the end is told", () -> policy.outcomes.size() == 1);
        return policy.outcomes.getFirst();
    }

    @Test
    void aSmallOneNeverReachesTheTarget() throws Exception {
        start(RawServer.answering(RawServer.ok("taken")), 10);
        try (var client = RawConnection.to(proxy.port())) {
            client.write(HEAD + chunk(5) + chunk(5) + "0\r\n\r\n");
            assertThat(client.readAnswer().body()).as("exactly the limit").isEqualTo("taken");
            policy.outcomes.clear();
            client.write(HEAD + chunk(5) + chunk(6));
            Message answer = client.readAnswer();
            assertThat(answer.status()).isEqualTo(413);
            assertThat(answer.header("Connection")).isEqualTo("close");
            client.write(chunk(7) + "0\r\n\r\n");
            assertThat(client.ends()).isTrue();
        }
        assertThat(policy.failures).containsExactly(ProxyFailure.TOO_LARGE);
        assertThat(outcome().end()).isEqualTo(End.ANSWERED);
        assertThat(target.connections()).isEqualTo(1);
    }

    @Test
    void theTargetOfALargeOneIsCancelled() throws Exception {
        var begun = new CountDownLatch(1);
        var cancelled = new CountDownLatch(1);
        start(
                new RawServer(
                        (connection, number) -> {
                            connection.readHead();
                            begun.countDown();
                            byte[] all = connection.in().readAllBytes();
                            assertThat(all.length).isLessThan(2 * LIMIT);
                            cancelled.countDown();
                        }),
                LIMIT);
        try (var client = RawConnection.to(proxy.port())) {
            client.write(HEAD + chunk(LIMIT - 1));
            assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
            // The client goes on as if nothing were said; it may, until it has read the answer.
            for (int i = 0; i < 100; i++) {
                client.write(chunk(10_000));
            }
            Message answer = client.readAnswer();
            assertThat(answer.status()).isEqualTo(413);
            assertThat(answer.header("Connection")).isEqualTo("close");
            assertThat(cancelled.await(20, TimeUnit.SECONDS)).isTrue();
            client.write("0\r\n\r\n");
            assertThat(client.ends()).isTrue();
        }
        assertThat(policy.failures).containsExactly(ProxyFailure.TOO_LARGE);
        assertThat(outcome().end()).isEqualTo(End.ANSWERED);
    }

    @Test
    void anAnswerThatHasBegunIsBrokenOff() throws Exception {
        var cancelled = new CountDownLatch(1);
        start(
                new RawServer(
                        (connection, number) -> {
                            connection.readHead();
                            connection.readChunk();
                            connection.write(
                                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n");
                            connection.in().readAllBytes();
                            cancelled.countDown();
                        }),
                LIMIT);
        try (var client = RawConnection.to(proxy.port())) {
            client.write(HEAD + chunk(LIMIT));
            assertThat(client.readHead()).startsWith("HTTP/1.1 200 ");
            assertThat(client.readChunk()).isEqualTo("half");
            client.write(chunk(1));
            assertThat(client.ends()).isTrue();
        }
        assertThat(cancelled.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(outcome().end()).isEqualTo(End.TRUNCATED);
        assertThat(outcome().requestBytes()).isEqualTo(LIMIT + 1);
        assertThat(policy.failures).isEmpty();
    }

    @Test
    void aStreamOfHttp2IsHeldToItAndItsConnectionStays() throws Exception {
        start(RawServer.answering(RawServer.ok("taken")), LIMIT);
        Vertx vertx = Vertx.vertx();
        try {
            HttpClient client =
                    vertx.createHttpClient(
                            new HttpClientOptions()
                                    .setProtocolVersion(HttpVersion.HTTP_2)
                                    .setHttp2ClearTextUpgrade(false));
            assertThat(stream(client, 10_000, 20).get(20, TimeUnit.SECONDS))
                    .as("exactly the limit")
                    .isEqualTo("200 taken");
            assertThat(stream(client, 10_000, 21).get(20, TimeUnit.SECONDS))
                    .isEqualTo("413 TOO_LARGE");
            policy.bodyLimit = 10;
            assertThat(stream(client, 11, 1).get(20, TimeUnit.SECONDS)).isEqualTo("413 TOO_LARGE");
            assertThat(stream(client, 5, 2).get(20, TimeUnit.SECONDS)).isEqualTo("200 taken");
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().get();
        }
    }

    /** A request without a length. */
    private CompletableFuture<String> stream(HttpClient client, int length, int pieces) {
        return client.request(HttpMethod.POST, proxy.port(), "127.0.0.1", "/x")
                .compose(
                        request -> {
                            request.setChunked(true);
                            for (int i = 0; i < pieces; i++) {
                                request.write(Buffer.buffer("a".repeat(length)));
                            }
                            request.end();
                            return request.response();
                        })
                .compose(answer -> answer.body().map(body -> answer.statusCode() + " " + body))
                .toCompletionStage()
                .toCompletableFuture();
    }
}
