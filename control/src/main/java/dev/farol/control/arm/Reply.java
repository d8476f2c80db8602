package dev.farol.control.arm;

import dev.farol.kit.Json;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A body that routes answer, for their description.
 *
 * @param name unique among all
 * @param parts other bodies that the schema refers to
 */
record Reply(String name, ObjectNode schema, List<Reply> parts) {
    static final Reply ERROR = new Reply("ErrorResponse", error());

    Reply(String name, ObjectNode schema) {
        this(name, schema, List.of());
    }

    /** An object of a shape. */
    static Reply of(String name, Shape shape) {
        return new Reply(name, Schemas.of(shape, Schemas.Side.ANSWER));
    }

    /** A resource of a shape, with what all resources have. */
    static Reply resource(String name, Shape shape) {
        ObjectNode schema = Schemas.of(shape, Schemas.Side.ANSWER);
        ObjectNode properties = (ObjectNode) schema.path("properties");
        ArrayNode required = Json.object().arrayNode();
        for (String field : new String[] {"id", "name", "type"}) {
            properties.putObject(field).put("type", "string").put("readOnly", true);
            required.add(field);
        }
        properties.set("systemData", systemData());
        required.add("systemData");
        schema.path("required").forEach(required::add);
        schema.set("required", required);
        return new Reply(name, schema);
    }

    /** An object that has these texts at least. */
    static Reply texts(String name, String... fields) {
        ObjectNode schema = Json.object().put("type", "object");
        ObjectNode properties = schema.putObject("properties");
        ArrayNode required = schema.putArray("required");
        for (String field : fields) {
            properties.putObject(field).put("type", "string");
            required.add(field);
        }
        return new Reply(name, schema);
    }

    /** A page of a list. */
    static Reply list(Reply item) {
        ObjectNode schema = Json.object().put("type", "object");
        ObjectNode properties = schema.putObject("properties");
        ObjectNode value = properties.putObject("value").put("type", "array");
        value.putObject("items").put("$ref", item.reference());
        properties.putObject("nextLink").put("type", "string");
        schema.putArray("required").add("value");
        return new Reply(item.name() + "List", schema, List.of(item));
    }

    /** Anything. */
    static Reply any(String name) {
        return new Reply(name, Json.object());
    }

    String reference() {
        return "#/components/schemas/" + name;
    }

    private static ObjectNode systemData() {
        ObjectNode schema = Json.object().put("type", "object").put("readOnly", true);
        ObjectNode properties = schema.putObject("properties");
        ArrayNode required = schema.putArray("required");
        for (String field :
                new String[] {
                    "createdBy",
                    "createdByType",
                    "createdAt",
                    "lastModifiedBy",
                    "lastModifiedByType",
                    "lastModifiedAt"
                }) {
            ObjectNode property = properties.putObject(field).put("type", "string");
            if (field.endsWith("At")) {
                property.put("format", "date-time");
            }
            required.add(field);
        }
        return schema;
    }

    private static ObjectNode error() {
        ObjectNode detail = Json.object().put("type", "object");
        ObjectNode properties = detail.putObject("properties");
        properties.putObject("code").put("type", "string");
        properties.putObject("message").put("type", "string");
        properties.putObject("target").putArray("type").add("string").add("null");
        properties
                .putObject("details")
                .put("type", "array")
                .putObject("items")
                .put("type", "object")
                .putArray("required")
                .add("code")
                .add("message");
        properties.putObject("additionalInfo").put("type", "array");
        detail.putArray("required").add("code").add("message");
        ObjectNode schema = Json.object().put("type", "object");
        schema.putObject("properties").set("error", detail);
        schema.putArray("required").add("error");
        return schema;
    }
}
