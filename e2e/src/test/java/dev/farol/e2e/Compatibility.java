package dev.farol.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.kit.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What the clients' walks showed, kept in the repository: docs/compatibility.md is generated from
 * it, and every walk is compared with it. A run with {@code -Dfarol.compatibility.write=true} keeps
 * what it sees instead.
 */
final class Compatibility {
    private static final Path KEPT = Farol.ROOT.resolve("e2e/src/test/resources/compatibility");
    private static final boolean WRITE = Boolean.getBoolean("farol.compatibility.write");

    private Compatibility() {}

    /** Compares a walk's results with those that are kept under this name. */
    static void check(String name, JsonNode results) throws IOException {
        Path file = KEPT.resolve(name + ".json");
        JsonNode shown = withoutTimes(results);
        if (WRITE) {
            Files.createDirectories(KEPT);
            Files.writeString(file, shown.toPrettyString() + "\n");
        }
        assertThat(lines(shown))
                .as(
                        "what %s showed, beside %s; -Dfarol.compatibility.write=true keeps it",
                        name, file.getFileName())
                .isEqualTo(lines(Json.STRICT.readTree(Files.readString(file))));
    }

    private static JsonNode withoutTimes(JsonNode results) {
        for (JsonNode step : results.path("steps")) {
            ((ObjectNode) step).remove("seconds");
        }
        return results;
    }

    /** One line a step, so that a difference is read at a glance. */
    private static TreeMap<String, String> lines(JsonNode results) {
        var lines = new TreeMap<String, String>();
        for (JsonNode step : results.path("steps")) {
            lines.put(
                    step.path("area").asString("") + ": " + step.path("step").asString(""),
                    step.path("outcome").asString("") + " " + step.path("detail").asString(""));
        }
        return lines;
    }
}
