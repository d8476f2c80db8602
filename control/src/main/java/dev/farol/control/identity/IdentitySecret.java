package dev.farol.control.identity;

import dev.farol.kit.OnceFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;

/**
 * What proves that a process on this machine belongs to the user whose home this is: the content of
 * a file that only that user can read.
 */
final class IdentitySecret {
    private static final int BYTES = 32;

    private final byte[] secret;

    private IdentitySecret(byte[] secret) {
        this.secret = secret;
    }

    /** Reads {@code secret} in the folder; makes it when there is none. */
    static IdentitySecret open(Path folder) {
        Path file = folder.resolve("secret");
        try {
            if (!Files.exists(file)) {
                var random = new byte[BYTES];
                new SecureRandom().nextBytes(random);
                Files.createDirectories(folder);
                // Of several processes that start at once the first one's is taken by all.
                OnceFile.create(
                        file, Base64.getUrlEncoder().withoutPadding().encodeToString(random), true);
            }
            String text = Files.readString(file).strip();
            if (text.isEmpty()) {
                throw new IOException(file + " is empty (expected: a secret; remove the file)");
            }
            return new IdentitySecret(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException unusable) {
            throw new UncheckedIOException(unusable);
        }
    }

    /** Compared in constant time. */
    boolean matches(Optional<String> candidate) {
        byte[] given = candidate.orElse("").getBytes(StandardCharsets.UTF_8);
        return MessageDigest.isEqual(secret, given);
    }
}
