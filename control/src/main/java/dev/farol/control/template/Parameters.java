package dev.farol.control.template;

import dev.farol.kit.Json;
import dev.farol.spec.ErrorCode;
import dev.farol.spec.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The parameters of one template: what it declares, what it is given. */
final class Parameters {
    /** Each type as a deployment shows it. */
    private static final Map<String, String> TYPES = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

    static {
        for (String type :
                List.of(
                        "Array",
                        "Bool",
                        "Int",
                        "Object",
                        "SecureObject",
                        "SecureString",
                        "String")) {
            TYPES.put(type, type);
        }
    }

    private final ObjectNode declared;
    private final ObjectNode given;
    private final String pointer;
    private final List<Problem> problems = new ArrayList<>();

    /**
     * @param pointer where the given ones stand
     */
    Parameters(ObjectNode declared, ObjectNode given, String pointer) {
        this.declared = declared;
        this.given = given;
        this.pointer = pointer;
    }

    /** Everything that was wrong so far. */
    List<Problem> problems() {
        return problems;
    }

    /** The raw values: what is given is never an expression, a default may be one. */
    ObjectNode values() {
        given.forEachEntry(
                (name, value) -> {
                    if (Evaluation.find(declared, name) == null) {
                        wrong(name, "is not one of the template's (it has: " + names() + ")");
                    }
                });
        ObjectNode values = Json.object();
        declared.forEachEntry(
                (name, declaration) -> {
                    JsonNode value = raw(name, declaration);
                    if (value != null) {
                        values.set(name, value);
                    }
                });
        return values;
    }

    private @Nullable JsonNode raw(String name, JsonNode declaration) {
        JsonNode entry = Evaluation.find(given, name);
        if (entry != null && entry.has("reference")) {
            problems.add(
                    Problem.at(
                            ErrorCode.NOT_SUPPORTED,
                            pointer + "/" + name + "/reference",
                            "Parameters out of a key vault are not offered (expected: value)"));
            return null;
        }
        JsonNode value = entry == null ? null : entry.get("value");
        if (value != null && !value.isNull()) {
            return Evaluation.plain(value);
        }
        if (!declaration.has("defaultValue")) {
            wrong(name, "is missing (expected: a value)");
        }
        return declaration.get("defaultValue");
    }

    /** Checks the values against what is declared; answers them as a deployment shows them. */
    ObjectNode shown(Evaluation words) {
        ObjectNode shown = Json.object();
        declared.forEachEntry(
                (name, declaration) -> {
                    JsonNode value;
                    try {
                        value = words.parameter(name);
                    } catch (BadExpression bad) {
                        problems.add(TemplateReader.problem(pointer + "/" + name, bad));
                        return;
                    }
                    ObjectNode entry = shown.putObject(name);
                    String type = check(name, declaration, value);
                    entry.put("type", type);
                    if (!type.startsWith("Secure")) {
                        entry.set("value", value);
                    }
                });
        return shown;
    }

    private String check(String name, JsonNode declaration, JsonNode value) {
        String given = declaration.path("type").asString("");
        String type = TYPES.get(given);
        if (type == null) {
            wrong(
                    name,
                    "has the type '"
                            + given
                            + "' (expected: "
                            + String.join(", ", TYPES.keySet())
                            + ")");
            return "";
        }
        boolean fits =
                switch (type) {
                    case "Array" -> value.isArray();
                    case "Bool" -> value.isBoolean();
                    case "Int" -> value.isIntegralNumber();
                    case "String", "SecureString" -> value.isString();
                    default -> value.isObject();
                };
        if (!fits) {
            wrong(
                    name,
                    "is " + Functions.shortened(value.toString()) + " (expected: " + type + ")");
            return type;
        }
        JsonNode allowed = declaration.path("allowedValues");
        if (allowed.isArray() && allowed.valueStream().noneMatch(each -> same(each, value))) {
            wrong(
                    name,
                    "is "
                            + Functions.shortened(value.toString())
                            + " (expected: one of "
                            + allowed
                            + ")");
        }
        int size = value.isString() ? value.asString().length() : value.size();
        bound(name, "length", size, declaration, "minLength", "maxLength");
        if (value.isIntegralNumber()) {
            bound(name, "value", value.asLong(), declaration, "minValue", "maxValue");
        }
        return type;
    }

    private static boolean same(JsonNode allowed, JsonNode value) {
        return allowed.equals(value)
                || (allowed.isString()
                        && value.isString()
                        && allowed.asString().equalsIgnoreCase(value.asString()));
    }

    private void bound(
            String name, String what, long is, JsonNode declaration, String least, String most) {
        if (is < declaration.path(least).asLong(Long.MIN_VALUE)
                || is > declaration.path(most).asLong(Long.MAX_VALUE)) {
            wrong(
                    name,
                    "has the "
                            + what
                            + " "
                            + is
                            + " (expected: "
                            + declaration.path(least).asString("any")
                            + " to "
                            + declaration.path(most).asString("any")
                            + ")");
        }
    }

    private void wrong(String name, String what) {
        problems.add(
                Problem.at(
                        ErrorCode.TEMPLATE_INVALID,
                        pointer + "/" + name,
                        "The parameter '" + name + "' " + what));
    }

    private String names() {
        return declared.propertyStream()
                .map(Map.Entry::getKey)
                .sorted()
                .collect(Collectors.joining(", "));
    }
}
