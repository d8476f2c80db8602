package dev.farol.control.arm;

import dev.farol.kit.Json;
import dev.farol.spec.Problem;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A problem as ARM writes it (contracts §1.4). */
final class Envelope {
    private Envelope() {}

    /** {@code {"error":{…}}}. */
    static ObjectNode of(Problem problem) {
        ObjectNode body = Json.object();
        body.set("error", error(problem));
        return body;
    }

    private static ObjectNode error(Problem problem) {
        ObjectNode error = Json.object();
        error.put("code", problem.code().wire());
        error.put("message", problem.message());
        error.put("target", problem.target());
        ArrayNode details = error.putArray("details");
        problem.details().forEach(detail -> details.add(error(detail)));
        error.putArray("additionalInfo");
        return error;
    }
}
