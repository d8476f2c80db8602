package dev.farol.wire;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;

/** A certificate for localhost that is its own authority, made by the JDK's keytool. */
final class SelfSigned {
    private SelfSigned() {}

    /** Writes {@code chain.pem} and {@code key.pem} into the folder. */
    static Listen.Tls in(Path folder) throws Exception {
        return in(folder, "dns:localhost,ip:127.0.0.1");
    }

    /** For other names, as keytool's {@code san} takes them. */
    static Listen.Tls in(Path folder, String names) throws Exception {
        Path store = folder.resolve("store.p12");
        var keytool =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "keytool")
                                        .toString(),
                                "-genkeypair",
                                "-alias",
                                "a",
                                "-keyalg",
                                "EC",
                                "-groupname",
                                "secp256r1",
                                "-dname",
                                "CN=Farol",
                                "-ext",
                                "san=" + names,
                                "-ext",
                                "bc=ca:true",
                                "-validity",
                                "2",
                                "-storetype",
                                "PKCS12",
                                "-storepass",
                                "changeit",
                                "-keystore",
                                store.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve("keytool.log").toFile())
                        .start();
        if (keytool.waitFor() != 0) {
            throw new IOException(Files.readString(folder.resolve("keytool.log")));
        }
        KeyStore keys = KeyStore.getInstance(store.toFile(), "changeit".toCharArray());
        Path chain = folder.resolve("chain.pem");
        Path key = folder.resolve("key.pem");
        Files.writeString(chain, pem("CERTIFICATE", keys.getCertificate("a").getEncoded()));
        Files.writeString(
                key, pem("PRIVATE KEY", keys.getKey("a", "changeit".toCharArray()).getEncoded()));
        return new Listen.Tls(chain, key);
    }

    private static String pem(String type, byte[] content) {
        return "-----BEGIN "
                + type
                + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content)
                + "\n-----END "
                + type
                + "-----\n";
    }
}
