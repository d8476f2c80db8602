package dev.farol.kit.certificate;

import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECPublicKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.jcajce.provider.asymmetric.util.EC5Util;
import org.bouncycastle.math.ec.ECPoint;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * Makes keys and certificates. The only class that needs BouncyCastle, and only loaded when
 * something must be made. The extensions are those that strict clients ask for (Python since 3.13).
 */
final class Issuer {
    /**
     * Not P-256: the first use of that one in a JVM fills tables for 90 ms, which every call of the
     * command line would pay. This one takes 25.
     */
    private static final String CURVE = "secp384r1";

    private static final int LONGEST_COMMON_NAME = 64;

    /** Clocks of clients may be behind. */
    private static final Duration BACKDATED = Duration.ofHours(1);

    private Issuer() {}

    /** From when to when a certificate holds. */
    record Validity(Instant from, Instant to) {
        static Validity of(Instant now, Duration length) {
            return new Validity(now.minus(BACKDATED), now.plus(length));
        }
    }

    static PrivateKey newKey() throws GeneralSecurityException {
        var generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec(CURVE));
        return generator.generateKeyPair().getPrivate();
    }

    /** The key that belongs to a private one, which is kept alone. */
    static PublicKey publicKey(PrivateKey key) throws GeneralSecurityException {
        if (!(key instanceof ECPrivateKey elliptic)) {
            throw new GeneralSecurityException("Not an EC key");
        }
        ECPoint point =
                EC5Util.convertSpec(elliptic.getParams())
                        .getG()
                        .multiply(elliptic.getS())
                        .normalize();
        var spec =
                new ECPublicKeySpec(
                        new java.security.spec.ECPoint(
                                point.getAffineXCoord().toBigInteger(),
                                point.getAffineYCoord().toBigInteger()),
                        elliptic.getParams());
        return KeyFactory.getInstance("EC").generatePublic(spec);
    }

    static X509Certificate authority(String name, PrivateKey key, Validity validity)
            throws IOException, GeneralSecurityException {
        X500Name subject = commonName(name);
        var builder = builder(subject, subject, publicKey(key), validity);
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
        builder.addExtension(
                Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
        return sign(builder, key);
    }

    static X509Certificate server(
            ServerNames names,
            PublicKey key,
            X509Certificate authority,
            PrivateKey authorityKey,
            Validity validity)
            throws IOException, GeneralSecurityException {
        X500Name issuer = new JcaX509CertificateHolder(authority).getSubject();
        List<String> dnsNames = names.sortedDnsNames();
        X500Name subject = commonName(dnsNames.isEmpty() ? "Farol" : dnsNames.getFirst());
        var builder = builder(issuer, subject, key, validity);
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
        builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
        builder.addExtension(
                Extension.extendedKeyUsage,
                false,
                new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth));
        builder.addExtension(
                Extension.authorityKeyIdentifier,
                false,
                new JcaX509ExtensionUtils().createAuthorityKeyIdentifier(authority.getPublicKey()));
        builder.addExtension(
                Extension.subjectAlternativeName, false, alternatives(dnsNames, names));
        return sign(builder, authorityKey);
    }

    private static JcaX509v3CertificateBuilder builder(
            X500Name issuer, X500Name subject, PublicKey key, Validity validity)
            throws IOException, GeneralSecurityException {
        var builder =
                new JcaX509v3CertificateBuilder(
                        issuer,
                        new BigInteger(127, new SecureRandom()).add(BigInteger.ONE),
                        Date.from(validity.from()),
                        Date.from(validity.to()),
                        subject,
                        key);
        builder.addExtension(
                Extension.subjectKeyIdentifier,
                false,
                new JcaX509ExtensionUtils().createSubjectKeyIdentifier(key));
        return builder;
    }

    private static GeneralNames alternatives(List<String> dnsNames, ServerNames names) {
        List<GeneralName> all = new ArrayList<>();
        for (String name : dnsNames) {
            all.add(new GeneralName(GeneralName.dNSName, name));
        }
        names.addresses().stream()
                .map(InetAddress::getAddress)
                .sorted(Arrays::compare)
                .forEach(
                        address ->
                                all.add(
                                        new GeneralName(
                                                GeneralName.iPAddress,
                                                new DEROctetString(address))));
        return new GeneralNames(all.toArray(GeneralName[]::new));
    }

    private static X500Name commonName(String name) {
        String fitting = name.substring(0, Math.min(name.length(), LONGEST_COMMON_NAME));
        return new X500NameBuilder(BCStyle.INSTANCE).addRDN(BCStyle.CN, fitting).build();
    }

    private static X509Certificate sign(JcaX509v3CertificateBuilder builder, PrivateKey key)
            throws GeneralSecurityException {
        try {
            var signer = new JcaContentSignerBuilder(signature(key)).build(key);
            return new JcaX509CertificateConverter().getCertificate(builder.build(signer));
        } catch (OperatorCreationException e) {
            throw new GeneralSecurityException(e);
        }
    }

    /** An authority of an earlier Farol has a smaller key. */
    private static String signature(PrivateKey key) throws GeneralSecurityException {
        if (!(key instanceof ECPrivateKey elliptic)) {
            throw new GeneralSecurityException("Not an EC key");
        }
        return elliptic.getParams().getOrder().bitLength() > 256
                ? "SHA384withECDSA"
                : "SHA256withECDSA";
    }
}
