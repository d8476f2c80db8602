package dev.farol.kit.certificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.farol.kit.testing.Eventually;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Certificates as clients see them: the JDK, Python; and as files. */
class AuthorityIT {
    @TempDir Path folder;

    @Test
    void theJdkTrustsTheServerByTheAuthorityAlone() throws Exception {
        var authority = Authority.openOrCreate(folder);
        try (var server = new TlsServer(authority.serverCertificate(ServerNames.local()))) {
            for (String host : List.of("localhost", "127.0.0.1")) {
                assertThat(handshake(server, host, authority.certificateFile())).isEqualTo("hello");
            }
            assertThat(handshake(server, "localhost", authority.bundleFile())).isEqualTo("hello");
            assertThatThrownBy(
                            () -> handshake(server, "other.example", authority.certificateFile()))
                    .isInstanceOf(SSLException.class);
        }
    }

    @Test
    void aClientOfAnotherAuthorityRefuses() throws Exception {
        var authority = Authority.openOrCreate(folder);
        var other = Authority.openOrCreate(folder.resolve("other"));
        try (var server = new TlsServer(authority.serverCertificate(ServerNames.local()))) {
            assertThatThrownBy(() -> handshake(server, "localhost", other.certificateFile()))
                    .isInstanceOf(SSLException.class);
        }
    }

    @Test
    void strictPythonTrustsTheServer() throws Exception {
        assumeTrue(runs("python3", "--version"), "no python3 on this machine");
        var authority = Authority.openOrCreate(folder);
        String script =
                """
                import socket, ssl, sys
                context = ssl.create_default_context(cafile=sys.argv[1])
                context.verify_flags |= ssl.VERIFY_X509_STRICT
                for name in ("localhost", "127.0.0.1", "::1"):
                    with socket.create_connection(("127.0.0.1", int(sys.argv[2]))) as plain:
                        with context.wrap_socket(plain, server_hostname=name) as tls:
                            assert tls.recv(5) == b"hello"
                """;
        try (var server = new TlsServer(authority.serverCertificate(ServerNames.local()))) {
            for (Path trusted : List.of(authority.certificateFile(), authority.bundleFile())) {
                String port = String.valueOf(server.port());
                assertThat(output("python3", "-c", script, trusted.toString(), port)).isEmpty();
            }
        }
    }

