package dev.farol.control.model;

import dev.farol.kit.Json;
import dev.farol.spec.ErrorCode;
import dev.farol.spec.Verdict;
import org.jspecify.annotations.Nullable;
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
