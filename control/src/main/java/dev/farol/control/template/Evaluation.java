package dev.farol.control.template;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Works out the expressions of one template. Parameters and variables are worked out when they are
 * first asked for; {@code if}, {@code and} and {@code or} leave out what does not matter.
 */
final class Evaluation {
    /** What one value may weigh, in nodes and characters: text that doubles itself ends here. */
    static final int MAX_WEIGHT = 1 << 18;

    private static final Set<String> LAZY = Set.of("if", "and", "or");
    private static final List<String> OF_PLACE =
            List.of(
                    "if",
                    "and",
                    "or",
                    "parameters",
                    "variables",
                    "subscription",
                    "resourceGroup",
                    "resourceId",
                    "subscriptionResourceId");

    private final ObjectNode given;
    private final ObjectNode variables;
    private final Place place;
    private final Map<String, JsonNode> done = new HashMap<>();
    private final Set<String> asked = new LinkedHashSet<>();

    /**
     * @param given the values of parameters; a text that is an expression is a default
     */
    Evaluation(ObjectNode given, ObjectNode variables, Place place) {
        this.given = given;
        this.variables = variables;
        this.place = place;
    }

    /** The value of a parameter. */
    JsonNode parameter(String name) {
        return named(
                new Functions.Arguments(
                        "parameters", List.of(JsonNodeFactory.instance.stringNode(name))),
                "parameter",
                given);
    }

    /** A value that is what it is, even where it reads like an expression. */
    static JsonNode plain(JsonNode value) {
        if (value.isString()) {
            return JsonNodeFactory.instance.stringNode(plain(value.asString()));
        }
        if (value instanceof ArrayNode array) {
            ArrayNode result = JsonNodeFactory.instance.arrayNode();
            array.forEach(each -> result.add(plain(each)));
            return result;
        }
        if (value instanceof ObjectNode object) {
            ObjectNode result = JsonNodeFactory.instance.objectNode();
            object.forEachEntry((name, each) -> result.set(plain(name), plain(each)));
            return result;
        }
        return value;
    }

    private static String plain(String text) {
        return text.startsWith("[") ? "[" + text : text;
    }

    /** The value under a name in any case. */
    static @Nullable JsonNode find(ObjectNode object, String name) {
        for (Map.Entry<String, JsonNode> each : object.properties()) {
            if (each.getKey().equalsIgnoreCase(name)) {
                return each.getValue();
            }
        }
        return null;
    }

    /**
     * A tree with all of its expressions worked out.
     *
     * @throws BadExpression when one of them cannot be
     */
    JsonNode tree(JsonNode raw) {
        JsonNode value = build(raw);
        weigh(value, MAX_WEIGHT);
        return value;
    }

    private JsonNode build(JsonNode raw) {
        if (raw.isString()) {
            return text(raw.asString());
        }
        if (raw instanceof ArrayNode array) {
            ArrayNode result = JsonNodeFactory.instance.arrayNode();
            array.forEach(each -> result.add(build(each)));
            return result;
        }
        if (raw instanceof ObjectNode object) {
            ObjectNode result = JsonNodeFactory.instance.objectNode();
            object.forEachEntry(
                    (name, value) -> {
                        JsonNode key = text(name);
                        result.set(key.isString() ? key.asString() : name, build(value));
                    });
            return result;
        }
        return raw;
    }

    private JsonNode text(String text) {
        if (Expression.is(text)) {
            return value(Expression.parse(text));
        }
        return JsonNodeFactory.instance.stringNode(
                text.startsWith("[[") ? text.substring(1) : text);
    }

    private JsonNode value(Expression expression) {
        return switch (expression) {
            case Expression.Literal literal -> literal.value();
            case Expression.Part part -> part(value(part.of()), value(part.key()));
            case Expression.Call call -> call(call);
        };
    }

    private static JsonNode part(JsonNode of, JsonNode key) {
        @Nullable JsonNode found = null;
        if (of instanceof ObjectNode object && key.isString()) {
            found = find(object, key.asString());
        } else if (of instanceof ArrayNode array && key.isInt()) {
            found = array.get(key.asInt());
        }
        if (found == null) {
            throw new BadExpression(
                    "the part "
                            + key
                            + " of "
                            + Functions.shortened(of.toString())
                            + " (expected: one that is there)");
        }
        return found;
    }

