package dev.farol.wire;

/**
 * The limits of a {@link FaceServer}.
 *
 * @param maxBody in bytes; a longer request body is answered 413
 * @param maxHeaders in bytes, all headers of a request together; more is answered 431
 */
public record FaceSettings(long maxBody, int maxHeaders) {
    public static final FaceSettings DEFAULTS = new FaceSettings(100L * 1024 * 1024, 64 * 1024);

    public FaceSettings {
        if (maxBody < 0 || maxBody > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException("maxBody: " + maxBody + " (expected: 0 to 2^31-9)");
        }
        if (maxHeaders < 1024) {
            throw new IllegalArgumentException(
                    "maxHeaders: " + maxHeaders + " (expected: >= 1024)");
        }
    }
}
