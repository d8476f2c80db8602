package dev.farol.runtime.triton;

import dev.farol.kit.Json;
import dev.farol.runtime.triton.TextProto.Field;
import dev.farol.runtime.triton.TextProto.Message;
import dev.farol.runtime.triton.TextProto.Scalar;
import dev.farol.runtime.triton.TextProto.Value;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * A configuration as JSON, as loading takes it and as it is shown: the same tree as of the text.
 */
final class JsonFields {
    private static final Path NAME = Path.of("config");
    private static final int MAX_DEPTH = 32;
    private static final Pattern CAPITAL = Pattern.compile("[A-Z]");

    /** What protobuf has as a map: entries of a key and a value in the text, members in JSON. */
    private static final Set<String> MAPS =
            Set.of(
                    "parameters",
                    "input_map",
                    "output_map",
                    "inputs",
                    "cc_model_filenames",
                    "metric_tags",
                    "priority_queue_policy");

    private JsonFields() {}

    static Section section(String json) {
        JsonNode root;
        try {
            root = Json.STRICT.readTree(json);
        } catch (JacksonException wrong) {
            throw Unusable.at(NAME, 1, "the configuration is no JSON");
        }
        if (!root.isObject()) {
            throw Unusable.at(NAME, 1, "the configuration is no JSON object");
        }
        return new Section(NAME, "", 1, fields(root, 0));
    }

    private static List<Field> fields(JsonNode object, int depth) {
        if (depth > MAX_DEPTH) {
            throw Unusable.at(NAME, 1, "nested deeper than " + MAX_DEPTH);
        }
        var fields = new ArrayList<Field>();
        for (var member : object.properties()) {
            String name = snake(member.getKey());
            JsonNode value = member.getValue();
            if (MAPS.contains(name) && value.isObject()) {
                for (var entry : value.properties()) {
                    var key = new Field("key", 1, new Scalar(entry.getKey(), true));
                    var held = new Field("value", 1, value(entry.getValue(), depth + 1));
                    fields.add(new Field(name, 1, new Message(List.of(key, held))));
                }
            } else if (value.isArray()) {
                for (JsonNode each : value) {
                    fields.add(new Field(name, 1, value(each, depth + 1)));
                }
            } else if (says(name, value)) {
                fields.add(new Field(name, 1, value(value, depth + 1)));
            }
        }
        return fields;
    }

    /** What is empty says nothing, but for the rows of a request, where 0 means that none are. */
    private static boolean says(String name, JsonNode value) {
        if (name.equals("max_batch_size")) {
            return !value.isNull();
        }
        if (value.isNumber()) {
            return value.doubleValue() != 0;
        }
        return switch (value.getNodeType()) {
            case NULL -> false;
            case BOOLEAN -> value.booleanValue();
            case STRING -> !value.stringValue().isEmpty();
            default -> true;
        };
    }

    private static Value value(JsonNode value, int depth) {
        if (value.isObject()) {
            return new Message(fields(value, depth));
        }
        if (value.isString()) {
            return new Scalar(value.stringValue(), true);
        }
        return new Scalar(value.toString(), false);
    }

    /** Protobuf's JSON has both forms of a name. */
    private static String snake(String name) {
        return CAPITAL.matcher(name)
                .replaceAll(capital -> "_" + capital.group().toLowerCase(Locale.ROOT));
    }
}
