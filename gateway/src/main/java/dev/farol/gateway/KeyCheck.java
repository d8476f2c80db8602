package dev.farol.gateway;

import dev.farol.spec.RoutingSnapshot.Digest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Compares a presented key with those that may call. */
final class KeyCheck {
    private static final String SCHEME = "Bearer ";

    /** Looking one up costs as much as using it; one that has answered is as good as new. */
    private static final ThreadLocal<MessageDigest> SHA_256 =
            ThreadLocal.withInitial(
                    () -> {
                        try {
                            return MessageDigest.getInstance("SHA-256");
                        } catch (NoSuchAlgorithmException impossible) {
                            throw new IllegalStateException(impossible);
                        }
                    });

    private KeyCheck() {}

    /**
     * Whether the Authorization header carries one of the keys. Takes the same time whichever key
     * matches, and whether one does.
     */
    static boolean passes(@Nullable String authorization, List<Digest> keys) {
        if (authorization == null
                || !authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            return false;
        }
        byte[] text = authorization.getBytes(StandardCharsets.UTF_8);
        int start = SCHEME.length();
        int end = text.length;
        while (start < end && isBlank(text[start])) {
            start++;
        }
        while (end > start && isBlank(text[end - 1])) {
            end--;
        }
        MessageDigest sha = SHA_256.get();
        sha.update(text, start, end - start);
        byte[] presented = sha.digest();
        boolean passes = false;
        for (Digest known : keys) {
            passes |= known.matches(presented);
        }
        return passes;
    }

    private static boolean isBlank(byte letter) {
        return letter >= 0 && letter <= ' ';
    }
}
