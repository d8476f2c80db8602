package dev.farol.runtime.python.launch;

import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/**
 * A worker to start.
 *
 * @param id of this attempt
 * @param launch what {@code worker.py} is told
 * @param environment complete
 * @param own the names of variables in it that are of this deployment
 * @param fresh whether it must not be a fork
 */
public record Order(
        String id,
        ObjectNode launch,
        Map<String, String> environment,
        List<String> own,
        boolean fresh) {
    public Order {
        environment = Map.copyOf(environment);
        own = List.copyOf(own);
    }
}
