package dev.farol.wire;

import static dev.farol.kit.testing.Eventually.eventually;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.farol.kit.testing.Logs;
import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import dev.farol.spec.Problem;
import dev.farol.wire.RawConnection.Message;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The server of blocking handlers, over real sockets. */
class ApiServerIT {
    private static final Listen ANY = new Listen("127.0.0.1", 0, null);
    private static final Duration LONG = Duration.ofSeconds(30);

    private ApiServer server;
    private final ApiClient client = ApiClient.create(null, Duration.ofSeconds(5));

    @AfterEach
    void stop() {
        client.close();
        server.close();
    }

    private void start(ApiHandler handler) {
        server = ApiServer.start(ANY, handler);
    }

    private String url(String path) {
        return "http://127.0.0.1:" + server.port() + path;
    }

    private ApiClient.Answer send(String method, String path, ApiClient.Payload body)
            throws Exception {
        return client.send(new ApiClient.Call(method, url(path), new Headers(), body, LONG));
    }

    @Test
    void showsTheRequestAsItCame() throws Exception {
        var seen = new AtomicReference<ApiRequest>();
        var body = new AtomicReference<String>();
        start(
                request -> {
                    seen.set(request);
                    body.set(new String(request.body().readAllBytes(), UTF_8));
                    assertThat(Thread.currentThread().isVirtual()).isTrue();
                    return ApiResponse.json(201, "{}").header("X-A", "b");
                });
        var answer =
                client.send(
                        new ApiClient.Call(
                                "PATCH",
                                url("/a%20b/c?api-version=1&x=%20"),
                                Headers.of("X-B", "c"),
                                new ApiClient.BytesPayload("body".getBytes(UTF_8)),
                                LONG));
        assertThat(answer.status()).isEqualTo(201);
        assertThat(answer.text()).isEqualTo("{}");
        assertThat(answer.headers().first("x-a")).contains("b");
        assertThat(seen.get().method()).isEqualTo("PATCH");
        assertThat(seen.get().path()).isEqualTo("/a%20b/c");
        assertThat(seen.get().query()).isEqualTo("api-version=1&x=%20");
        assertThat(seen.get().parameter("X")).contains(" ");
        assertThat(seen.get().host()).isEqualTo("127.0.0.1:" + server.port());
        assertThat(seen.get().headers().first("x-b")).contains("c");
        assertThat(seen.get().contentLength()).isEqualTo(4);
        assertThat(seen.get().remoteAddress()).isEqualTo("127.0.0.1");
        assertThat(body.get()).isEqualTo("body");
    }

