package dev.farol.control.model;

import dev.farol.kit.Json;
import dev.farol.spec.ErrorCode;
import dev.farol.spec.Phase;
import dev.farol.spec.Verdict;
import java.util.ArrayList;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Verdicts and errors as JSON. */
public final class VerdictDocument {
    private VerdictDocument() {}

    /**
     * {@code {"phase":"init","code":"UserScriptInitFailed","message","exception","location",
     * "lastLines":[…],"exitCode","fix","reproduce"}}; what is not known is null.
     */
    public static ObjectNode of(Verdict verdict) {
        ObjectNode json =
                Json.object()
                        .put("phase", verdict.phase().wire())
                        .put("code", verdict.code().wire())
                        .put("message", verdict.message())
                        .put("exception", verdict.exception())
                        .put("location", verdict.location());
        ArrayNode lines = json.putArray("lastLines");
        verdict.lastLines().forEach(lines::add);
        return json.put("exitCode", verdict.exitCode())
                .put("fix", verdict.fix())
                .put("reproduce", verdict.reproduce());
    }

    /** The verdict in a document that {@link #of} made; empty when there is none. */
    public static Optional<Verdict> read(JsonNode document) {
        if (!document.isObject()) {
            return Optional.empty();
        }
        var lines = new ArrayList<String>();
        document.path("lastLines").forEach(line -> lines.add(line.asString()));
        JsonNode exitCode = document.path("exitCode");
        return Optional.of(
                new Verdict(
                        phase(document.path("phase").asString("")),
                        code(document.path("code").asString("")),
                        document.path("message").asString(""),
                        text(document, "exception"),
                        text(document, "location"),
                        lines,
                        exitCode.isNumber() ? exitCode.asInt() : null,
                        document.path("fix").asString(""),
                        text(document, "reproduce")));
    }

    private static @Nullable String text(JsonNode document, String field) {
        JsonNode value = document.path(field);
        return value.isString() ? value.asString() : null;
    }

    private static Phase phase(String wire) {
        for (Phase phase : Phase.values()) {
            if (phase.wire().equals(wire)) {
                return phase;
            }
        }
        return Phase.VALIDATE;
    }

    private static ErrorCode code(String wire) {
        for (ErrorCode code : ErrorCode.values()) {
            if (code.wire().equals(wire)) {
                return code;
            }
        }
        return ErrorCode.INTERNAL;
    }

    /**
     * The ARM error of an operation that ended with this verdict: the text for people as message,
     * the verdict itself as additional information.
     */
    public static ObjectNode error(Verdict verdict) {
        ObjectNode error = error(verdict.code(), verdict.text(), verdict.phase().wire());
        ObjectNode info = error.putArray("additionalInfo").addObject();
        info.put("type", "Verdict").set("info", of(verdict));
        return error;
    }

    /** An ARM error (contracts §1.4) without the outer {@code error}. */
    public static ObjectNode error(ErrorCode code, String message, @Nullable String target) {
        ObjectNode error = Json.object().put("code", code.wire()).put("message", message);
        if (target != null) {
            error.put("target", target);
        }
        error.putArray("details");
        return error;
    }
}
