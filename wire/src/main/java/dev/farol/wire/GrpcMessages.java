package dev.farol.wire;

import java.nio.charset.StandardCharsets;

/** The text of {@code grpc-message}: UTF-8, percent-encoded. */
public final class GrpcMessages {
    private GrpcMessages() {}

    public static String encode(String text) {
        var encoded = new StringBuilder(text.length() + 16);
        for (byte each : text.getBytes(StandardCharsets.UTF_8)) {
            if (each >= ' ' && each <= '~' && each != '%') {
                encoded.append((char) each);
            } else {
                encoded.append('%')
                        .append(Character.toUpperCase(Character.forDigit((each >> 4) & 15, 16)))
                        .append(Character.toUpperCase(Character.forDigit(each & 15, 16)));
            }
        }
        return encoded.toString();
    }

    /** Whether a request of this {@code Content-Type} is one of gRPC. */
    public static boolean isGrpc(@org.jspecify.annotations.Nullable String contentType) {
        if (contentType == null || !contentType.startsWith("application/grpc")) {
            return false;
        }
        int end = "application/grpc".length();
        return contentType.length() == end || "+;".indexOf(contentType.charAt(end)) >= 0;
    }
}
