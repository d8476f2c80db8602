package dev.farol.wire;

import static dev.farol.kit.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.farol.kit.testing.Logs;
import dev.farol.spec.FarolException;
import dev.farol.wire.ProxyOutcome.End;
import dev.farol.wire.RawConnection.Message;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The proxy between a client and a target that both speak by hand. */
class ProxyIT {
    private static final Listen ANY = new Listen("127.0.0.1", 0, null);
    private static final String GET = "GET /x?y=1 HTTP/1.1\r\nHost: here\r\n\r\n";

    private RawServer target;
    private FakePolicy policy;
    private ProxyServer proxy;

    private void start(RawServer server) {
        start(server, config(2, ProxyConfig.DEFAULTS.clientIdleTimeout()));
    }

    private void start(RawServer server, ProxyConfig config) {
        target = server;
        policy = new FakePolicy(server.target());
        proxy = ProxyServer.start(ANY, policy, config);
    }

    @AfterEach
    void stop() throws IOException {
        if (proxy != null) {
            proxy.close();
        }
        if (target != null) {
            target.close();
        }
    }

    /** On one event loop, so that the second request finds the first one's connection. */
    private void startOnOneLoop(RawServer server) {
        start(server, config(1, ProxyConfig.DEFAULTS.clientIdleTimeout()));
    }

    /** Whether the kernel's io_uring is used where this machine has it. */
    boolean ioUring() {
        return true;
    }

    private ProxyConfig config(int loops, Duration idle) {
        var defaults = ProxyConfig.DEFAULTS;
        return new ProxyConfig(
                loops,
                defaults.bufferLimit(),
                defaults.connectTimeout(),
                idle,
                idle.compareTo(defaults.targetIdleTimeout()) < 0
                        ? idle
                        : defaults.targetIdleTimeout(),
                defaults.bodyIdleTimeout(),
                defaults.tunnelIdleTimeout(),
                defaults.maxRequestLine(),
                defaults.maxHeaders(),
                defaults.maxHeaderCount(),
                ioUring());
    }

    private Message ask(String request) throws IOException {
        try (var client = RawConnection.to(proxy.port())) {
            return client.write(request).readAnswer();
        }
    }

    private static String post(String body) {
        return "POST /x HTTP/1.1\r\nHost: here\r\nContent-Length: "
                + body.length()
                + "\r\n\r\n"
                + body;
    }

