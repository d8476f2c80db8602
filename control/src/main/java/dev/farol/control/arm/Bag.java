package dev.farol.control.arm;

import dev.farol.store.Resource;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;

/** List filters on {@code tags} and {@code properties}: {@code a=1,b}, all of which must hold. */
final class Bag {
    private Bag() {}

    static Predicate<Resource> filter(ArmCall call, String parameter) {
        List<String> wanted =
                call.parameter(parameter)
                        .or(() -> call.parameter("$" + parameter))
                        .map(text -> Arrays.asList(text.split(",")))
                        .orElse(List.of());
        return resource -> {
            JsonNode bag =
                    parameter.equals("tags")
                            ? tags(resource)
                            : resource.spec().path("properties").path("properties");
            return wanted.stream().allMatch(term -> holds(bag, term.strip()));
        };
    }

    /** Tracked resources have their tags around the properties, assets in them. */
    private static JsonNode tags(Resource resource) {
        JsonNode tracked = resource.spec().path("tags");
        return tracked.isMissingNode() ? resource.spec().path("properties").path("tags") : tracked;
    }

    private static boolean holds(JsonNode bag, String term) {
        int equals = term.indexOf('=');
        return equals < 0
                ? bag.has(term)
                : bag.path(term.substring(0, equals))
                        .asString("")
                        .equals(term.substring(equals + 1));
    }
}
