package dev.farol.control.arm;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.NullNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The fields that an object of the API has. Reading checks every value, fills every default, drops
 * what only the server writes, and keeps fields that are not listed: newer clients know more of
 * them.
 */
final class Shape {
    private final List<Field> fields;

    private Shape(List<Field> fields) {
        this.fields = fields;
    }

    static Shape of(Field... fields) {
        return new Shape(List.of(fields));
    }

    List<Field> fields() {
        return fields;
    }

    /** This shape and more fields. */
    Shape and(Field... more) {
        var all = new ArrayList<>(fields);
        all.addAll(List.of(more));
        return new Shape(List.copyOf(all));
    }

    /**
     * One field.
     *
     * @param fallback what stands there when nothing is given; null for nothing
     */
    record Field(String name, ValueType type, Use use, @Nullable JsonNode fallback) {
        enum Use {
            REQUIRED,
            OPTIONAL,
            READ_ONLY
        }

        static Field required(String name, ValueType type) {
            return new Field(name, type, Use.REQUIRED, null);
        }

        static Field optional(String name, ValueType type) {
            return new Field(name, type, Use.OPTIONAL, null);
        }

        static Field optional(String name, ValueType type, String fallback) {
            return new Field(
                    name, type, Use.OPTIONAL, JsonNodeFactory.instance.stringNode(fallback));
        }

        static Field optional(String name, ValueType type, int fallback) {
            return new Field(
                    name, type, Use.OPTIONAL, JsonNodeFactory.instance.numberNode(fallback));
        }

        static Field optional(String name, ValueType type, boolean fallback) {
            return new Field(
                    name, type, Use.OPTIONAL, JsonNodeFactory.instance.booleanNode(fallback));
        }

        /** Absent means an empty object, whose own defaults are filled. */
        static Field filled(String name, ValueType type) {
            return new Field(name, type, Use.OPTIONAL, JsonNodeFactory.instance.objectNode());
        }

        static Field readOnly(String name) {
            return readOnly(name, ValueType.ANYTHING);
        }

        static Field readOnly(String name, ValueType type) {
            return new Field(name, type, Use.READ_ONLY, null);
        }
    }

    /** The canonical object; what is wrong goes to {@code violations}. */
    ObjectNode read(JsonNode given, String pointer, Violations violations) {
        ObjectNode result = JsonNodeFactory.instance.objectNode();
        if (!given.isObject()) {
            violations.add(pointer, ValueType.named(given) + " (expected: an object)");
            return result;
        }
        for (Field field : fields) {
            readField(field, (ObjectNode) given, pointer, violations)
                    .ifPresent(value -> result.set(field.name(), value));
        }
        given.forEachEntry(
                (name, value) -> {
                    if (fields.stream().noneMatch(field -> field.name().equalsIgnoreCase(name))) {
                        result.set(name, value);
                    }
                });
        return result;
    }

    private static Optional<JsonNode> readField(
            Field field, ObjectNode given, String pointer, Violations violations) {
        if (field.use() == Field.Use.READ_ONLY) {
            return Optional.empty();
        }
        String at = below(pointer, field.name());
        JsonNode value = find(given, field.name());
        if (value.isNull()) {
            if (field.use() == Field.Use.REQUIRED) {
                violations.add(at, "'" + field.name() + "' is missing (expected: a value)");
                return Optional.empty();
            }
            JsonNode fallback = field.fallback();
            return fallback == null
                    ? Optional.empty()
                    : Optional.ofNullable(field.type().read(fallback, at, violations));
        }
        return Optional.ofNullable(field.type().read(value, at, violations));
    }

    /** The value under a name in any case; the very name wins. */
    static JsonNode find(ObjectNode object, String name) {
        JsonNode exact = object.get(name);
        if (exact != null) {
            return exact;
        }
        for (String key : object.propertyNames()) {
            if (key.equalsIgnoreCase(name)) {
                return object.get(key);
            }
        }
        return NullNode.instance;
    }

    /** The JSON pointer of a property (RFC 6901). */
    static String below(String pointer, String name) {
        return pointer + "/" + name.replace("~", "~0").replace("/", "~1");
    }
}
