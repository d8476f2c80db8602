package dev.farol.runtime.oip;

import dev.farol.kit.Json;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/**
 * What the server says of itself.
 *
 * @param name what it passes for: clients look at it
 * @param version of Farol
 */
record Server(String name, String version) {
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
        json.put("name", name);
        json.put("version", version);
        var extensions = json.putArray("extensions");
        EXTENSIONS.forEach(extensions::add);
        return json;
    }
}