    @Test
    void aProblemBecomesTheEnvelope() throws Exception {
        start(
                request -> {
                    throw new FarolException(
                            Problem.all(
                                    ErrorCode.INVALID_ARGUMENT,
                                    List.of(
                                            Problem.at(ErrorCode.INVALID_ARGUMENT, "/a", "bad"),
                                            Problem.of(ErrorCode.CONFLICT, "worse"))));
                });
        var answer = send("GET", "/", null);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.headers().first("content-type")).get().asString().contains("json");
        assertThat(answer.text())
                .isEqualTo(
                        "{\"error\":{\"code\":\"BadArgument\",\"message\":\"2 problems: /a: bad worse\",\"target\":null,\"details\":["
                                + "{\"code\":\"BadArgument\",\"message\":\"bad\",\"target\":\"/a\",\"details\":[],\"additionalInfo\":[]},"
                                + "{\"code\":\"Conflict\",\"message\":\"worse\",\"target\":null,\"details\":[],\"additionalInfo\":[]}],\"additionalInfo\":[]}}");
    }

    @Test
    @Logs("POST / failed")
    void aFaultGivesNothingAway() throws Exception {
        start(
                request -> {
                    throw new IllegalStateException("secret");
                });
        var answer = send("POST", "/", new ApiClient.BytesPayload(new byte[100]));
        assertThat(answer.status()).isEqualTo(500);
        assertThat(answer.text())
                .contains("InternalServerError")
                .doesNotContain("secret")
                .doesNotContain("IllegalState");
    }

    @Test
    void streamsALargeUploadInConstantMemory(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("large");
        try (OutputStream out = Files.newOutputStream(file)) {
            byte[] piece = new byte[1_000_000];
            for (int i = 0; i < 300; i++) {
                out.write(piece);
            }
        }
        var release = new CountDownLatch(1);
        var count = new AtomicLong();
        start(
                request -> {
                    if (!request.path().equals("/large")) {
                        return ApiResponse.of(204);
                    }
                    count.addAndGet(request.body().readNBytes(1000).length);
                    release.await();
                    byte[] piece = new byte[100_000];
                    int read;
                    while ((read = request.body().read(piece)) > 0) {
                        count.addAndGet(read);
                    }
                    return ApiResponse.json(200, "" + count);
                });
        long before = heap();
        var upload =
                CompletableFuture.supplyAsync(
                        () -> {
                            try {
                                return send("PUT", "/large", new ApiClient.FilePayload(file));
                            } catch (Exception failed) {
                                throw new IllegalStateException(failed);
                            }
                        });
        eventually("the handler has read a little", () -> count.get() == 1000);
        // The handler stands still: what is in memory now is all that is ever read ahead.
        for (int i = 0; i < 20; i++) {
            assertThat(send("GET", "/small", null).status()).isEqualTo(204);
        }
        assertThat(heap() - before).isLessThan(60_000_000);
        release.countDown();
        assertThat(upload.get(60, TimeUnit.SECONDS).text()).isEqualTo("300000000");
    }

    private static long heap() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    @Test
    void streamsALargeAnswerNoFasterThanItIsRead() throws Exception {
        var given = new AtomicLong();
        var endless =
                new InputStream() {
                    @Override
                    public int read() {
                        throw new UnsupportedOperationException();
                    }

                    @Override
                    public int read(byte[] target, int offset, int length) {
                        given.addAndGet(length);
                        return length;
                    }
                };
        start(
                request ->
                        new ApiResponse(
                                200,
                                new Headers(),
                                new ApiResponse.Streamed(endless, 100_000_000)));
        try (var raw = RawConnection.to(server.port())) {
            raw.write("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
            assertThat(raw.readHead().toLowerCase()).contains("content-length: 100000000");
            var last = new long[] {-1, 0};
            eventually(
                    "nothing moves for a while",
                    () -> {
                        if (given.get() != last[0]) {
                            last[0] = given.get();
                            last[1] = System.nanoTime();
                        }
                        return System.nanoTime() - last[1] > 300_000_000L;
                    });
            assertThat(given.get()).isBetween(1L, 30_000_000L);
            raw.in().skipNBytes(100_000_000);
            assertThat(given.get()).isEqualTo(100_000_000);
        }
    }

    @Test
    void aStreamWithoutLengthIsChunkedAndABrokenOneBreaksOff() throws Exception {
        start(
                request -> {
                    InputStream content =
                            request.path().equals("/whole")
                                    ? new ByteArrayInputStream("whole".getBytes(UTF_8))
                                    : new SequenceInputStream(
                                            new ByteArrayInputStream(new byte[10]), broken());
                    return new ApiResponse(
                            200,
                            new Headers(),
                            new ApiResponse.Streamed(
                                    content, request.path().equals("/short") ? 50 : -1));
                });
        assertThat(send("GET", "/whole", null).text()).isEqualTo("whole");
        assertThatThrownBy(() -> send("GET", "/short", null)).isInstanceOf(IOException.class);
    }

    private static InputStream broken() {
        return new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("broken");
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                throw new IOException("broken");
            }
        };
    }

    @Test
    void invitesTheBodyWhenTheHandlerReads() throws Exception {
        start(
                request ->
                        request.path().equals("/read")
                                ? ApiResponse.json(
                                        200, new String(request.body().readAllBytes(), UTF_8))
                                : ApiResponse.of(403));
        String rest = " HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n";
        try (var raw = RawConnection.to(server.port())) {
            raw.write("PUT /read" + rest);
            assertThat(raw.readHead()).startsWith("HTTP/1.1 100 ");
            assertThat(raw.write("{}").readAnswer().body()).isEqualTo("{}");
            Message refused = raw.write("PUT /unread" + rest).readAnswer();
            assertThat(refused.status()).isEqualTo(403);
            assertThat(refused.header("Connection")).isEqualTo("close");
            assertThat(raw.ends()).isTrue();
        }
    }

    @Test
    void aClientThatIsStillSendingSeesTheAnswer() throws Exception {
        start(request -> ApiResponse.of(request.method().equals("PUT") ? 403 : 200));
        try (var raw = RawConnection.to(server.port())) {
            raw.write("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 20000000\r\n\r\n");
            raw.out().write(new byte[20_000_000]);
            raw.out().flush();
            Message answer = raw.readAnswer();
            assertThat(answer.status()).isEqualTo(403);
            assertThat(answer.header("Connection")).isEqualTo("close");
            assertThat(raw.ends()).isTrue();
        }
        try (var raw = RawConnection.to(server.port())) {
            raw.write("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nabcde");
            assertThat(raw.readAnswer().status()).isEqualTo(403);
            assertThat(raw.write("GET / HTTP/1.1\r\nHost: h\r\n\r\n").readAnswer().status())
                    .isEqualTo(200);
        }
    }

    @Test
    void theBodyThrowsWhenTheClientLeaves() throws Exception {
        var failure = new CompletableFuture<Exception>();
        start(
                request -> {
                    try {
                        request.body().readAllBytes();
                    } catch (IOException gone) {
                        failure.complete(gone);
                    }
                    return ApiResponse.of(200);
                });
        try (var raw = RawConnection.to(server.port())) {
            raw.write("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc");
        }
        assertThat(failure.get(20, TimeUnit.SECONDS)).hasMessageContaining("went away");
    }

    @Test
    void answersHeadWithTheLengthOfTheBody() throws Exception {
        start(request -> ApiResponse.json(200, "{\"a\":1}"));
        try (var raw = RawConnection.to(server.port())) {
            for (int i = 0; i < 2; i++) {
                assertThat(raw.write("HEAD / HTTP/1.1\r\nHost: h\r\n\r\n").readHead().toLowerCase())
                        .contains("content-length: 7");
            }
        }
    }

    @Test
    void refusesWhatIsTooLong() throws Exception {
        start(request -> ApiResponse.of(200));
        try (var raw = RawConnection.to(server.port())) {
            raw.write("GET /" + "a".repeat(17_000) + " HTTP/1.1\r\nHost: h\r\n\r\n");
            assertThat(raw.readHead()).contains(" 414 ");
        }
        try (var raw = RawConnection.to(server.port())) {
            raw.write("GET / HTTP/1.1\r\nHost: h\r\nX: " + "a".repeat(70_000) + "\r\n\r\n");
            assertThat(raw.readHead()).contains(" 431 ");
        }
    }

    @Test
    void answersAtOnceWhenAllPermitsAreTaken() throws Exception {
        var release = new CountDownLatch(1);
        var entered = new CountDownLatch(1);
        var defaults = ApiServerConfig.DEFAULTS;
        server =
                ApiServer.start(
                        ANY,
                        request -> {
                            entered.countDown();
                            release.await();
                            return ApiResponse.of(200);
                        },
                        new ApiServerConfig(
                                1,
                                1,
                                defaults.maxRequestLine(),
                                defaults.maxHeaders(),
                                defaults.idleTimeout()));
        try (var first = RawConnection.to(server.port())) {
            first.write("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
            entered.await();
            var busy = send("GET", "/", null);
            assertThat(busy.status()).isEqualTo(503);
            assertThat(busy.headers().first("Retry-After")).contains("1");
            assertThat(busy.text()).contains("ServiceUnavailable").contains("1 requests");
            release.countDown();
            assertThat(first.readAnswer().status()).isEqualTo(200);
        }
        // The permit comes back after the answer went out, so a client may be quicker than it.
        eventually("the permit is back", () -> send("GET", "/", null).status() == 200);
    }

    @Test
    void drainLetsRunningRequestsEnd() throws Exception {
        var release = new CountDownLatch(1);
        var entered = new CountDownLatch(1);
        start(
                request -> {
                    entered.countDown();
                    release.await();
                    return ApiResponse.json(200, "{}");
                });
        try (var raw = RawConnection.to(server.port())) {
            raw.write("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
            entered.await();
            var drained =
                    CompletableFuture.supplyAsync(
                            () -> {
                                try {
                                    return server.drain(Duration.ofSeconds(20));
                                } catch (InterruptedException stopped) {
                                    Thread.currentThread().interrupt();
                                    return false;
                                }
                            });
            int port = server.port();
            eventually("no longer listening", () -> !accepts(port));
            release.countDown();
            assertThat(raw.readAnswer().status()).isEqualTo(200);
            assertThat(drained.get(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    private static boolean accepts(int port) {
        try (var probe = RawConnection.to(port)) {
            return probe.socket().isConnected();
        } catch (IOException refused) {
            return false;
        }
    }

    @ParameterizedTest
    @CsvSource({
        "dns:localhost,                 localhost, true",
        "'dns:LOCALHOST,dns:other',     localhost, true",
        "ip:127.0.0.1,                  127.0.0.1, true",
        "dns:localhost,                 127.0.0.1, false",
        "ip:127.0.0.1,                  localhost, false",
        "dns:other.example,             localhost, false",
        "dns:localhost.other.example,   localhost, false",
        "dns:127.0.0.1,                 127.0.0.1, false",
        "uri:https://localhost,         localhost, false",
    })
    void trustsAServerByItsNameOnly(
            String names, String host, boolean trusted, @TempDir Path folder) throws Exception {
        Listen.Tls tls = SelfSigned.in(folder, names);
        server =
                ApiServer.start(
                        new Listen("127.0.0.1", 0, tls), request -> ApiResponse.json(200, "hello"));
        var call =
                new ApiClient.Call(
                        "POST",
                        "https://" + host + ":" + server.port() + "/",
                        new Headers(),
                        new ApiClient.BytesPayload(new byte[0]),
                        LONG);
        try (var client = ApiClient.create(tls.chain(), Duration.ofSeconds(5))) {
            if (trusted) {
                assertThat(client.send(call).text()).isEqualTo("hello");
            } else {
                assertThatThrownBy(() -> client.send(call)).isInstanceOf(SSLException.class);
            }
        }
    }

    @Test
    void speaksTlsAndHttp2WithAPrivateAuthority(@TempDir Path folder) throws Exception {
        Listen.Tls tls = SelfSigned.in(folder);
        server =
                ApiServer.start(
                        new Listen("127.0.0.1", 0, tls),
                        request ->
                                ApiResponse.json(
                                        200,
                                        request.host()
                                                + " "
                                                + request.body().readAllBytes().length));
        String url = "https://localhost:" + server.port() + "/";
        var call =
                new ApiClient.Call(
                        "POST",
                        url,
                        new Headers(),
                        new ApiClient.BytesPayload(new byte[1_000_000]),
                        LONG);
        try (var trusting = ApiClient.create(tls.chain(), Duration.ofSeconds(5))) {
            assertThat(trusting.send(call).text())
                    .isEqualTo("localhost:" + server.port() + " 1000000");
        }
        assertThatThrownBy(() -> client.send(call)).isInstanceOf(IOException.class);
        try (var h2 = http2(tls.chain())) {
            var answer =
                    h2.send(
                            HttpRequest.newBuilder(URI.create(url))
                                    .PUT(
                                            HttpRequest.BodyPublishers.ofByteArray(
                                                    new byte[3_000_000]))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
            assertThat(answer.body()).isEqualTo("localhost:" + server.port() + " 3000000");
        }
    }

    private static HttpClient http2(Path chain) throws Exception {
        var trust = java.security.KeyStore.getInstance(java.security.KeyStore.getDefaultType());
        trust.load(null, null);
        try (InputStream in = Files.newInputStream(chain)) {
            trust.setCertificateEntry(
                    "ca",
                    java.security.cert.CertificateFactory.getInstance("X.509")
                            .generateCertificate(in));
        }
        var factory =
                javax.net.ssl.TrustManagerFactory.getInstance(
                        javax.net.ssl.TrustManagerFactory.getDefaultAlgorithm());
        factory.init(trust);
        var context = javax.net.ssl.SSLContext.getInstance("TLS");
        context.init(null, factory.getTrustManagers(), null);
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_2)
                .sslContext(context)
                .build();
    }

    @Test
    void theClientSaysWhenNoAnswerComes() throws Exception {
        var release = new CountDownLatch(1);
        start(
                request -> {
                    release.await();
                    return ApiResponse.of(200);
                });
        assertThatThrownBy(
                        () ->
                                client.send(
                                        new ApiClient.Call(
                                                "GET",
                                                url("/"),
                                                new Headers(),
                                                null,
                                                Duration.ofMillis(200))))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no answer within");
        release.countDown();
        server.close();
        assertThatThrownBy(() -> send("GET", "/", null)).isInstanceOf(IOException.class);
    }

    @Test
    void theClientDoesNotFollow() throws Exception {
        start(request -> ApiResponse.of(302).header("Location", "/elsewhere"));
        assertThat(send("GET", "/", null).status()).isEqualTo(302);
    }
}
