package dev.farol.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** Much of it: bodies of two gigabytes, and a hundred thousand bodies. */
class ProxyVolumeFullIT {
    private static final long TWO_GIGABYTES = 2L << 30;
    private static final Path STATUS = Path.of("/proc/self/status");

    private RawServer target;
    private FakePolicy policy;
    private ProxyServer proxy;

    private void start(RawServer server) {
        target = server;
        policy = new FakePolicy(server.target());
        proxy = ProxyServer.start(new Listen("127.0.0.1", 0, null), policy, ProxyConfig.DEFAULTS);
    }

    @AfterEach
    void stop() throws IOException {
        proxy.close();
        target.close();
    }

    static boolean tellsItsMemory() {
        return Files.isReadable(STATUS);
    }

    /** The memory of this process, in bytes. */
    private static long resident() throws IOException {
        try (var lines = Files.lines(STATUS)) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static void echo(RawConnection connection) throws IOException {
        connection.readHead();
        connection.write("HTTP/1.1 200 OK\r\nContent-Length: " + TWO_GIGABYTES + "\r\n\r\n");
        byte[] piece = new byte[1 << 20];
        for (long left = TWO_GIGABYTES; left > 0; ) {
            int read = connection.in().read(piece, 0, (int) Math.min(piece.length, left));
            if (read < 0) {
                throw new IOException("the body ended early");
            }
            connection.out().write(piece, 0, read);
            left -= read;
        }
        connection.ends();
    }

    @Test
    @EnabledIf("tellsItsMemory")
    void twoGigabytesUpAndDownTakeNoMemory() throws Exception {
        start(new RawServer((connection, number) -> echo(connection)));
        try (var client = RawConnection.to(proxy.port())) {
            client.write(
                    "POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: " + TWO_GIGABYTES + "\r\n\r\n");
            var sending =
                    CompletableFuture.runAsync(
                            () -> {
                                byte[] piece = new byte[1 << 20];
                                try {
                                    for (long sent = 0;
                                            sent < TWO_GIGABYTES;
                                            sent += piece.length) {
                                        client.out().write(piece);
                                    }
                                } catch (IOException broken) {
                                    throw new java.io.UncheckedIOException(broken);
                                }
                            });
            assertThat(client.readHead()).startsWith("HTTP/1.1 200 ");
            byte[] piece = new byte[1 << 20];
            long warm = 0;
            long most = 0;
            long got = 0;
            for (long look = 64L << 20; got < TWO_GIGABYTES; ) {
                int read = client.in().read(piece);
                assertThat(read).isPositive();
                got += read;
                if (got > look) {
                    look += 64L << 20;
                    if (warm == 0) {
                        warm = resident();
                    }
                    most = Math.max(most, resident());
                }
            }
            sending.join();
            assertThat(most - warm).isLessThan(100L << 20);
            System.out.printf(
                    "2 GB up and down: %d MB resident after 64 MB, %d MB at most%n",
                    warm >> 20, most >> 20);
        }
    }

    @Test
    void aHundredThousandRandomBodiesComeBackAsTheyWere() throws Exception {
        start(
                new RawServer(
                        (connection, number) -> {
                            RawConnection.Message request;
                            while ((request = connection.readRequest()) != null) {
                                connection.write(RawServer.ok(request.body()));
                            }
                        }));
        var same = new AtomicLong();
        var differs = new AtomicBoolean();
        List<CompletableFuture<Void>> clients = new ArrayList<>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int seed = 0; seed < 8; seed++) {
                var random = new Random(seed);
                clients.add(
                        CompletableFuture.runAsync(
                                () -> bodies(random, 12_500, same, differs), threads));
            }
            clients.forEach(CompletableFuture::join);
        }
        assertThat(differs).isFalse();
        assertThat(same).hasValue(100_000);
    }

    private void bodies(Random random, int count, AtomicLong same, AtomicBoolean differs) {
        try (var client = RawConnection.to(proxy.port())) {
            for (int i = 0; i < count; i++) {
                byte[] bytes = new byte[random.nextInt(3000)];
                random.nextBytes(bytes);
                String body = new String(bytes, StandardCharsets.ISO_8859_1);
                client.write(random.nextBoolean() ? sized(body) : chunked(body, random));
                RawConnection.Message answer = client.readAnswer();
                if (answer.status() == 200 && answer.body().equals(body)) {
                    same.incrementAndGet();
                } else {
                    differs.set(true);
                }
            }
        } catch (IOException fault) {
            throw new java.io.UncheckedIOException(fault);
        }
    }

    private static String sized(String body) {
        return "POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: "
                + body.length()
                + "\r\n\r\n"
                + body;
    }

    private static String chunked(String body, Random random) {
        var text =
                new StringBuilder(
                        "POST /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
        for (int from = 0; from < body.length(); ) {
            int to = Math.min(body.length(), from + 1 + random.nextInt(1000));
            text.append(Integer.toHexString(to - from))
                    .append("\r\n")
                    .append(body, from, to)
                    .append("\r\n");
            from = to;
        }
        return text.append("0\r\n\r\n").toString();
    }
}
