package dev.farol.wire;

import dev.farol.kit.Json;
import dev.farol.spec.Problem;
import tools.jackson.databind.node.ObjectNode;

/** Renders a {@link Problem} as the error envelope of ARM (contracts §1.4). */
public final class ProblemJson {
    private static final String TYPE = "application/json; charset=utf-8";

    private ProblemJson() {}

    /** {@code {"error":{…}}}. */
    public static ObjectNode envelope(Problem problem) {
        var envelope = Json.object();
        envelope.set("error", error(problem));
        return envelope;
    }

    /** {@code {code,message,target,details,additionalInfo}}, as it stands in an operation. */
    public static ObjectNode error(Problem problem) {
        var error = Json.object();
        error.put("code", problem.code().wire());
        error.put("message", problem.message());
        error.put("target", problem.target());
        var details = error.putArray("details");
        for (Problem detail : problem.details()) {
            details.add(error(detail));
        }
        error.putArray("additionalInfo");
        return error;
    }

    public static ApiResponse response(Problem problem) {
        return ApiResponse.json(problem.code().status(), envelope(problem).toString());
    }

    public static ProxyAnswer answer(Problem problem) {
        return new ProxyAnswer(
                problem.code().status(),
                Headers.of("Content-Type", TYPE),
                envelope(problem).toString().getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }
}
