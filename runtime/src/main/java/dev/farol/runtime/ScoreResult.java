package dev.farol.runtime;

import dev.farol.kit.Json;
import dev.farol.wire.Headers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** An answer: what the model said, or why it said nothing. */
public record ScoreResult(int status, Headers headers, ByteBuffer body) {
    /** An answer of Azure ML's inference server: {@code {"message": …}} (contracts §5.3). */
    public static ScoreResult message(int status, boolean runFailed, String message) {
        var headers =
                Headers.of(
                        "Content-Type",
                        "application/json",
                        "x-ms-run-function-failed",
                        runFailed ? "True" : "False");
        String body = Json.object().put("message", message).toString();
        return new ScoreResult(status, headers, utf8(body));
    }

    /** An answer in plain words, as the proxies before a model write it. */
    public static ScoreResult text(int status, String body) {
        return new ScoreResult(status, Headers.of("Content-Type", "text/plain"), utf8(body));
    }

    private static ByteBuffer utf8(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }
}
