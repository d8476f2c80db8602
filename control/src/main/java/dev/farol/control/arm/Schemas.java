package dev.farol.control.arm;

import dev.farol.kit.Json;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** JSON Schema of the shapes: of what is asked for, and of what is answered. */
final class Schemas {
    /** Durations in days and smaller; the format of that name allows no fractions of a second. */
    private static final String SPAN =
            "^P(?=.)([0-9]+D)?(T(?=.)([0-9]+H)?([0-9]+M)?([0-9]+(\\.[0-9]{1,9})?S)?)?$";

    private Schemas() {}

    /** Which side writes a document, and whether it is whole. */
    enum Side {
        /** A client's whole document. */
        REQUEST,
        /** A client's change. */
        CHANGE,
        /** The server's: every default is filled. */
        ANSWER
    }

    static ObjectNode of(ValueType type, Side side) {
        ObjectNode schema = Json.object();
        switch (type) {
            case ValueType.Text text -> schema.put("type", "string");
            case ValueType.Flag flag -> schema.put("type", "boolean");
            case ValueType.Whole whole -> {
                schema.put("type", "integer").put("minimum", whole.min());
                schema.put("maximum", whole.max());
            }
            case ValueType.Decimal decimal -> {
                schema.put("type", "number").put("minimum", decimal.min());
                schema.put("maximum", decimal.max());
            }
            case ValueType.Span span ->
                    schema.put("type", "string")
                            .put("pattern", SPAN)
                            .put(
                                    "description",
                                    "ISO 8601, from " + span.min() + " to " + span.max());
            case ValueType.Choice choice -> {
                schema.put("type", "string");
                ArrayNode values = schema.putArray("enum");
                choice.values().forEach(values::add);
            }
            case ValueType.MapOf map -> {
                schema.put("type", "object");
                schema.set("additionalProperties", of(map.type(), side));
            }
            case ValueType.ListOf list -> {
                schema.put("type", "array");
                schema.set("items", of(list.type(), side));
            }
            case ValueType.ObjectOf object -> {
                return of(object.shape(), side);
            }
            case ValueType.Free free -> schema.put("type", "object");
            case ValueType.Anything anything -> schema.removeAll();
        }
        return schema;
    }

    static ObjectNode of(Shape shape, Side side) {
        ObjectNode schema = Json.object();
        schema.put("type", "object");
        ObjectNode properties = schema.putObject("properties");
        ArrayNode required = Json.object().arrayNode();
        for (Shape.Field field : shape.fields()) {
            boolean readOnly = field.use() == Shape.Field.Use.READ_ONLY;
            ObjectNode property = of(field.type(), side);
            if (readOnly) {
                property.put("readOnly", true);
                nullable(property);
            } else if (field.fallback() != null && !field.fallback().isObject()) {
                property.set("default", field.fallback());
            }
            if (!readOnly || side == Side.ANSWER) {
                properties.set(field.name(), property);
            }
            if (needed(field, side)) {
                required.add(field.name());
            }
        }
        if (!required.isEmpty()) {
            schema.set("required", required);
        }
        return schema;
    }

    private static boolean needed(Shape.Field field, Side side) {
        return switch (side) {
            case CHANGE -> false;
            case REQUEST -> field.use() == Shape.Field.Use.REQUIRED;
            case ANSWER ->
                    field.use() == Shape.Field.Use.REQUIRED
                            || (field.use() == Shape.Field.Use.OPTIONAL
                                    && field.fallback() != null);
        };
    }

    private static void nullable(ObjectNode property) {
        if (property.path("type").isString()) {
            String type = property.path("type").asString("");
            property.putArray("type").add(type).add("null");
        }
    }
}
