package dev.farol.kit.certificate;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Keys and certificates as PEM text, by the JDK alone. */
final class Pem {
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z ]+)-----([^-]+)-----END \\1-----");

    private Pem() {}

    static String of(X509Certificate certificate) throws GeneralSecurityException {
        return block("CERTIFICATE", certificate.getEncoded());
    }

    static String of(PrivateKey key) {
        return block("PRIVATE KEY", key.getEncoded());
    }

    private static String block(String label, byte[] content) {
        String lines =
                Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                        .encodeToString(content);
        return "-----BEGIN " + label + "-----\n" + lines + "\n-----END " + label + "-----\n";
    }

    static List<X509Certificate> certificates(Path file)
            throws IOException, GeneralSecurityException {
        var factory = CertificateFactory.getInstance("X.509");
        List<X509Certificate> certificates = new ArrayList<>();
        for (byte[] content : contents(file, "CERTIFICATE")) {
            certificates.add(
                    (X509Certificate)
                            factory.generateCertificate(new ByteArrayInputStream(content)));
        }
        return certificates;
    }

    static PrivateKey key(Path file) throws IOException, GeneralSecurityException {
        byte[] content = contents(file, "PRIVATE KEY").getFirst();
        return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(content));
    }

    private static List<byte[]> contents(Path file, String label) throws IOException {
        List<byte[]> contents = new ArrayList<>();
        Matcher block = BLOCK.matcher(Files.readString(file, StandardCharsets.US_ASCII));
        while (block.find()) {
            if (block.group(1).equals(label)) {
                contents.add(Base64.getMimeDecoder().decode(block.group(2)));
            }
        }
        if (contents.isEmpty()) {
            throw new IOException(file + " holds no " + label);
        }
        return contents;
    }
}
