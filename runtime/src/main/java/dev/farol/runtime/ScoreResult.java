package dev.farol.runtime;

import dev.farol.kit.Json;
import dev.farol.spec.ErrorCode;
import dev.farol.spec.Problem;
import dev.farol.wire.Headers;
import dev.farol.wire.ProblemJson;
import dev.farol.wire.ProxyAnswer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

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
        return new ScoreResult(status, headers, utf8("{\"message\": " + quoted(message) + "}"));
    }

    /** As Python writes it: nothing but ASCII. */
    private static String quoted(String text) {
        var json = new StringBuilder(text.length() + 2);
        String plain = Json.STRICT.writeValueAsString(text);
        for (int i = 0; i < plain.length(); i++) {
            char c = plain.charAt(i);
            if (c < 0x80) {
                json.append(c);
            } else {
                json.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            }
        }
        return json.toString();
    }

    /** What the replica says of itself, not of its model. */
    public static ScoreResult problem(ErrorCode code, String message) {
        ProxyAnswer answer = ProblemJson.answer(Problem.of(code, message));
        return new ScoreResult(answer.status(), answer.headers(), ByteBuffer.wrap(answer.body()));
    }

    private static ByteBuffer utf8(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }
}