    private JsonNode call(Expression.Call call) {
        String name = call.function().toLowerCase(Locale.ROOT);
        if (LAZY.contains(name)) {
            return lazy(name, call.arguments());
        }
        List<JsonNode> values = new ArrayList<>();
        call.arguments().forEach(argument -> values.add(value(argument)));
        var arguments = new Functions.Arguments(call.function(), values);
        return switch (name) {
            case "parameters" -> named(arguments, "parameter", given);
            case "variables" -> named(arguments, "variable", variables);
            case "subscription" -> place.subscriptionView();
            case "resourcegroup" -> group();
            case "resourceid" -> resourceId(arguments);
            case "subscriptionresourceid" -> subscriptionResourceId(arguments);
            default -> {
                if (!Functions.has(name)) {
                    throw BadExpression.notOffered(
                            "the function "
                                    + call.function()
                                    + "() (offered: "
                                    + String.join(", ", offered())
                                    + ")");
                }
                yield Functions.call(call.function(), values);
            }
        };
    }

    private static Set<String> offered() {
        var all = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        all.addAll(OF_PLACE);
        all.addAll(Functions.names());
        return all;
    }

    private JsonNode lazy(String name, List<Expression> arguments) {
        if (name.equals("if")) {
            Functions.counted(name, arguments.size(), 3, 3);
            return value(arguments.get(flag(name, arguments.get(0)) ? 1 : 2));
        }
        Functions.counted(name, arguments.size(), 2, 99);
        boolean decides = name.equals("or");
        for (Expression argument : arguments) {
            if (flag(name, argument) == decides) {
                return JsonNodeFactory.instance.booleanNode(decides);
            }
        }
        return JsonNodeFactory.instance.booleanNode(!decides);
    }

    private boolean flag(String function, Expression argument) {
        return new Functions.Arguments(function, List.of(value(argument))).flag(0);
    }

    /** A parameter or variable, worked out once. */
    private JsonNode named(Functions.Arguments arguments, String kind, ObjectNode all) {
        Functions.counted(arguments.function(), arguments.values().size(), 1, 1);
        String name = arguments.text(0);
        String key = kind + " '" + name.toLowerCase(Locale.ROOT) + "'";
        JsonNode known = done.get(key);
        if (known != null) {
            return known;
        }
        JsonNode raw = find(all, name);
        if (raw == null) {
            throw new BadExpression(
                    "there is no "
                            + kind
                            + " '"
                            + name
                            + "' (there is: "
                            + all.propertyStream()
                                    .map(Map.Entry::getKey)
                                    .sorted()
                                    .collect(Collectors.joining(", "))
                            + ")");
        }
        if (!asked.add(key)) {
            throw new BadExpression("the " + key + " asks for itself: " + asked);
        }
        JsonNode value = tree(raw);
        asked.remove(key);
        done.put(key, value);
        return value;
    }

    private JsonNode group() {
        if (place.resourceGroup().isEmpty()) {
            throw new BadExpression("resourceGroup() in a deployment to a subscription");
        }
        return place.groupView();
    }

    /** {@code resourceId([subscription], [group], type, name…)}. */
    private JsonNode resourceId(Functions.Arguments arguments) {
        int type = type(arguments);
        String subscription = type > 1 ? arguments.text(type - 2) : place.subscription();
        String group = type > 0 ? arguments.text(type - 1) : place.resourceGroup();
        return id(arguments, type, place.in(subscription, group));
    }

    private JsonNode subscriptionResourceId(Functions.Arguments arguments) {
        int type = type(arguments);
        String subscription = type > 0 ? arguments.text(type - 1) : place.subscription();
        return id(arguments, type, place.in(subscription, ""));
    }

    private static JsonNode id(Functions.Arguments arguments, int type, Place where) {
        List<String> names = new ArrayList<>();
        for (int i = type + 1; i < arguments.values().size(); i++) {
            names.add(arguments.text(i));
        }
        return JsonNodeFactory.instance.stringNode(
                where.id(Place.path(arguments.text(type), names)));
    }

    /** Which argument is the type: the first with a slash. */
    private static int type(Functions.Arguments arguments) {
        int last = Math.min(arguments.values().size(), 3);
        for (int i = 0; i < last; i++) {
            if (arguments.text(i).contains("/")) {
                return i;
            }
        }
        throw new BadExpression(
                arguments.function() + "() without a type (expected: one such as Microsoft.A/b)");
    }

    private static int weigh(JsonNode value, int left) {
        int rest = left - (value.isString() ? 1 + value.asString().length() : 1);
        if (rest < 0) {
            throw tooLarge();
        }
        if (value.isContainer()) {
            for (JsonNode each : value) {
                rest = weigh(each, rest);
            }
        }
        return rest;
    }

    static BadExpression tooLarge() {
        return new BadExpression("a value of more than " + MAX_WEIGHT + " characters");
    }
}
