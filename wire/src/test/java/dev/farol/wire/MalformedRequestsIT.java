package dev.farol.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Bytes that are not quite a request: refused or cut off, never forwarded, never waited for. */
class MalformedRequestsIT {
    /** A line of the table. */
    private record Case(Set<String> expected, String name, String bytes) {
        boolean taken() {
            return expected.contains("200");
        }
    }

    private static final Pattern REPEATED =
            Pattern.compile("\\{((?:[^{}*\\\\]|\\\\.)*)\\*(\\d+)}", Pattern.DOTALL);

    private final AtomicInteger forwarded = new AtomicInteger();
    private RawServer target;
    private ProxyServer proxy;

    @BeforeEach
    void start() throws IOException {
        target =
                new RawServer(
                        (connection, number) -> {
                            while (connection.readRequest() != null) {
                                forwarded.incrementAndGet();
                                connection.write(RawServer.ok("taken"));
                            }
                        });
        var defaults = ProxyConfig.DEFAULTS;
        // Longer than a busy machine takes to send all cases: an early end would be no answer.
        var brief = Duration.ofSeconds(4);
        proxy =
                ProxyServer.start(
                        new Listen("127.0.0.1", 0, null),
                        new FakePolicy(target.target()),
                        new ProxyConfig(
                                2,
                                defaults.bufferLimit(),
                                defaults.connectTimeout(),
                                brief,
                                defaults.targetIdleTimeout(),
                                brief,
                                brief,
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

    private static List<Case> cases() throws IOException {
        var cases = new ArrayList<Case>();
        try (var table = MalformedRequestsIT.class.getResourceAsStream("malformed-requests.tsv")) {
            String text = new String(table.readAllBytes(), StandardCharsets.US_ASCII);
            for (String line : text.split("\n")) {
                if (!line.isEmpty() && !line.startsWith("#")) {
                    String[] cells = line.split("\t", 4);
                    cases.add(
                            new Case(
                                    Set.of(cells[0].split("\\|")),
                                    cells[1] + ": " + cells[2],
                                    cells[3]));
                }
            }
        }
        return cases;
    }

    @Test
    void nothingMalformedIsForwardedOrLeftWaiting() throws Exception {
        List<Case> malformed = cases().stream().filter(each -> !each.taken()).toList();
        assertThat(malformed).hasSizeGreaterThanOrEqualTo(200);
        assertThat(surprises(malformed)).isEmpty();
        assertThat(forwarded).hasValue(0);
    }

    @Test
    void whatIsOnlyUnusualIsForwardedOnce() throws Exception {
        List<Case> unusual = cases().stream().filter(Case::taken).toList();
        assertThat(surprises(unusual)).isEmpty();
        assertThat(forwarded).hasValue(unusual.size());
    }

    /** The cases that end otherwise than expected, all tried at once. */
    private List<String> surprises(List<Case> cases) {
        var surprises = new ArrayList<String>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var running =
                    cases.stream()
                            .map(
                                    each ->
                                            CompletableFuture.supplyAsync(
                                                    () -> outcome(each.bytes()), threads))
                            .toList();
            for (int i = 0; i < cases.size(); i++) {
                String outcome = running.get(i).join();
                if (!cases.get(i).expected().contains(outcome)) {
                    surprises.add(cases.get(i).name() + " → " + outcome);
                }
            }
        }
        return surprises;
    }

    /** The status of the only answer, before the connection ends; {@code close} when none came. */
    private String outcome(String written) {
        try (var client = RawConnection.to(proxy.port())) {
            try {
                client.out().write(bytes(written));
                client.out().flush();
            } catch (IOException refusedAlready) {
                // The answer may still be there to be read.
                return answered(client);
            }
            return answered(client);
        } catch (IOException fault) {
            return fault.toString();
        }
    }

    private static String answered(RawConnection client) throws IOException {
        String all;
        try {
            all = new String(client.in().readAllBytes(), StandardCharsets.ISO_8859_1);
        } catch (java.net.SocketException reset) {
            return "close";
        }
        return all.isEmpty() ? "close" : all.substring(9, 12);
    }

    private static byte[] bytes(String written) {
        Matcher repeated = REPEATED.matcher(written);
        String text =
                repeated.replaceAll(
                        match ->
                                Matcher.quoteReplacement(
                                        match.group(1).repeat(Integer.parseInt(match.group(2)))));
        var bytes = new ByteArrayOutputStream();
        for (int i = 0; i < text.length(); i++) {
            char each = text.charAt(i);
            if (each != '\\') {
                bytes.write(each);
                continue;
            }
            i++;
            switch (text.charAt(i)) {
                case 'r' -> bytes.write('\r');
                case 'n' -> bytes.write('\n');
                case 't' -> bytes.write('\t');
                case '\\' -> bytes.write('\\');
                case 'x' -> {
                    bytes.write(Integer.parseInt(text, i + 1, i + 3, 16));
                    i += 2;
                }
                default -> throw new IllegalArgumentException("escape in: " + written);
            }
        }
        return bytes.toByteArray();
    }
}