    @Test
    void forwardsRequestAndAnswerWithoutHopHeaders() throws Exception {
        BlockingQueue<Message> seen = new LinkedBlockingQueue<>();
        start(
                new RawServer(
                        (connection, number) -> {
                            seen.add(connection.readRequest());
                            connection.write(
                                    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: x-secret, keep-alive\r\nKeep-Alive: timeout=5\r\nX-Secret: 1\r\nX-Kept: 2\r\n\r\nhi");
                            connection.ends();
                        }));
        Message answer =
                ask(
                        "POST /x?y=1 HTTP/1.1\r\nHost: here:80\r\nConnection: close, x-mine\r\nX-Mine: 1\r\nTE: trailers\r\nProxy-Authorization: x\r\nUpgrade: foo\r\nX-Other: 2\r\nContent-Length: 4\r\n\r\nbody");
        Message request = seen.take();
        assertThat(request.start()).isEqualTo("POST /x?y=1 HTTP/1.1");
        assertThat(request.body()).isEqualTo("body");
        assertThat(request.header("Host")).isEqualTo(target.target().authority());
        assertThat(request.header("X-Forwarded-Host")).isEqualTo("here:80");
        assertThat(request.header("X-Forwarded-For")).isEqualTo("127.0.0.1");
        assertThat(request.header("X-Forwarded-Proto")).isEqualTo("http");
        assertThat(request.header("X-Other")).isEqualTo("2");
        assertThat(request.header("x-up")).isEqualTo("1");
        for (String gone :
                new String[] {"Connection", "X-Mine", "TE", "Proxy-Authorization", "Upgrade"}) {
            assertThat(request.header(gone)).as(gone).isNull();
        }
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("hi");
        assertThat(answer.header("X-Kept")).isEqualTo("2");
        assertThat(answer.header("x-down")).isEqualTo("1");
        assertThat(answer.header("Connection")).isEqualTo("close");
        assertThat(answer.header("X-Secret")).isNull();
        assertThat(answer.header("Keep-Alive")).isNull();
        assertThat(policy.outcomes)
                .singleElement()
                .satisfies(
                        outcome -> {
                            assertThat(outcome.end()).isEqualTo(End.ANSWERED);
                            assertThat(outcome.requestBytes()).isEqualTo(4);
                            assertThat(outcome.responseBytes()).isEqualTo(2);
                        });
    }

    @Test
    void refusesWhatTwoReadersCouldReadDifferently() throws Exception {
        start(RawServer.answering(RawServer.ok("")));
        String head = "POST / HTTP/1.1\r\nHost: here\r\n";
        for (String bad :
                new String[] {
                    head + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                    head + "Content-Length: 4\r\nContent-Length: 5\r\n\r\nbody",
                    head + "Content-Length: +4\r\n\r\nbody",
                    head + "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
                    head + "Transfer-Encoding: gzip\r\n\r\n0\r\n\r\n",
                    head + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
                    head + "Host: there\r\n\r\n",
                    "GET / HTTP/1.1\r\n\r\n",
                    "GET / HTTP/1.1\nHost: here\n\n",
                    "CONNECT a:1 HTTP/1.1\r\nHost: here\r\n\r\n",
                }) {
            Message answer = ask(bad);
            assertThat(answer.status()).as(bad).isEqualTo(400);
            assertThat(answer.header("Connection")).isEqualTo("close");
            assertThat(answer.body()).startsWith("{\"error\":{\"code\":\"BadArgument\"");
        }
        assertThat(ask("GET /" + "a".repeat(17_000) + " HTTP/1.1\r\nHost: h\r\n\r\n").status())
                .isEqualTo(414);
        assertThat(
                        ask("GET / HTTP/1.1\r\nHost: h\r\nX-Long: "
                                        + "a".repeat(70_000)
                                        + "\r\n\r\n")
                                .status())
                .isEqualTo(431);
        assertThat(target.connections()).isZero();
    }

    @Test
    void refusesABodyWhoseChunkSizeIsNoNumber() throws Exception {
        start(RawServer.answering(RawServer.ok("")));
        try (var client = RawConnection.to(proxy.port())) {
            client.write(
                    "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nbody\r\n");
            assertThat(client.readAnswer().status()).isEqualTo(400);
            assertThat(client.ends()).isTrue();
        }
        assertThat(target.connections()).isZero();
    }

    @Test
    void keepsConnectionsAndAnswersPipelinedRequestsInOrder() throws Exception {
        start(
                new RawServer(
                        (connection, number) -> {
                            Message request;
                            while ((request = connection.readRequest()) != null) {
                                connection.write(RawServer.ok(request.start()));
                            }
                        }));
        try (var client = RawConnection.to(proxy.port())) {
            var requests = new StringBuilder();
            for (int i = 0; i < 40; i++) {
                requests.append("GET /").append(i).append(" HTTP/1.1\r\nHost: h\r\n\r\n");
            }
            client.write(requests.toString());
            for (int i = 0; i < 40; i++) {
                assertThat(client.readAnswer().body()).isEqualTo("GET /" + i + " HTTP/1.1");
            }
        }
        assertThat(target.connections()).isEqualTo(1);
    }

    @Test
    void goesAgainWhenAKeptConnectionProvesClosed() throws Exception {
        startOnOneLoop(
                new RawServer(
                        (connection, number) -> {
                            connection.readRequest();
                            connection.write(RawServer.ok("" + number));
                            connection.readRequest();
                        }));
        for (int i = 1; i <= 3; i++) {
            Message answer = ask(post("again"));
            assertThat(answer.body()).isEqualTo("" + i);
        }
        assertThat(policy.failures).isEmpty();
    }

    @Test
    void aSmallAnswerThatIsSlowedDownPassesOnce() throws Exception {
        start(RawServer.answering(RawServer.ok("small")));
        long wait = TimeUnit.MILLISECONDS.toNanos(50);
        policy.throttle = (bytes, now) -> wait;
        try (var client = RawConnection.to(proxy.port())) {
            for (int i = 0; i < 5; i++) {
                assertThat(client.write(GET).readAnswer().body()).isEqualTo("small");
            }
        }
        eventually("all are told", () -> policy.outcomes.size() == 5);
        assertThat(policy.outcomes)
                .allSatisfy(
                        told ->
                                assertThat(told.responseDelay().toNanos())
                                        .isGreaterThanOrEqualTo(wait));
    }

    @Test
    void aStreamedBodyTakesAKeptConnection() throws Exception {
        startOnOneLoop(RawServer.answering(RawServer.ok("taken")));
        for (int i = 0; i < 3; i++) {
            assertThat(ask(post("a".repeat(200_000))).body()).isEqualTo("taken");
        }
        assertThat(target.connections()).isEqualTo(1);
    }

    @Test
    void aStreamedBodyTakesNoConnectionWhoseEndIsThereUnread() throws Exception {
        var mayEnd = new CountDownLatch(1);
        var ended = new CountDownLatch(1);
        startOnOneLoop(
                new RawServer(
                        (connection, number) -> {
                            connection.readRequest();
                            connection.write(RawServer.ok("" + number));
                            if (number == 1) {
                                mayEnd.await();
                                connection.close();
                                ended.countDown();
                            }
                        }));
        assertThat(ask(post("a".repeat(200_000))).body()).isEqualTo("1");
        policy.asked =
                () -> {
                    mayEnd.countDown();
                    awaitUninterruptibly(ended);
                };
        assertThat(ask(post("a".repeat(200_000))).body()).isEqualTo("2");
        assertThat(policy.failures).isEmpty();
    }

    /** On the event loop, which does nothing else meanwhile. */
    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException stopped) {
            throw new IllegalStateException(stopped);
        }
    }

    @Test
    void doesNotGoAgainWhenAFreshConnectionBreaks() throws Exception {
        start(new RawServer((connection, number) -> connection.readRequest()));
        assertThat(ask(post("once")).status()).isEqualTo(502);
        assertThat(policy.failures).containsExactly(ProxyFailure.LOST);
        assertThat(target.connections()).isEqualTo(1);
    }

    @Test
    void doesNotGoAgainWhenTheTargetDiesAtWork() throws Exception {
        var working = new CountDownLatch(1);
        startOnOneLoop(
                new RawServer(
                        (connection, number) -> {
                            connection.readRequest();
                            connection.write(RawServer.ok(""));
                            connection.readRequest();
                            working.await();
                        }));
        ask(GET);
        try (var client = RawConnection.to(proxy.port())) {
            client.write(GET);
            long started = System.nanoTime();
            eventually("it works for a while", () -> System.nanoTime() - started > 200_000_000L);
            working.countDown();
            assertThat(client.readAnswer().status()).isEqualTo(502);
        }
        assertThat(target.connections()).isEqualTo(1);
    }

    @Test
    void asksForAnotherTargetOnceWhenOneCannotBeReached() throws Exception {
        Target nobody;
        try (var free = new ServerSocket(0)) {
            nobody = new Target("127.0.0.1", free.getLocalPort());
        }
        target = RawServer.answering(RawServer.ok("other"));
        policy = new FakePolicy(nobody);
        proxy = ProxyServer.start(ANY, policy, ProxyConfig.DEFAULTS);
        policy.others.add(target.target());
        assertThat(ask(post("a")).body()).isEqualTo("other");
        policy.others.add(target.target());
        assertThat(ask(post("a".repeat(200_000))).body()).isEqualTo("other");
        policy.others.add(nobody);
        policy.others.add(target.target());
        assertThat(ask(GET).status()).isEqualTo(502);
        assertThat(policy.failures).containsExactly(ProxyFailure.CONNECT);
    }

    @Test
    void resolvesTargetsByName() throws Exception {
        target = RawServer.answering(RawServer.ok("named"));
        policy = new FakePolicy(new Target("localhost", target.target().port()));
        proxy = ProxyServer.start(ANY, policy, ProxyConfig.DEFAULTS);
        assertThat(ask(GET).body()).isEqualTo("named");
    }

    @Test
    void tellsAndCancelsWhenTheAnswerIsLate() throws Exception {
        var cancelled = new CountDownLatch(1);
        start(
                new RawServer(
                        (connection, number) -> {
                            connection.readRequest();
                            if (connection.ends()) {
                                cancelled.countDown();
                            }
                        }));
        policy.timeout = Duration.ofMillis(100);
        Message answer = ask(GET);
        assertThat(answer.status()).isEqualTo(408);
        assertThat(answer.body()).isEqualTo("TIMEOUT");
        assertThat(cancelled.await(10, TimeUnit.SECONDS)).isTrue();
    }

    /** A kept connection takes each request's own time, longer or shorter than the one before. */
    @Test
    void theTimeOfOneRequestIsNotThatOfTheNext() throws Exception {
        startOnOneLoop(
                new RawServer(
                        (connection, number) -> {
                            connection.readRequest();
                            connection.write(RawServer.ok("at once"));
                            connection.readRequest();
                            long asked = System.nanoTime();
                            eventually("it rang", () -> System.nanoTime() - asked > 300_000_000L);
                            connection.write(RawServer.ok("slowly"));
                            connection.readRequest();
                            connection.ends();
                        }));
        policy.timeout = Duration.ofMillis(200);
        assertThat(ask(GET).body()).isEqualTo("at once");
        policy.timeout = Duration.ofSeconds(600);
        assertThat(ask(GET).body()).isEqualTo("slowly");
        policy.timeout = Duration.ofMillis(200);
        assertThat(ask(GET).body()).isEqualTo("TIMEOUT");
        assertThat(target.connections()).isEqualTo(1);
    }

    @Test
    void cancelsTheTargetWhenTheClientLeaves() throws Exception {
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
                        }));
        try (var client = RawConnection.to(proxy.port())) {
            client.write(GET);
            assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(cancelled.await(10, TimeUnit.SECONDS)).isTrue();
        eventually("the end is told", () -> policy.outcomes.size() == 1);
        assertThat(policy.outcomes.getFirst().end()).isEqualTo(End.CLIENT_GONE);
    }

    @Test
    void passesEachChunkOnBeforeTheNextIsWritten() throws Exception {
        var next = new SynchronousQueue<String>();
        start(
                new RawServer(
                        (connection, number) -> {
                            connection.readRequest();
                            connection.write(
                                    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n");
                            for (int i = 0; i < 5; i++) {
                                String chunk = next.take();
                                connection.write("5\r\n" + chunk + "\r\n");
                            }
                            connection.write("0\r\n\r\n");
                            connection.ends();
                        }));
        try (var client = RawConnection.to(proxy.port())) {
            client.write(GET);
            assertThat(client.readHead()).contains("text/event-stream").contains("chunked");
            for (int i = 0; i < 5; i++) {
                next.put("data" + i);
                assertThat(client.readChunk()).isEqualTo("data" + i);
            }
            assertThat(client.readChunk()).isEmpty();
        }
    }

    @Test
    void breaksOffWhenTheTargetBreaksOffItsAnswer() throws Exception {
        start(
                new RawServer(
                        (connection, number) -> {
                            connection.readRequest();
                            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
                        }));
        try (var client = RawConnection.to(proxy.port())) {
            client.write(GET);
            client.readHead();
            assertThat(client.in().readAllBytes()).hasSize(4);
        }
        eventually("the end is told", () -> policy.outcomes.size() == 1);
        assertThat(policy.outcomes.getFirst().end()).isEqualTo(End.TRUNCATED);
    }

    @Test
    void readsAnAnswerThatEndsWithItsConnection() throws Exception {
        start(
                new RawServer(
                        (connection, number) -> {
                            connection.readRequest();
                            connection.write("HTTP/1.0 200 OK\r\n\r\nto the end");
                        }));
        Message answer = ask(GET);
        assertThat(answer.header("Transfer-Encoding")).isEqualTo("chunked");
        assertThat(answer.body()).isEqualTo("to the end");
    }

    @Test
    void holdsTheClientBackWhenTheTargetDoesNotRead() throws Exception {
        var release = new CountDownLatch(1);
        start(
                new RawServer(
                        (connection, number) -> {
                            connection.readHead();
                            release.await();
                            connection.in().readNBytes(100_000_000);
                            connection.write(RawServer.ok("all"));
                            connection.ends();
                        }));
        try (var client = RawConnection.to(proxy.port())) {
            client.write("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 100000000\r\n\r\n");
            var sent = new java.util.concurrent.atomic.AtomicLong();
            Thread sender =
                    Thread.ofVirtual()
                            .start(
                                    () -> {
                                        try {
                                            byte[] piece = new byte[100_000];
                                            for (int i = 0; i < 1000; i++) {
                                                client.out().write(piece);
                                                sent.addAndGet(piece.length);
                                            }
                                        } catch (IOException broken) {
                                            sent.set(-1);
                                        }
                                    });
            stalls(sent);
            assertThat(sent.get()).isBetween(1L, 30_000_000L);
            release.countDown();
            assertThat(client.readAnswer().body()).isEqualTo("all");
            sender.join();
        }
    }

    @Test
    void holdsTheTargetBackWhenTheClientDoesNotRead() throws Exception {
        var sent = new java.util.concurrent.atomic.AtomicLong();
        start(
                new RawServer(
                        (connection, number) -> {
                            connection.readRequest();
                            connection.write(
                                    "HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n");
                            byte[] piece = new byte[100_000];
                            for (int i = 0; i < 1000; i++) {
                                connection.out().write(piece);
                                sent.addAndGet(piece.length);
                            }
                            connection.ends();
                        }));
        policy.timeout = Duration.ofMillis(300);
        try (var client = RawConnection.to(proxy.port())) {
            client.write(GET);
            client.readHead();
            stalls(sent);
            assertThat(sent.get()).isBetween(1L, 30_000_000L);
            long started = System.nanoTime();
            eventually("longer than the timeout", () -> System.nanoTime() - started > 700_000_000L);
            client.in().skipNBytes(100_000_000);
        }
        eventually("the end is told", () -> policy.outcomes.size() == 1);
        assertThat(policy.outcomes.getFirst().end()).isEqualTo(End.ANSWERED);
        assertThat(policy.outcomes.getFirst().responseBytes()).isEqualTo(100_000_000);
    }

    /** Waits until the count no longer moves. */
    private static void stalls(java.util.concurrent.atomic.AtomicLong count) {
        var last = new long[] {-1, System.nanoTime()};
        eventually(
                "nothing moves for a while",
                () -> {
                    if (count.get() != last[0]) {
                        last[0] = count.get();
                        last[1] = System.nanoTime();
                    }
                    return last[0] > 0 && System.nanoTime() - last[1] > 500_000_000L;
                });
    }

    @Test
    void streamsALargeChunkedUpload() throws Exception {
        start(
                new RawServer(
                        (connection, number) -> {
                            Message request = connection.readRequest();
                            connection.write(
                                    RawServer.ok(
                                            request.body().length()
                                                    + " "
                                                    + request.header("Transfer-Encoding")));
                            connection.ends();
                        }));
        try (var client = RawConnection.to(proxy.port())) {
            client.write("POST /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
            for (int i = 0; i < 100; i++) {
                client.write("2710\r\n" + "a".repeat(10_000) + "\r\n");
            }
            client.write("0\r\n\r\n");
            assertThat(client.readAnswer().body()).isEqualTo("1000000 chunked");
        }
    }

    @Test
    void invitesTheBodyOnlyWhenThePolicyTakesIt() throws Exception {
        start(RawServer.answering(RawServer.ok("taken")));
        String head =
                "POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n";
        try (var client = RawConnection.to(proxy.port())) {
            client.write(head);
            assertThat(client.readHead()).startsWith("HTTP/1.1 100 ");
            assertThat(client.write("body").readAnswer().body()).isEqualTo("taken");
        }
        policy.answer = FakePolicy.text(401, "no");
        try (var client = RawConnection.to(proxy.port())) {
            Message answer = client.write(head).readAnswer();
            assertThat(answer.status()).isEqualTo(401);
            assertThat(answer.header("Connection")).isEqualTo("close");
            assertThat(client.ends()).isTrue();
        }
    }

    @Test
    void aClientThatIsStillSendingSeesTheRefusal() throws Exception {
        start(RawServer.answering(RawServer.ok("")));
        policy.answer = FakePolicy.text(401, "no");
        try (var client = RawConnection.to(proxy.port())) {
            client.write("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 20000000\r\n\r\n");
            byte[] piece = new byte[100_000];
            for (int i = 0; i < 200; i++) {
                client.out().write(piece);
            }
            assertThat(client.readAnswer().status()).isEqualTo(401);
            policy.answer = null;
            assertThat(client.write(GET).readAnswer().status()).isEqualTo(200);
        }
    }

    @Test
    @Logs("A body that was slowed down breaks off")
    void aFaultWhileASlowedBodyPassesDoesNotLeaveItsExchangeHanging() throws Exception {
        start(
                new RawServer(
                        (connection, number) -> {
                            connection.readRequest();
                            connection.write(
                                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n2\r\nhi\r\n0\r\nX-Sum: 7\r\n\r\n");
                            connection.ends();
                        }));
        policy.timeout = Duration.ofMillis(300);
        policy.throttle = (bytes, now) -> Duration.ofMillis(20).toNanos();
        policy.fault = new IllegalStateException("a fault of the policy");
        try (var client = RawConnection.to(proxy.port())) {
            client.write(GET);
            eventually("it is over", Duration.ofSeconds(5), () -> policy.outcomes.size() == 1);
            assertThat(policy.outcomes.getFirst().end()).isEqualTo(End.TRUNCATED);
            assertThat(new String(client.in().readAllBytes(), StandardCharsets.UTF_8))
                    .startsWith("HTTP/1.1 200 ")
                    .doesNotEndWith("\r\n0\r\n\r\n");
        }
    }

    @Test
    void trailersPassBothWaysWithSmallAndLargeBodies() throws Exception {
        BlockingQueue<String> seen = new LinkedBlockingQueue<>();
        start(
                new RawServer(
                        (connection, number) -> {
                            Message request = connection.readRequest();
                            seen.add(request.body().length() + " " + connection.trailers());
                            connection.write(
                                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n2\r\nhi\r\n0\r\nX-Sum: 7\r\nContent-Length: 9\r\n\r\n");
                            connection.ends();
                        }));
        for (int size : new int[] {10, 200_000}) {
            try (var client = RawConnection.to(proxy.port())) {
                client.write(
                        "POST /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nTrailer: X-Up\r\n\r\n"
                                + Integer.toHexString(size)
                                + "\r\n"
                                + "a".repeat(size)
                                + "\r\n0\r\nX-Up: 1\r\nTransfer-Encoding: gzip\r\n\r\n");
                Message answer = client.readAnswer();
                assertThat(answer.body()).isEqualTo("hi");
                assertThat(answer.header("Trailer")).isEqualTo("X-Sum");
                assertThat(client.trailers()).isEqualTo("X-Sum: 7");
                assertThat(seen.take()).isEqualTo(size + " X-Up: 1");
            }
        }
    }

    @Test
    void answersHeadWithTheLengthAndNoBody() throws Exception {
        start(
                new RawServer(
                        (connection, number) -> {
                            while (connection.readRequest() != null) {
                                connection.write("HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n");
                            }
                        }));
        try (var client = RawConnection.to(proxy.port())) {
            for (int i = 0; i < 2; i++) {
                client.write("HEAD /x HTTP/1.1\r\nHost: h\r\n\r\n");
                assertThat(client.readHead()).contains("ontent-").contains("1234");
            }
        }
        assertThat(target.connections()).isEqualTo(1);
    }

    @Test
    void givesAMappedNoContentAnEmptyBody() throws Exception {
        start(RawServer.answering("HTTP/1.1 204 No Content\r\n\r\n"));
        try (var client = RawConnection.to(proxy.port())) {
            for (int i = 0; i < 2; i++) {
                Message answer = client.write(GET).readAnswer();
                assertThat(answer.status()).isEqualTo(424);
                assertThat(answer.header("Content-Length")).isEqualTo("0");
            }
        }
    }

    @Test
    void servesAnOldClient() throws Exception {
        start(
                RawServer.answering(
                        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nold\r\n0\r\n\r\n"));
        Message answer = ask("GET /x HTTP/1.0\r\n\r\n");
        assertThat(answer.header("Transfer-Encoding")).isNull();
        assertThat(answer.body()).isEqualTo("old");
    }

    @Test
    void sendsACopyToTheMirrorAndForgetsIt() throws Exception {
        BlockingQueue<Message> seen = new LinkedBlockingQueue<>();
        var hang = new CountDownLatch(1);
        try (var mirror =
                new RawServer(
                        (connection, number) -> {
                            seen.add(connection.readRequest());
                            hang.await();
                            connection.write(RawServer.ok("ignored"));
                            connection.ends();
                        })) {
            start(RawServer.answering(RawServer.ok("live")));
            policy.mirror = mirror.target();
            assertThat(ask(post("copied")).body()).isEqualTo("live");
            Message copy = seen.take();
            assertThat(copy.body()).isEqualTo("copied");
            assertThat(copy.header("x-copy")).isEqualTo("1");
            assertThat(copy.header("Host")).isEqualTo(mirror.target().authority());
            assertThat(policy.mirrored).isEmpty();
            hang.countDown();
            eventually("the mirror's end is told", () -> policy.mirrored.contains(200));
        }
    }

    @Test
    void closesAConnectionThatNeverSpeaks() throws Exception {
        start(RawServer.answering(RawServer.ok("")), config(1, Duration.ofMillis(200)));
        try (var client = RawConnection.to(proxy.port())) {
            assertThat(client.ends()).isTrue();
        }
    }

    @Test
    void forgetsTheConnectionsToATarget() throws Exception {
        var closed = new CountDownLatch(1);
        start(
                new RawServer(
                        (connection, number) -> {
                            connection.readRequest();
                            connection.write(RawServer.ok(""));
                            if (connection.ends()) {
                                closed.countDown();
                            }
                        }));
        ask(GET);
        assertThat(closed.getCount()).isEqualTo(1);
        proxy.forget(target.target());
        assertThat(closed.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void closesConnectionsThatCarryNothing() throws Exception {
        var closed = new CountDownLatch(1);
        start(
                new RawServer(
                        (connection, number) -> {
                            connection.readRequest();
                            connection.write(RawServer.ok(""));
                            if (connection.ends()) {
                                closed.countDown();
                            }
                        }),
                config(1, Duration.ofMillis(200)));
        try (var client = RawConnection.to(proxy.port())) {
            client.write(GET).readAnswer();
            assertThat(client.ends()).isTrue();
        }
        assertThat(closed.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void drainLetsRunningRequestsEnd() throws Exception {
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
                        }));
        try (var idle = RawConnection.to(proxy.port());
                var busy = RawConnection.to(proxy.port())) {
            busy.write(GET);
            asked.await();
            var drained = new AtomicBoolean();
            Thread draining =
                    Thread.ofVirtual()
                            .start(
                                    () -> {
                                        try {
                                            drained.set(proxy.drain(Duration.ofSeconds(10)));
                                        } catch (InterruptedException stopped) {
                                            Thread.currentThread().interrupt();
                                        }
                                    });
            assertThat(idle.ends()).isTrue();
            assertThatThrownBy(() -> RawConnection.to(proxy.port()).readHead())
                    .isInstanceOf(IOException.class);
            answer.countDown();
            Message last = busy.readAnswer();
            assertThat(last.body()).isEqualTo("done");
            assertThat(last.header("Connection")).isEqualTo("close");
            assertThat(busy.ends()).isTrue();
            draining.join();
            assertThat(drained).isTrue();
        }
    }

    @Test
    @Logs("The policy failed on GET /x")
    void aFaultOfThePolicyIsAnInternalError() throws Exception {
        start(RawServer.answering(RawServer.ok("")));
        proxy.close();
        proxy =
                ProxyServer.start(
                        ANY,
                        request -> {
                            throw new IllegalStateException("secret");
                        },
                        ProxyConfig.DEFAULTS);
        Message answer = ask(GET);
        assertThat(answer.status()).isEqualTo(500);
        assertThat(answer.body()).contains("InternalServerError").doesNotContain("secret");
    }

    @Test
    void saysWhichAddressIsTaken() throws Exception {
        start(RawServer.answering(RawServer.ok("")));
        assertThatThrownBy(
                        () ->
                                ProxyServer.start(
                                        new Listen("127.0.0.1", proxy.port(), null),
                                        policy,
                                        ProxyConfig.DEFAULTS))
                .isInstanceOf(FarolException.class)
                .hasMessageContaining("127.0.0.1:" + proxy.port());
    }
}
