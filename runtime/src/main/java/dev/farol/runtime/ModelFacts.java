package dev.farol.runtime;

import java.util.List;
import java.util.Map;

/**
 * What a model says about itself once it is ready, and the face answers by.
 *
 * @param swagger the text of its description by version and alias
 * @param swaggerVersions those that there are
 * @param origins that browsers may call from; empty means no CORS
 * @param tellsVersion whether answers name the server's version
 * @param everyMethod whether OPTIONS and HEAD are the model's to answer
 */
public record ModelFacts(
        Map<String, String> swagger,
        List<String> swaggerVersions,
        List<String> origins,
        boolean tellsVersion,
        boolean everyMethod) {
    /** Of a model that is not ready. */
    public static final ModelFacts NONE =
            new ModelFacts(Map.of(), List.of(), List.of(), true, false);

    public ModelFacts {
        swagger = Map.copyOf(swagger);
        swaggerVersions = List.copyOf(swaggerVersions);
        origins = List.copyOf(origins);
    }
}
