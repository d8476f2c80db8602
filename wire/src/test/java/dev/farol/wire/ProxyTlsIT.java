package dev.farol.wire;

import static dev.farol.kit.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.farol.kit.testing.Logs;
import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** The proxy's certificate, and what replaces it while it serves. */
class ProxyTlsIT {
    @TempDir private Path first;
    @TempDir private Path second;
    private Listen.Tls files;
    private Listen.Tls others;
    private ProxyServer proxy;

    @BeforeEach
    void start() throws Exception {
        files = SelfSigned.in(first);
        others = SelfSigned.in(second);
        proxy =
                ProxyServer.start(
                        new Listen("127.0.0.1", 0, files),
                        request -> FakePolicy.text(200, "asked for " + request.serverName()),
                        ProxyConfig.DEFAULTS);
    }

    @AfterEach
    void stop() {
        proxy.close();
    }

    /** A connection whose client trusts both certificates. */
    private SSLSocket connect(String... protocols) throws Exception {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        for (Path chain : List.of(first.resolve("store.p12"), second.resolve("store.p12"))) {
            KeyStore store = KeyStore.getInstance(chain.toFile(), "changeit".toCharArray());
            trusted.setCertificateEntry(chain.toString(), store.getCertificate("a"));
        }
        var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        var socket = (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", proxy.port());
        socket.setSoTimeout(20_000);
        if (protocols.length > 0) {
            socket.setEnabledProtocols(protocols);
        }
        var parameters = socket.getSSLParameters();
        parameters.setServerNames(List.of(new SNIHostName("shop.local.inference.example")));
        socket.setSSLParameters(parameters);
        return socket;
    }

    private static String ask(SSLSocket socket) throws IOException {
        var connection = new RawConnection(socket);
        return connection.write("GET / HTTP/1.1\r\nHost: h\r\n\r\n").readAnswer().body();
    }

    private BigInteger serial() throws Exception {
        try (SSLSocket socket = connect()) {
            socket.startHandshake();
            return ((X509Certificate) socket.getSession().getPeerCertificates()[0])
                    .getSerialNumber();
        }
    }

    private static BigInteger serial(Path chain) throws Exception {
        try (var in = Files.newInputStream(chain)) {
            return ((X509Certificate)
                            CertificateFactory.getInstance("X.509").generateCertificate(in))
                    .getSerialNumber();
        }
    }

    private static void replace(Path file, Path by) throws IOException {
        Path beside = file.resolveSibling("next");
        Files.copy(by, beside, StandardCopyOption.REPLACE_EXISTING);
        Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
    }

    @Test
    void speaksBothVersionsAndTellsTheNameThatWasAskedFor() throws Exception {
        for (String version : new String[] {"TLSv1.2", "TLSv1.3"}) {
            try (SSLSocket socket = connect(version)) {
                assertThat(ask(socket)).isEqualTo("asked for shop.local.inference.example");
                assertThat(socket.getSession().getProtocol()).isEqualTo(version);
            }
        }
    }

    @Test
    void aNewCertificateIsTakenUpAndStandingConnectionsStay() throws Exception {
        BigInteger before = serial(files.chain());
        BigInteger after = serial(others.chain());
        try (SSLSocket standing = connect()) {
            ask(standing);
            assertThat(serial()).isEqualTo(before).isNotEqualTo(after);
            replace(files.key(), others.key());
            replace(files.chain(), others.chain());
            eventually("new connections get it", () -> serial().equals(after));
            assertThat(ask(standing)).startsWith("asked for");
        }
    }

    @Test
    @Logs("changed and are no usable pair")
    void aPairThatDoesNotFitChangesNothingUntilItDoes() throws Exception {
        BigInteger before = serial(files.chain());
        replace(files.chain(), others.chain());
        long started = System.nanoTime();
        eventually(
                "it was looked at, and did not change",
                () -> {
                    assertThat(serial()).isEqualTo(before);
                    return System.nanoTime() - started > Duration.ofSeconds(3).toNanos();
                });
        replace(files.key(), others.key());
        BigInteger after = serial(others.chain());
        eventually("the pair is taken up", () -> serial().equals(after));
        Files.delete(files.chain());
        long deleted = System.nanoTime();
        eventually(
                "without files the last one stays",
                () -> {
                    assertThat(serial()).isEqualTo(after);
                    return System.nanoTime() - deleted > Duration.ofSeconds(3).toNanos();
                });
    }

    @Test
    void doesNotStartWithoutAUsablePair() throws Exception {
        var mixed = new Listen.Tls(files.chain(), others.key());
        var noKey = new Listen.Tls(files.chain(), files.chain());
        var absent = new Listen.Tls(first.resolve("absent.pem"), files.key());
        for (Listen.Tls bad : List.of(mixed, noKey, absent)) {
            assertThatThrownBy(
                            () ->
                                    ProxyServer.start(
                                            new Listen("127.0.0.1", 0, bad),
                                            request -> FakePolicy.text(200, ""),
                                            ProxyConfig.DEFAULTS))
                    .isInstanceOfSatisfying(
                            FarolException.class,
                            fault -> assertThat(fault.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT))
                    .hasMessageContaining(bad.chain().toString())
                    .hasMessageContaining("expected");
        }
    }

    /** Whoever connects and breaks off, before a byte or within the handshake, fills no log. */
    @Test
    void clientsThatBreakOffAreWorthNoLine() throws Exception {
        var lines = new ListAppender<ILoggingEvent>();
        Logger netty = (Logger) LoggerFactory.getLogger("io.netty");
        lines.setContext(netty.getLoggerContext());
        lines.start();
        netty.addAppender(lines);
        try (var plain =
                ProxyServer.start(
                        new Listen("127.0.0.1", 0, null),
                        new FakePolicy(new Target("127.0.0.1", 1)),
                        ProxyConfig.DEFAULTS)) {
            byte[] hello = {0x16, 0x03, 0x01, 0x02, 0x00, 0x01};
            for (int port : new int[] {proxy.port(), plain.port()}) {
                for (int sent : new int[] {0, 3, hello.length}) {
                    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                        socket.getOutputStream().write(hello, 0, sent);
                        socket.setSoLinger(true, 0);
                    }
                }
            }
            // What comes after them on every loop shows that they were seen.
            assertThat(plain.drain(Duration.ofSeconds(10))).isTrue();
            assertThat(proxy.drain(Duration.ofSeconds(10))).isTrue();
        } finally {
            netty.detachAppender(lines);
        }
        assertThat(lines.list).isEmpty();
    }

    @Test
    void plainTextIsNotAnswered() throws Exception {
        try (var client = RawConnection.to(proxy.port())) {
            client.write("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
            assertThat(
                            new String(
                                    client.in().readAllBytes(),
                                    java.nio.charset.StandardCharsets.ISO_8859_1))
                    .doesNotContain("HTTP/1.1");
        }
    }
}
