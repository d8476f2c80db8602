package dev.farol.kit.certificate;

import dev.farol.kit.AtomicFile;
import dev.farol.kit.OnceFile;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;

/**
 * The certificate authority of one machine, in a folder: {@code ca.pem} and {@code ca-key.pem},
 * {@code bundle.pem}, and {@code server.pem} with {@code server-key.pem}. Several processes may
 * open it at once: each key is made once, by whoever is first, and a certificate is replaced as one
 * file that fits its key.
 */
public final class Authority {
    private static final Duration AUTHORITY_LIFE = Duration.ofDays(3650);

    /** With the hour of backdating within the 397 days that browsers allow. */
    private static final Duration SERVER_LIFE = Duration.ofDays(396);

    private static final Duration RENEWED_BEFORE_END = Duration.ofDays(30);

    private final Path folder;
    private final InstantSource clock;

    private Authority(Path folder, InstantSource clock) {
        this.folder = folder;
        this.clock = clock;
    }

    /** Opens the authority in {@code folder}; makes what is missing. */
    public static Authority openOrCreate(Path folder) throws IOException {
        return openOrCreate(folder, InstantSource.system());
    }

    public static Authority openOrCreate(Path folder, InstantSource clock) throws IOException {
        Files.createDirectories(folder);
        var authority = new Authority(folder.toAbsolutePath(), clock);
        try {
            authority.prepare();
        } catch (GeneralSecurityException e) {
            throw new IOException("The certificate authority in " + folder + " is unusable", e);
        }
        return authority;
    }

    /** The authority's certificate: what a client must trust. */
    public Path certificateFile() {
        return folder.resolve("ca.pem");
    }

    /** The authority's certificate and the roots that the machine trusts. */
    public Path bundleFile() {
        return folder.resolve("bundle.pem");
    }

    /** The certificate for these names: the one that is there while it fits, else a new one. */
    public ServerCertificate serverCertificate(ServerNames names) throws IOException {
        try {
            Path chain = folder.resolve("server.pem");
            if (!Files.exists(keyFile("server")) || !fits(chain, names)) {
                issue(chain, names);
            }
            Instant expires = Pem.certificates(chain).getFirst().getNotAfter().toInstant();
            return new ServerCertificate(chain, keyFile("server"), expires);
        } catch (GeneralSecurityException e) {
            throw new IOException("The server's certificate in " + folder + " is unusable", e);
        }
    }

    public ServerCertificate serverCertificate(Set<String> dnsNames, Set<InetAddress> addresses)
            throws IOException {
        return serverCertificate(new ServerNames(dnsNames, addresses));
    }

    private void prepare() throws IOException, GeneralSecurityException {
        boolean complete = Files.exists(certificateFile()) && Files.exists(keyFile("ca"));
        if (!complete || expiresSoon(certificate())) {
            boolean replace = Files.exists(certificateFile());
            PrivateKey key = key("ca");
            String name = "Farol local authority " + ServerNames.hostName();
            var validity = Issuer.Validity.of(clock.instant(), AUTHORITY_LIFE);
            String made = Pem.of(Issuer.authority(name, key, validity));
            if (replace) {
                AtomicFile.write(certificateFile(), made);
            } else {
                OnceFile.create(certificateFile(), made, false);
            }
        }
        Bundle.refresh(bundleFile(), certificateFile());
    }

    private void issue(Path chain, ServerNames names) throws IOException, GeneralSecurityException {
        PrivateKey authorityKey = key("ca");
        X509Certificate authority = certificate();
        if (!Issuer.publicKey(authorityKey).equals(authority.getPublicKey())) {
            throw new IOException(
                    "ca-key.pem and ca.pem in "
                            + folder
                            + " do not fit. Remove both to start anew.");
        }
        Instant now = clock.instant();
        Instant authorityEnd = authority.getNotAfter().toInstant();
        Duration left = Duration.between(now, authorityEnd);
        X509Certificate server =
                Issuer.server(
                        names,
                        Issuer.publicKey(key("server")),
                        authority,
                        authorityKey,
                        Issuer.Validity.of(
                                now, left.compareTo(SERVER_LIFE) < 0 ? left : SERVER_LIFE));
        AtomicFile.write(chain, Pem.of(server) + Pem.of(authority));
    }

    /** Whether the chain is from this authority, for these names and for long enough. */
    private boolean fits(Path chain, ServerNames names)
            throws IOException, GeneralSecurityException {
        if (!Files.exists(chain)) {
            return false;
        }
        List<X509Certificate> certificates = Pem.certificates(chain);
        X509Certificate server = certificates.getFirst();
        return certificates.getLast().equals(certificate())
                && !expiresSoon(server)
                && ServerNames.of(server).equals(names);
    }

    private boolean expiresSoon(X509Certificate certificate) {
        Instant end = certificate.getNotAfter().toInstant();
        return end.minus(RENEWED_BEFORE_END).isBefore(clock.instant());
    }

    private X509Certificate certificate() throws IOException, GeneralSecurityException {
        return Pem.certificates(certificateFile()).getFirst();
    }

    /** Made by the first who asks. */
    private PrivateKey key(String name) throws IOException, GeneralSecurityException {
        Path file = keyFile(name);
        if (!Files.exists(file)) {
            OnceFile.create(file, Pem.of(Issuer.newKey()), true);
        }
        return Pem.key(file);
    }

    private Path keyFile(String name) {
        return folder.resolve(name + "-key.pem");
    }
}
