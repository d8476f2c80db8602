package dev.farol.wire.client;

import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import dev.farol.spec.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Trusts the authorities of a file, and the system's beside them. The system's hundred and more are
 * read only when the file's do not suffice: a call to Farol itself does not wait for them.
 */
final class PrivateTrust extends X509ExtendedTrustManager {
    /** The kinds of names of RFC 5280, 4.2.1.6, as the JDK counts them. */
    private static final Integer DNS = 2;

    private static final Integer ADDRESS = 7;

    private final X509ExtendedTrustManager own;
    private @Nullable X509ExtendedTrustManager system;

    private PrivateTrust(X509ExtendedTrustManager own) {
        this.own = own;
    }

    static SSLContext context(Path pem) {
        try (InputStream input = Files.newInputStream(pem)) {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            int number = 0;
            for (Certificate certificate :
                    CertificateFactory.getInstance("X.509").generateCertificates(input)) {
                store.setCertificateEntry("ca-" + number++, certificate);
            }
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new PrivateTrust(manager(store))}, null);
            return context;
        } catch (IOException | GeneralSecurityException unreadable) {
            throw new FarolException(
                    Problem.of(
                            ErrorCode.INVALID_ARGUMENT,
                            "Cannot read the certificates to trust in " + pem),
                    unreadable);
        }
    }

    private static X509ExtendedTrustManager manager(@Nullable KeyStore store)
            throws GeneralSecurityException {
        var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return Arrays.stream(factory.getTrustManagers())
                .filter(X509ExtendedTrustManager.class::isInstance)
                .map(X509ExtendedTrustManager.class::cast)
                .findFirst()
                .orElseThrow();
    }

    private synchronized X509ExtendedTrustManager system() throws CertificateException {
        X509ExtendedTrustManager known = system;
        if (known == null) {
            try {
                known = manager(null);
            } catch (GeneralSecurityException unreadable) {
                throw new CertificateException(unreadable);
            }
            system = known;
        }
        return known;
    }

    /** One way to check a chain. */
    private interface Check {
        void by(X509ExtendedTrustManager manager) throws CertificateException;
    }

    private void check(Check check) throws CertificateException {
        try {
            check.by(own);
        } catch (CertificateException untrusted) {
            try {
                check.by(system());
            } catch (CertificateException untrustedToo) {
                untrusted.addSuppressed(untrustedToo);
                throw untrusted;
            }
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
            throws CertificateException {
        check(
                manager -> {
                    if (isNamed(chain[0], engine.getPeerHost())) {
                        manager.checkServerTrusted(chain, type);
                    } else {
                        manager.checkServerTrusted(chain, type, engine);
                    }
                });
    }

    /**
     * Whether this is one of the names of the certificate, letter by letter; wildcards and all else
     * are the JDK's to judge. The JDK's way to judge a name asks first whether the authority is a
     * public one, and reads all of those for it: a tenth of a second for a call to Farol itself.
     */
    private static boolean isNamed(X509Certificate certificate, @Nullable String host)
            throws CertificateException {
        Collection<List<?>> names = certificate.getSubjectAlternativeNames();
        if (host == null || names == null) {
            return false;
        }
        boolean address = host.indexOf(':') >= 0 || host.matches("[0-9.]+");
        Integer kind = address ? ADDRESS : DNS;
        return names.stream()
                .filter(name -> kind.equals(name.get(0)))
                .anyMatch(name -> host.equalsIgnoreCase(String.valueOf(name.get(1))));
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
            throws CertificateException {
        check(manager -> manager.checkServerTrusted(chain, type, socket));
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type)
            throws CertificateException {
        check(manager -> manager.checkServerTrusted(chain, type));
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
            throws CertificateException {
        own.checkClientTrusted(chain, type, engine);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
            throws CertificateException {
        own.checkClientTrusted(chain, type, socket);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type)
            throws CertificateException {
        own.checkClientTrusted(chain, type);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return own.getAcceptedIssuers();
    }
}
