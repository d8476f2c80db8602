package dev.farol.app;

import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code farol trust}: says how a system is made to trust this Farol's certificate authority. It
 * changes nothing: that is for the owner of the system to do.
 */
@Command(
        name = "trust",
        description =
                "Say how to make a system trust this Farol's certificate authority; changes nothing.",
        footer = {"", "Example: farol trust --print"})
final class TrustCommand implements Callable<Integer> {
    @Option(
            names = "--home",
            paramLabel = "DIR",
            description = "The home folder; else FAROL_HOME, else ~/.farol.")
    @Nullable Path home;

    @Option(names = "--print", description = "Print it; the only thing there is to do.")
    boolean print;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    CommandSpec spec;

    @Override
    public Integer call() throws IOException, GeneralSecurityException {
        Path file = Home.of(home).tls().resolve("ca.pem");
        if (!Files.exists(file)) {
            throw new FarolException(
                    ErrorCode.RESOURCE_NOT_FOUND,
                    file + " is not there yet. Farol makes it at its first start: farol up");
        }
        spec.commandLine().getOut().print(text(file, certificate(file)));
        spec.commandLine().getOut().flush();
        return 0;
    }

    private static X509Certificate certificate(Path file)
            throws IOException, GeneralSecurityException {
        try (InputStream in = Files.newInputStream(file)) {
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }

    private static String text(Path file, X509Certificate certificate)
            throws GeneralSecurityException {
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
        return """
        Farol's certificate authority
          file         %1$s
          name         %2$s
          SHA-256      %3$s
          valid until  %4$s

        `farol env` makes one shell trust it and needs nothing of this. To make a whole system trust it, run one of
        these yourself; whoever holds ca-key.pem beside the file can then make certificates that this system takes.

        Debian, Ubuntu
          sudo cp '%1$s' /usr/local/share/ca-certificates/farol.crt && sudo update-ca-certificates
          undo: sudo rm /usr/local/share/ca-certificates/farol.crt && sudo update-ca-certificates --fresh
        Fedora, RHEL
          sudo cp '%1$s' /etc/pki/ca-trust/source/anchors/farol.pem && sudo update-ca-trust
          undo: sudo rm /etc/pki/ca-trust/source/anchors/farol.pem && sudo update-ca-trust
        Alpine
          sudo cp '%1$s' /usr/local/share/ca-certificates/farol.crt && sudo update-ca-certificates
        macOS
          security add-trusted-cert -r trustRoot -k ~/Library/Keychains/login.keychain-db '%1$s'
          undo: security remove-trusted-cert '%1$s'
        Windows (PowerShell)
          Import-Certificate -FilePath '%1$s' -CertStoreLocation Cert:\\CurrentUser\\Root
          undo: Get-ChildItem Cert:\\CurrentUser\\Root | Where-Object Subject -eq '%2$s' | Remove-Item
        Firefox
          Settings, Certificates, View Certificates, Authorities, Import; or security.enterprise_roots.enabled=true
        Chrome on Linux
          certutil -d sql:$HOME/.pki/nssdb -A -t C,, -n farol -i '%1$s'
          undo: certutil -d sql:$HOME/.pki/nssdb -D -n farol
        Java
          keytool -importcert -cacerts -storepass changeit -noprompt -alias farol -file '%1$s'
          undo: keytool -delete -cacerts -storepass changeit -alias farol
        Python (requests, azure-*) does not read the system's store: REQUESTS_CA_BUNDLE='%5$s'
        Node does not either: NODE_EXTRA_CA_CERTS='%1$s'
        """
                .formatted(
                        file,
                        certificate.getSubjectX500Principal().getName(),
                        HexFormat.ofDelimiter(":").formatHex(digest).toUpperCase(Locale.ROOT),
                        certificate.getNotAfter().toInstant(),
                        file.resolveSibling("bundle.pem"));
    }
}