    @Test
    void certificatesSayWhatStrictClientsAskFor() throws Exception {
        var authority = Authority.openOrCreate(folder);
        List<X509Certificate> chain =
                Pem.certificates(authority.serverCertificate(ServerNames.local()).chain());
        X509Certificate server = chain.getFirst();
        X509Certificate root = chain.getLast();

        assertThat(chain).hasSize(2);
        assertThat(root.getSubjectX500Principal().getName())
                .isEqualTo("CN=Farol local authority " + ServerNames.hostName());
        assertThat(root.getBasicConstraints()).isZero();
        assertThat(root.getCriticalExtensionOIDs())
                .containsExactlyInAnyOrder("2.5.29.15", "2.5.29.19");
        assertThat(root.getExtensionValue("2.5.29.14")).isNotNull();
        assertThat(root.getKeyUsage()[5]).isTrue();
        assertThat(server.getBasicConstraints()).isEqualTo(-1);
        assertThat(server.getCriticalExtensionOIDs()).contains("2.5.29.19", "2.5.29.15");
        assertThat(server.getExtensionValue("2.5.29.35")).isNotNull();
        assertThat(server.getExtensionValue("2.5.29.14")).isNotNull();
        assertThat(server.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1");
        assertThat(ServerNames.of(server)).isEqualTo(ServerNames.local());
        assertThat(
                        Duration.between(
                                server.getNotBefore().toInstant(),
                                server.getNotAfter().toInstant()))
                .isLessThanOrEqualTo(Duration.ofDays(397));
        server.verify(root.getPublicKey());
    }

    @Test
    void keysAreForTheirOwnerOnly() throws Exception {
        Authority.openOrCreate(folder).serverCertificate(ServerNames.local());

        for (String key : List.of("ca-key.pem", "server-key.pem")) {
            assertThat(
                            PosixFilePermissions.toString(
                                    Files.getPosixFilePermissions(folder.resolve(key))))
                    .isEqualTo("rw-------");
            assertThat(folder.resolve(key)).content().startsWith("-----BEGIN PRIVATE KEY-----");
        }
        for (String open : List.of("ca.pem", "server.pem", "bundle.pem")) {
            assertThat(
                            PosixFilePermissions.toString(
                                    Files.getPosixFilePermissions(folder.resolve(open))))
                    .isEqualTo("rw-r--r--");
        }
    }

    @Test
    void reopeningKeepsEverything() throws Exception {
        Authority.openOrCreate(folder).serverCertificate(ServerNames.local());
        List<String> before = contents();
        Authority.openOrCreate(folder).serverCertificate(ServerNames.local());

        assertThat(contents()).isEqualTo(before);
    }

    @Test
    void aNewNameMakesANewCertificateWithTheSameKey() throws Exception {
        var authority = Authority.openOrCreate(folder);
        authority.serverCertificate(Set.of("localhost"), Set.of());
        String before = Files.readString(folder.resolve("server.pem"));
        String key = Files.readString(folder.resolve("server-key.pem"));

        ServerCertificate renamed =
                authority.serverCertificate(
                        Set.of("localhost", "Studio.Example"),
                        Set.of(InetAddress.getByName("10.1.2.3")));

        assertThat(renamed.chain()).content().isNotEqualTo(before);
        assertThat(renamed.key()).content().isEqualTo(key);
        assertThat(ServerNames.of(Pem.certificates(renamed.chain()).getFirst()))
                .isEqualTo(
                        new ServerNames(
                                Set.of("localhost", "studio.example"),
                                Set.of(InetAddress.getByName("10.1.2.3"))));
    }

    @Test
    void renewsInTime() throws Exception {
        Instant start = Instant.parse("2026-01-01T00:00:00Z");
        Instant end = at(start).serverCertificate(ServerNames.local()).expires();
        assertThat(end).isBefore(start.plus(Duration.ofDays(397)));

        assertThat(
                        at(end.minus(Duration.ofDays(31)))
                                .serverCertificate(ServerNames.local())
                                .expires())
                .isEqualTo(end);
        Instant renewed =
                at(end.minus(Duration.ofDays(29))).serverCertificate(ServerNames.local()).expires();
        assertThat(renewed).isAfter(end.plus(Duration.ofDays(300)));
    }

    @Test
    void theAuthorityIsRenewedToo() throws Exception {
        Instant start = Instant.parse("2026-01-01T00:00:00Z");
        at(start).serverCertificate(ServerNames.local());
        Instant late = start.plus(Duration.ofDays(3640));
        ServerCertificate server = at(late).serverCertificate(ServerNames.local());

        List<X509Certificate> chain = Pem.certificates(server.chain());
        assertThat(chain.getLast().getNotAfter().toInstant())
                .isAfter(late.plus(Duration.ofDays(3000)));
        assertThat(folder.resolve("bundle.pem")).content().endsWith(Pem.of(chain.getLast()));
    }

    @Test
    void whoLosesTheKeyGetsANewAuthority() throws Exception {
        Authority.openOrCreate(folder).serverCertificate(ServerNames.local());
        Files.delete(folder.resolve("ca-key.pem"));

        var authority = Authority.openOrCreate(folder);
        List<X509Certificate> chain =
                Pem.certificates(authority.serverCertificate(ServerNames.local()).chain());
        chain.getFirst().verify(chain.getLast().getPublicKey());
        assertThat(Pem.certificates(authority.certificateFile())).containsExactly(chain.getLast());
    }

    @Test
    void refusesAForeignKey() throws Exception {
        Authority.openOrCreate(folder);
        Authority.openOrCreate(folder.resolve("other"));
        Files.delete(folder.resolve("ca-key.pem"));
        Files.copy(folder.resolve("other/ca-key.pem"), folder.resolve("ca-key.pem"));

        assertThatThrownBy(
                        () -> Authority.openOrCreate(folder).serverCertificate(ServerNames.local()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("do not fit");
    }

    @Test
    void keysOfAnotherCurveAreKept() throws Exception {
        for (String name : List.of("ca-key.pem", "server-key.pem")) {
            var generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            Files.writeString(
                    folder.resolve(name), Pem.of(generator.generateKeyPair().getPrivate()));
        }
        String before = Files.readString(folder.resolve("ca-key.pem"));
        var authority = Authority.openOrCreate(folder);
        try (var server = new TlsServer(authority.serverCertificate(ServerNames.local()))) {
            assertThat(handshake(server, "localhost", authority.certificateFile()))
                    .isEqualTo("hello");
        }
        assertThat(folder.resolve("ca-key.pem")).hasContent(before);
        assertThat(Pem.certificates(authority.certificateFile()).getFirst().getSigAlgName())
                .isEqualTo("SHA256withECDSA");
    }

    @Test
    void manyStartsAtOnceAgree() throws Exception {
        for (int round = 0; round < 5; round++) {
            Path shared = folder.resolve("round" + round);
            Callable<List<String>> start =
                    () -> {
                        var authority = Authority.openOrCreate(shared);
                        authority.serverCertificate(ServerNames.local());
                        return List.of(
                                Files.readString(authority.certificateFile()),
                                Files.readString(shared.resolve("server-key.pem")));
                    };
            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                Set<List<String>> seen = new HashSet<>();
                for (Future<List<String>> each : threads.invokeAll(Collections.nCopies(6, start))) {
                    seen.add(each.get());
                }
                assertThat(seen).hasSize(1);
            }
            var authority = Authority.openOrCreate(shared);
            try (var server = new TlsServer(authority.serverCertificate(ServerNames.local()));
                    Stream<Path> files = Files.list(shared)) {
                assertThat(handshake(server, "localhost", authority.certificateFile()))
                        .isEqualTo("hello");
                assertThat(files).hasSize(5);
            }
        }
    }

    @Test
    void aSecondStartNeedsNoBouncyCastle() throws Exception {
        Authority.openOrCreate(folder).serverCertificate(ServerNames.local());
        String classPath =
                String.join(
                        File.pathSeparator,
                        Arrays.stream(
                                        System.getProperty("java.class.path")
                                                .split(File.pathSeparator))
                                .filter(entry -> !entry.contains("bouncycastle"))
                                .toList());
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();

        assertThat(output(java, "-cp", classPath, Reopen.class.getName(), folder.toString()))
                .isEqualTo("opened");
    }

    /** Opens what is there, in a process of its own. */
    static final class Reopen {
        private Reopen() {}

        public static void main(String[] arguments) throws IOException {
            Authority.openOrCreate(Path.of(arguments[0])).serverCertificate(ServerNames.local());
            System.out.print("opened");
        }
    }

    private Authority at(Instant now) throws IOException {
        return Authority.openOrCreate(folder, () -> now);
    }

    private List<String> contents() throws IOException {
        List<String> contents = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.sorted().toList()) {
                contents.add(file + Files.readString(file) + Files.getLastModifiedTime(file));
            }
        }
        return contents;
    }

