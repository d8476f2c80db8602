package dev.farol.control.template;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.BooleanNode;
import tools.jackson.databind.node.IntNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/**
 * The functions of the language that need nothing but their arguments. What asks a running cloud
 * ({@code reference}, {@code listKeys}, …) is not among them.
 */
final class Functions {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final int UNIQUE_LENGTH = 13;
    private static final String UNIQUE_LETTERS = "abcdefghijklmnopqrstuvwxyz234567";

    private record Known(int least, int most, Function<Arguments, JsonNode> body) {}

    private static final Map<String, Known> ALL = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

    static {
        add("array", 1, 1, a -> a.of(0) instanceof ArrayNode array ? array : a.list());
        add("bool", 1, 1, a -> flag(a.flag(0)));
        add("coalesce", 1, 99, Functions::coalesce);
        add("concat", 1, 999, Functions::concat);
        add("contains", 2, 2, a -> flag(contains(a)));
        add("createArray", 0, 999, Arguments::list);
        add("empty", 1, 1, a -> flag(empty(a.of(0))));
        add("equals", 2, 2, a -> flag(a.of(0).equals(a.of(1))));
        add("false", 0, 0, a -> BooleanNode.FALSE);
        add("format", 1, 99, Functions::format);
        add("greater", 2, 2, a -> flag(a.whole(0) > a.whole(1)));
        add("guid", 1, 99, a -> text(uuid(a.joined("-")).toString()));
        add("int", 1, 1, a -> IntNode.valueOf(a.whole(0)));
        add("json", 1, 1, a -> json(a.text(0)));
        add("length", 1, 1, a -> IntNode.valueOf(length(a.of(0))));
        add("less", 2, 2, a -> flag(a.whole(0) < a.whole(1)));
        add("newGuid", 0, 0, a -> text(UUID.randomUUID().toString()));
        add("not", 1, 1, a -> flag(!a.flag(0)));
        add("null", 0, 0, a -> NODES.nullNode());
        add("replace", 3, 3, a -> text(replaced(a.text(0), a.text(1), a.text(2))));
        add("split", 2, 2, Functions::split);
        add("string", 1, 1, a -> text(written(a.of(0))));
        add("substring", 2, 3, Functions::substring);
        add("toLower", 1, 1, a -> text(a.text(0).toLowerCase(Locale.ROOT)));
        add("toUpper", 1, 1, a -> text(a.text(0).toUpperCase(Locale.ROOT)));
        add("trim", 1, 1, a -> text(a.text(0).strip()));
        add("true", 0, 0, a -> BooleanNode.TRUE);
        add("uniqueString", 1, 99, a -> text(unique(a.joined("-"))));
    }

    private Functions() {}

    private static void add(String name, int least, int most, Function<Arguments, JsonNode> body) {
        ALL.put(name, new Known(least, most, body));
    }

    static Collection<String> names() {
        return ALL.keySet();
    }

    static boolean has(String name) {
        return ALL.containsKey(name);
    }

    static JsonNode call(String name, List<JsonNode> values) {
        Known known = ALL.get(name);
        if (known == null) {
            throw new IllegalArgumentException(name);
        }
        counted(name, values.size(), known.least(), known.most());
        return known.body().apply(new Arguments(name, values));
    }

    /** Whether a function got as many arguments as it takes. */
    static void counted(String name, int given, int least, int most) {
        if (given < least || given > most) {
            throw new BadExpression(
                    name
                            + "() with "
                            + given
                            + " arguments (expected: "
                            + (least == most ? least : least + " to " + most)
                            + ")");
        }
    }

    /** The values that a function is called with. */
    record Arguments(String function, List<JsonNode> values) {
        JsonNode of(int index) {
            return values.get(index);
        }

        String text(int index) {
            JsonNode value = of(index);
            if (!value.isString()) {
                throw wrong(index, "text");
            }
            return value.asString();
        }

        boolean flag(int index) {
            JsonNode value = of(index);
            String text = value.isString() ? value.asString().toLowerCase(Locale.ROOT) : "";
            if (value.isBoolean() || text.equals("true") || text.equals("false")) {
                return value.isBoolean() ? value.asBoolean() : text.equals("true");
            }
            throw wrong(index, "true or false");
        }

        int whole(int index) {
            JsonNode value = of(index);
            if (value.isInt() || (value.isString() && value.asString().matches("-?[0-9]{1,9}"))) {
                return value.isInt() ? value.asInt() : Integer.parseInt(value.asString());
            }
            throw wrong(index, "a whole number");
        }

        ArrayNode list() {
            ArrayNode array = NODES.arrayNode();
            values.forEach(array::add);
            return array;
        }

        String joined(String between) {
            List<String> texts = new ArrayList<>();
            for (int i = 0; i < values.size(); i++) {
                texts.add(text(i));
            }
            return String.join(between, texts);
        }

