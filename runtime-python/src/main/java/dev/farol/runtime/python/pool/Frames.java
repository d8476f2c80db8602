package dev.farol.runtime.python.pool;

import dev.farol.kit.Json;
import dev.farol.runtime.Millis;
import dev.farol.runtime.ScoreRequest;
import dev.farol.runtime.ScoreResult;
import dev.farol.wire.Headers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/** The frames of {@code frames.py}, which describes them. */
final class Frames {
    static final byte SCORE = 1;
    static final byte ANSWER = 2;
    static final byte NOTICE = 3;
    static final byte BEGIN = 4;
    static final byte PART = 5;
    static final byte END = 6;
    private static final byte TAKEN = 7;
    private static final byte CANCEL = 8;

    private static final int GET = 1;
    private static final int IS_JSON = 2;

    private static final int SCORE_HEAD = 12;
    private static final byte[] NOTHING = {};

    /** The headers of an answer say themselves whether run() failed. */
    private static final int TOLD = 2;

    private Frames() {}

    /** How much of a request a script wants to know. */
    enum Wants {
        BODY,
        HEADERS,
        EVERYTHING
    }

    /** The head of a score frame; the request's body follows it. */
    static ByteBuffer score(int sequence, ScoreRequest request, Wants wants) {
        byte[] meta = meta(request, wants);
        byte[] id = request.id().getBytes(StandardCharsets.ISO_8859_1);
        return ByteBuffer.allocate(SCORE_HEAD + id.length + meta.length)
                .put(SCORE)
                .putInt(sequence)
                .put((byte) flags(request))
                .putShort((short) id.length)
                .putInt(meta.length)
                .put(id)
                .put(meta)
                .flip();
    }

    private static int flags(ScoreRequest request) {
        int flags = request.method().equals("GET") ? GET : 0;
        String type = request.contentType();
        if (type == null) {
            return flags;
        }
        if (type.equals("application/json")) {
            return flags | IS_JSON;
        }
        int end = type.indexOf(';');
        String kind = (end < 0 ? type : type.substring(0, end)).strip().toLowerCase(Locale.ROOT);
        boolean json =
                kind.equals("application/json")
                        || (kind.startsWith("application/") && kind.endsWith("+json"));
        return flags | (json ? IS_JSON : 0);
    }

    private static byte[] meta(ScoreRequest request, Wants wants) {
        if (wants == Wants.BODY && !request.method().equals("GET")) {
            return NOTHING;
        }
        var meta = Json.object().put("query", request.query());
        if (wants != Wants.BODY) {
            var headers = meta.putArray("headers");
            request.headers()
                    .copy()
                    .forEach((name, value) -> headers.addArray().add(name).add(value));
        }
        if (wants == Wants.EVERYTHING) {
            meta.put("method", request.method())
                    .put("path", request.path())
                    .put("id", request.id());
        }
        return meta.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** The client took so many bytes of a stream. */
    static ByteBuffer taken(int sequence, int bytes) {
        return ByteBuffer.allocate(9).put(TAKEN).putInt(sequence).putInt(bytes).flip();
    }

    /** Nobody waits for the request any more. */
    static ByteBuffer cancel(int sequence) {
        return ByteBuffer.allocate(5).put(CANCEL).putInt(sequence).flip();
    }

    /**
     * An answer of a worker.
     *
     * @param micros that run() took; -1 when it did not return
     */
    record Answer(int sequence, ScoreResult result, long micros) {}

    /** Reads the frame of an answer, or of a begin; its body stays where it is. */
    static Answer answer(ByteBuffer frame) {
        frame.get();
        int sequence = frame.getInt();
        int status = frame.getShort() & 0xFFFF;
        int failed = frame.get();
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
        if (failed != TOLD) {
            headers.add("x-ms-run-function-failed", failed == 0 ? "False" : "True");
        }
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