    private static String handshake(TlsServer server, String host, Path trusted) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        for (X509Certificate each : Pem.certificates(trusted)) {
            store.setCertificateEntry(each.getSerialNumber() + "" + store.size(), each);
        }
        TrustManagerFactory trust =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        try (Socket plain = new Socket("127.0.0.1", server.port());
                SSLSocket tls =
                        (SSLSocket)
                                context.getSocketFactory()
                                        .createSocket(plain, host, server.port(), true)) {
            var parameters = tls.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            tls.setSSLParameters(parameters);
            return new String(tls.getInputStream().readNBytes(5), StandardCharsets.US_ASCII);
        }
    }

    private static boolean runs(String... command) throws InterruptedException {
        try {
            return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    private static String output(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }

    /** Says hello over TLS with the files of a certificate. */
    private static final class TlsServer implements AutoCloseable {
        private final SSLServerSocket socket;
        private final Thread thread;

        TlsServer(ServerCertificate certificate) throws Exception {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry(
                    "server",
                    Pem.key(certificate.key()),
                    new char[0],
                    Pem.certificates(certificate.chain()).toArray(X509Certificate[]::new));
            KeyManagerFactory keys =
                    KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(store, new char[0]);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), null, null);
            socket = (SSLServerSocket) context.getServerSocketFactory().createServerSocket();
            socket.bind(new InetSocketAddress("127.0.0.1", 0));
            thread = Thread.ofVirtual().start(this::serve);
        }

        int port() {
            return socket.getLocalPort();
        }

        private void serve() {
            while (!socket.isClosed()) {
                try (Socket client = socket.accept()) {
                    client.getOutputStream().write("hello".getBytes(StandardCharsets.US_ASCII));
                    client.getOutputStream().flush();
                } catch (IOException e) {
                    // A client that refused, or the end of the test: the next accept tells.
                    Thread.yield();
                }
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
            Eventually.eventually("the server ends", () -> !thread.isAlive());
        }
    }
}