        BadExpression wrong(int index, String expected) {
            return new BadExpression(
                    function
                            + "() with "
                            + shortened(of(index).toString())
                            + " as argument "
                            + (index + 1)
                            + " (expected: "
                            + expected
                            + ")");
        }
    }

    static String shortened(String text) {
        return text.length() <= 60 ? text : text.substring(0, 60) + "…";
    }

    private static JsonNode flag(boolean value) {
        return BooleanNode.valueOf(value);
    }

    private static JsonNode text(String value) {
        return StringNode.valueOf(value);
    }

    private static JsonNode coalesce(Arguments arguments) {
        return arguments.values().stream()
                .filter(value -> !value.isNull())
                .findFirst()
                .orElseGet(NODES::nullNode);
    }

    private static JsonNode concat(Arguments arguments) {
        if (arguments.of(0) instanceof ArrayNode) {
            ArrayNode all = NODES.arrayNode();
            for (int i = 0; i < arguments.values().size(); i++) {
                if (!(arguments.of(i) instanceof ArrayNode part)) {
                    throw arguments.wrong(i, "an array, as the first is");
                }
                all.addAll(part);
                limited(all.size());
            }
            return all;
        }
        var all = new StringBuilder();
        for (int i = 0; i < arguments.values().size(); i++) {
            if (arguments.of(i).isContainer()) {
                throw arguments.wrong(i, "text");
            }
            all.append(written(arguments.of(i)));
            limited(all.length());
        }
        return text(all.toString());
    }

    private static boolean contains(Arguments arguments) {
        JsonNode where = arguments.of(0);
        if (where instanceof ArrayNode array) {
            return array.valueStream().anyMatch(arguments.of(1)::equals);
        }
        return where instanceof ObjectNode object
                ? Evaluation.find(object, arguments.text(1)) != null
                : arguments.text(0).contains(arguments.text(1));
    }

    private static boolean empty(JsonNode value) {
        return value.isNull()
                || (value.isContainer() && value.isEmpty())
                || (value.isString() && value.asString().isEmpty());
    }

    private static int length(JsonNode value) {
        if (value.isContainer() || value.isString()) {
            return value.isString() ? value.asString().length() : value.size();
        }
        throw new BadExpression(
                "length() of " + value + " (expected: text, an array or an object)");
    }

    private static JsonNode format(Arguments arguments) {
        String result = arguments.text(0);
        for (int i = 1; i < arguments.values().size(); i++) {
            result = replaced(result, "{" + (i - 1) + "}", written(arguments.of(i)));
        }
        return text(result);
    }

    private static String replaced(String text, String old, String fresh) {
        if (old.isEmpty()) {
            throw new BadExpression("replace() of '' (expected: text)");
        }
        var result = new StringBuilder();
        int from = 0;
        for (int at = text.indexOf(old); at >= 0; at = text.indexOf(old, from)) {
            result.append(text, from, at).append(fresh);
            limited(result.length());
            from = at + old.length();
        }
        return result.append(text, from, text.length()).toString();
    }

    private static void limited(int length) {
        if (length > Evaluation.MAX_WEIGHT) {
            throw Evaluation.tooLarge();
        }
    }

    private static JsonNode json(String given) {
        try {
            return dev.farol.kit.Json.STRICT.readTree(given);
        } catch (JacksonException malformed) {
            throw new BadExpression("json('" + shortened(given) + "') (expected: JSON)");
        }
    }

    private static JsonNode split(Arguments arguments) {
        ArrayNode parts = NODES.arrayNode();
        for (String part :
                arguments.text(0).split(java.util.regex.Pattern.quote(arguments.text(1)), -1)) {
            parts.add(part);
        }
        return parts;
    }

    private static JsonNode substring(Arguments arguments) {
        String whole = arguments.text(0);
        int from = arguments.whole(1);
        int to = arguments.values().size() > 2 ? from + arguments.whole(2) : whole.length();
        if (from < 0 || to < from || to > whole.length()) {
            throw arguments.wrong(1, "a part of the text, which has " + whole.length());
        }
        return text(whole.substring(from, to));
    }

    private static String written(JsonNode value) {
        return value.isString() ? value.asString() : value.toString();
    }

    private static UUID uuid(String from) {
        return UUID.nameUUIDFromBytes(from.getBytes(StandardCharsets.UTF_8));
    }

    /** Thirteen letters and digits that another text hardly has; not those that Azure makes. */
    private static String unique(String from) {
        UUID bits = uuid(from);
        var unique = new StringBuilder();
        long rest = bits.getMostSignificantBits() ^ bits.getLeastSignificantBits();
        for (int i = 0; i < UNIQUE_LENGTH; i++) {
            unique.append(UNIQUE_LETTERS.charAt((int) (rest & 31)));
            rest >>>= 5;
        }
        return unique.toString();
    }
}
