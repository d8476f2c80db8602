package dev.farol.runtime.python.pool;

import dev.farol.kit.Json;
import dev.farol.runtime.Millis;
import dev.farol.runtime.ScoreRequest;
import dev.farol.runtime.ScoreResult;
import dev.farol.wire.Headers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.JsonNode;

/** The frames of {@code worker.py}, which describes them. */
final class Frames {
    static final byte SCORE = 1;
    static final byte ANSWER = 2;
    static final byte NOTICE = 3;

    private static final int SCORE_HEAD = 10;
    private static final byte[] NOTHING = {};

    private Frames() {}

    /** The head of a score frame; the request's body follows it. */
    static ByteBuffer score(int sequence, ScoreRequest request, boolean wantsHeaders) {
        byte[] meta = meta(request, wantsHeaders);
        return ByteBuffer.allocate(SCORE_HEAD + meta.length)
                .put(SCORE)
                .putInt(sequence)
                .put((byte) (request.get() ? 1 : 0))
                .putInt(meta.length)
                .put(meta)
                .flip();
    }

    private static byte[] meta(ScoreRequest request, boolean wantsHeaders) {
        if (!request.get() && !wantsHeaders) {
            return NOTHING;
        }
        var meta = Json.object().put("query", request.query());
        if (wantsHeaders) {
            var headers = meta.putArray("headers");
            request.headers()
                    .get()
                    .forEach((name, value) -> headers.addArray().add(name).add(value));
        }
        return meta.toString().getBytes(StandardCharsets.UTF_8);
    }

    /**
     * An answer of a worker.
     *
     * @param micros that run() took; -1 when it did not return
     */
    record Answer(int sequence, ScoreResult result, long micros) {}

    /** Reads an answer frame; its body stays where it is. */
    static Answer answer(ByteBuffer frame) {
        frame.get();
        int sequence = frame.getInt();
        int status = frame.getShort() & 0xFFFF;
        boolean failed = frame.get() != 0;
        long micros = (frame.getInt() & 0xFFFF_FFFFL) - 1;
        int length = frame.getInt();
        var headers = new Headers();
        if (length == 0) {
            headers.add("Content-Type", "application/json");
        } else {
            var names = new byte[length];
            frame.get(names);
            for (JsonNode pair : Json.STRICT.readTree(names)) {
                headers.add(pair.path(0).asString(), pair.path(1).asString());
            }
        }
        headers.add("x-ms-run-function-failed", failed ? "True" : "False");
        if (micros >= 0) {
            headers.add("x-ms-run-fn-exec-ms", Millis.of(micros));
        }
        return new Answer(sequence, new ScoreResult(status, headers, frame.slice()), micros);
    }

    /** Reads a notice frame. */
    static JsonNode notice(ByteBuffer frame) {
        var json = new byte[frame.remaining() - 1];
        frame.get(1, json);
        return Json.STRICT.readTree(json);
    }
}
