package dev.farol.kit.certificate;

import dev.farol.kit.AtomicFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Collections;
import java.util.List;

/**
 * The roots that the machine trusts and the authority in one file, for clients that know but one
 * setting for what they trust.
 */
final class Bundle {
    /** Where Debian, Fedora, SUSE, Alpine and macOS, and FreeBSD keep theirs. */
    private static final List<Path> SYSTEM =
            List.of(
                    Path.of("/etc/ssl/certs/ca-certificates.crt"),
                    Path.of("/etc/pki/tls/certs/ca-bundle.crt"),
                    Path.of("/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem"),
                    Path.of("/etc/ssl/ca-bundle.pem"),
                    Path.of("/etc/ssl/cert.pem"),
                    Path.of("/usr/local/share/certs/ca-root-nss.crt"));

    private Bundle() {}

    /** Writes the bundle unless it is newer than what it is made from. */
    static void refresh(Path bundle, Path authority) throws IOException, GeneralSecurityException {
        Path roots = SYSTEM.stream().filter(Files::isReadable).findFirst().orElse(javaRoots());
        if (Files.exists(bundle) && isNewer(bundle, roots) && isNewer(bundle, authority)) {
            return;
        }
        boolean fromJava = roots.equals(javaRoots());
        String about =
                fromJava
                        ? "# No bundle of this system was found; these are the roots of the Java that"
                                + " runs Farol, which know\n# nothing of authorities that were added"
                                + " to the system. Farol's own is the last.\n"
                        : "# What " + roots + " held, and Farol's own authority as the last.\n";
        String text = fromJava ? pem(roots) : Files.readString(roots);
        AtomicFile.write(bundle, about + text.stripTrailing() + "\n" + Files.readString(authority));
    }

    private static boolean isNewer(Path one, Path other) throws IOException {
        return Files.getLastModifiedTime(one).compareTo(Files.getLastModifiedTime(other)) >= 0;
    }

    private static Path javaRoots() {
        return Path.of(System.getProperty("java.home"), "lib", "security", "cacerts");
    }

    private static String pem(Path store) throws IOException, GeneralSecurityException {
        var text = new StringBuilder();
        try (InputStream content = Files.newInputStream(store)) {
            KeyStore roots = KeyStore.getInstance(KeyStore.getDefaultType());
            roots.load(content, "changeit".toCharArray());
            for (String alias : Collections.list(roots.aliases())) {
                if (roots.getCertificate(alias) instanceof X509Certificate root) {
                    text.append(Pem.of(root));
                }
            }
        }
        return text.toString();
    }
}
