package dev.farol.control.identity;

import dev.farol.kit.Json;
import dev.farol.wire.ApiResponse;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import tools.jackson.databind.node.ObjectNode;

/** A refusal of the token endpoint, in the form that Azure's clients show to their users. */
final class OAuthRefusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String error;
    private final int code;

    /**
     * @param error the code of the OAuth standard
     * @param code Azure's own number for it
     */
    OAuthRefusal(int status, String error, int code, String message) {
        super("AADSTS" + code + ": " + message);
        this.status = status;
        this.error = error;
        this.code = code;
    }

    static OAuthRefusal missing(String parameter) {
        return new OAuthRefusal(
                400,
                "invalid_request",
                900144,
                "The request body must contain the following parameter: '" + parameter + "'.");
    }

    ApiResponse answer(Instant now) {
        String trace = UUID.randomUUID().toString();
        String time = now.truncatedTo(ChronoUnit.SECONDS).toString().replace('T', ' ');
        ObjectNode body = Json.object();
        body.put("error", error);
        body.put("error_description", getMessage() + " Trace ID: " + trace + " Timestamp: " + time);
        body.putArray("error_codes").add(code);
        body.put("timestamp", time);
        body.put("trace_id", trace);
        body.put("correlation_id", trace);
        return ApiResponse.json(status, body.toString()).header("Cache-Control", "no-store");
    }
}
