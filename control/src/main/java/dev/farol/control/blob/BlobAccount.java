package dev.farol.control.blob;

import dev.farol.kit.AtomicFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;

/**
 * The storage account that clients see: its name, the shape of its URLs (clients §3), and the key
 * that shared access signatures are made with.
 */
public final class BlobAccount {
    /** The account's name. */
    public static final String NAME = "farolstore";

    private static final String HOST = NAME + ".blob.core.windows.net";
    private static final int KEY_BYTES = 64;

    private final byte[] key;
    private final Sas sas;
    private final SharedKey sharedKey;

    private BlobAccount(byte[] key) {
        this.key = key;
        this.sas = new Sas(key);
        this.sharedKey = new SharedKey(key);
    }

    /** Reads {@code storage.key} in the folder; makes it when there is none. */
    public static BlobAccount open(Path folder) {
        Path file = folder.resolve("storage.key");
        try {
            if (!Files.exists(file)) {
                var random = new byte[KEY_BYTES];
                new SecureRandom().nextBytes(random);
                AtomicFile.writePrivate(file, Base64.getEncoder().encode(random));
            }
            byte[] key = Base64.getDecoder().decode(Files.readString(file).strip());
            if (key.length < KEY_BYTES) {
                throw new IOException(file + " is too short (expected: 64 bytes in base64)");
            }
            return new BlobAccount(key);
        } catch (IOException unusable) {
            throw new UncheckedIOException(unusable);
        }
    }

    /**
     * What makes the SDK build path-style URLs on our own port when it stands for the account's
     * name.
     */
    public static String sdkName(String host) {
        return host + "/" + NAME;
    }

    /** The URL of a container. */
    public static String url(String host, String container) {
        return "https://" + host + "/" + HOST + "/" + container;
    }

    /**
     * A signature for everything in a container that an upload needs: read, add, create, write,
     * list. Without the question mark.
     */
    public String sign(String container, Instant until) {
        return sas.sign(container, "racwl", until);
    }

    /** The account's key, in base64: it lets whoever has it do everything here. */
    public String key() {
        return Base64.getEncoder().encodeToString(key);
    }

    SharedKey sharedKey() {
        return sharedKey;
    }

    Sas sas() {
        return sas;
    }
}
