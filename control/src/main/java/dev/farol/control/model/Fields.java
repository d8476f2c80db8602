package dev.farol.control.model;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A JSON object read tolerantly: names in any case; a value of the wrong type counts as absent. */
record Fields(@Nullable JsonNode node) {
    Fields at(String name) {
        return new Fields(child(name));
    }

    @Nullable String text(String name) {
        JsonNode child = child(name);
        return child == null || !child.isValueNode() || child.asString().isBlank()
                ? null
                : child.asString();
    }

    String text(String name, String fallback) {
        String text = text(name);
        return text == null ? fallback : text;
    }

    int integer(String name, int fallback) {
        String text = text(name);
        try {
            return text == null ? fallback : Integer.parseInt(text.strip());
        } catch (NumberFormatException notANumber) {
            return fallback;
        }
    }

    /** An ISO 8601 duration. */
    Duration duration(String name, Duration fallback) {
        String text = text(name);
        try {
            return text == null ? fallback : Duration.parse(text.strip());
        } catch (DateTimeParseException notADuration) {
            return fallback;
        }
    }

    /** The scalar members as text, in the order of the document. */
    Map<String, String> strings(String name) {
        var strings = new LinkedHashMap<String, String>();
        JsonNode child = child(name);
        if (child != null && child.isObject()) {
            child.properties()
                    .forEach(
                            entry -> {
                                JsonNode value = entry.getValue();
                                if (value.isValueNode() && !value.isNull()) {
                                    strings.put(entry.getKey(), value.asString());
                                }
                            });
        }
        return strings;
    }

    private @Nullable JsonNode child(String name) {
        if (node == null || !node.isObject()) {
            return null;
        }
        JsonNode exact = node.get(name);
        if (exact != null) {
            return exact.isNull() ? null : exact;
        }
        for (Map.Entry<String, JsonNode> entry : node.properties()) {
            if (entry.getKey().equalsIgnoreCase(name)) {
                return entry.getValue().isNull() ? null : entry.getValue();
            }
        }
        return null;
    }
}
