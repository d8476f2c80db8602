package dev.farol.wire.proxy;

import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import dev.farol.spec.Problem;
import dev.farol.wire.Listen;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http2.Http2SecurityUtil;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The certificate of a listener. Its files are looked at every second; new connections get the new
 * one, and those that stand keep what they agreed on. A chain and a key that cannot be read, or do
 * not fit each other, as when only one of the two is written yet, leave the last good pair in use.
 */
final class ServerTls {
    private static final Logger log = LoggerFactory.getLogger(ServerTls.class);
    private static final Pattern PKCS8 =
            Pattern.compile(
                    "-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");

    /**
     * BoringSSL where its library loads, else the JDK's own, to which a new connection is twenty
     * times the work.
     */
    private static final SslProvider PROVIDER =
            OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK;

    private final Listen.Tls files;
    private String seen;
    private volatile SslContext context;

    /**
     * @throws FarolException {@code INVALID_ARGUMENT} when the files hold no usable pair
     */
    ServerTls(Listen.Tls files) {
        this.files = files;
        this.seen = state();
        try {
            context = read(files);
        } catch (IOException | GeneralSecurityException | IllegalArgumentException unusable) {
            throw new FarolException(
                    Problem.of(
                            ErrorCode.INVALID_ARGUMENT,
                            "Cannot use the certificate %s with the key %s: %s (expected: PEM, the chain with the server's own first, and its key as PKCS#8 without a password)"
                                    .formatted(files.chain(), files.key(), unusable.getMessage())),
                    unusable);
        }
    }

    SslContext context() {
        return context;
    }

    /** Looks at the files until {@code timer} ends. */
    void watch(EventLoop timer) {
        var watching =
                timer.scheduleWithFixedDelay(
                        () -> Thread.ofVirtual().name("certificate").start(this::look),
                        1,
                        1,
                        TimeUnit.SECONDS);
        timer.terminationFuture().addListener(ended -> watching.cancel(false));
    }

    private synchronized void look() {
        String now = state();
        if (now.equals(seen)) {
            return;
        }
        seen = now;
        try {
            context = read(files);
            log.info("New connections get the certificate that is now in {}", files.chain());
        } catch (IOException | GeneralSecurityException | IllegalArgumentException unusable) {
            log.warn(
                    "The certificate {} and its key changed and are no usable pair ({}); the last one stays in use",
                    files.chain(),
                    unusable.getMessage());
        }
    }

    /** What tells one state of the files from another; links are followed. */
    private String state() {
        return state(files.chain()) + " " + state(files.key());
    }

    private static String state(Path file) {
        try {
            return Files.getLastModifiedTime(file) + "/" + Files.size(file);
        } catch (IOException absent) {
            return "absent";
        }
    }

    private static SslContext read(Listen.Tls files) throws IOException, GeneralSecurityException {
        X509Certificate[] chain;
        try (var in = Files.newInputStream(files.chain())) {
            chain =
                    CertificateFactory.getInstance("X.509").generateCertificates(in).stream()
                            .map(X509Certificate.class::cast)
                            .toArray(X509Certificate[]::new);
        }
        if (chain.length == 0) {
            throw new InvalidKeyException("there is no certificate in the chain");
        }
        PublicKey publicKey = chain[0].getPublicKey();
        PrivateKey key = privateKey(files.key(), publicKey.getAlgorithm());
        if (!fits(key, publicKey)) {
            throw new InvalidKeyException("the key is not the certificate's");
        }
        return SslContextBuilder.forServer(key, chain)
                .sslProvider(PROVIDER)
                .protocols("TLSv1.3", "TLSv1.2")
                .ciphers(Http2SecurityUtil.CIPHERS, SupportedCipherSuiteFilter.INSTANCE)
                .applicationProtocolConfig(
                        new ApplicationProtocolConfig(
                                Protocol.ALPN,
                                SelectorFailureBehavior.NO_ADVERTISE,
                                SelectedListenerFailureBehavior.ACCEPT,
                                List.of(
                                        ApplicationProtocolNames.HTTP_2,
                                        ApplicationProtocolNames.HTTP_1_1)))
                .build();
    }

    private static PrivateKey privateKey(Path file, String algorithm)
            throws IOException, GeneralSecurityException {
        var found = PKCS8.matcher(Files.readString(file, StandardCharsets.US_ASCII));
        if (!found.find()) {
            throw new InvalidKeyException("there is no PKCS#8 key in the key's file");
        }
        byte[] encoded = Base64.getMimeDecoder().decode(found.group(1));
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(encoded));
    }

    /** Whether what the one signs, the other verifies. */
    private static boolean fits(PrivateKey key, PublicKey publicKey)
            throws GeneralSecurityException {
        String algorithm =
                switch (publicKey.getAlgorithm()) {
                    case "RSA" -> "SHA256withRSA";
                    case "EC" -> "SHA256withECDSA";
                    default -> publicKey.getAlgorithm();
                };
        byte[] probe = "farol".getBytes(StandardCharsets.US_ASCII);
        Signature signing = Signature.getInstance(algorithm);
        signing.initSign(key);
        signing.update(probe);
        byte[] signed = signing.sign();
        Signature verifying = Signature.getInstance(algorithm);
        verifying.initVerify(publicKey);
        verifying.update(probe);
        return verifying.verify(signed);
    }
}
