package dev.farol.runtime.oip;

import dev.farol.kit.Json;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/**
 * What the server says of itself.
 *
 * @param version of Farol
 */
record Server(String version) {
    static final String NAME = "farol";
    static final List<String> EXTENSIONS =
            List.of(
                    "classification",
                    "model_configuration",
                    "model_repository",
                    "binary_tensor_data",
                    "parameters",
                    "statistics");

    ObjectNode json() {
        var json = Json.object();
        json.put("name", NAME);
        json.put("version", version);
        var extensions = json.putArray("extensions");
        EXTENSIONS.forEach(extensions::add);
        return json;
    }
}
