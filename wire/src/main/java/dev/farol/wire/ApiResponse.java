package dev.farol.wire;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** An answer of an {@link ApiHandler}. */
public record ApiResponse(int status, Headers headers, Body body) {
    /** What is sent after the headers. */
    public sealed interface Body {}

    /** All of the body, at hand. */
    public record Bytes(byte[] content) implements Body {}

    /**
     * A body that is read while it is sent, then closed. Exactly {@code length} bytes are sent; -1
     * means all there are.
     */
    public record Streamed(InputStream content, long length) implements Body {}

    public static ApiResponse of(int status) {
        return new ApiResponse(status, new Headers(), new Bytes(new byte[0]));
    }

    public static ApiResponse json(int status, String json) {
        return new ApiResponse(
                status,
                Headers.of("Content-Type", "application/json; charset=utf-8"),
                new Bytes(json.getBytes(StandardCharsets.UTF_8)));
    }

    public ApiResponse header(String name, String value) {
        headers.set(name, value);
        return this;
    }
}
