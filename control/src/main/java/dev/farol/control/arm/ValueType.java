package dev.farol.control.arm;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.BooleanNode;
import tools.jackson.databind.node.DoubleNode;
import tools.jackson.databind.node.IntNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/**
 * What a field may hold. Reading is generous about the spelling (numbers and switches as text, any
 * case of enum values, contracts §1.5 and §2.8) and answers the canonical value.
 */
sealed interface ValueType {
    /** The canonical value, or null after a violation was added. */
    @Nullable JsonNode read(JsonNode given, String pointer, Violations violations);

    ValueType TEXT = new Text();
    ValueType FLAG = new Flag();
    ValueType TEXT_MAP = new MapOf(TEXT);
    ValueType ANYTHING = new Anything();
    ValueType FREE = new Free();

    static ValueType whole(int min, int max) {
        return new Whole(min, max);
    }

    static ValueType span(Duration min, Duration max) {
        return new Span(min, max);
    }

    static ValueType choice(String... values) {
        return new Choice(List.of(values));
    }

    /** Text; numbers and switches are taken as their text. */
    record Text() implements ValueType {
        @Override
        public @Nullable JsonNode read(JsonNode given, String pointer, Violations violations) {
            if (given.isString()) {
                return given;
            }
            if (given.isNumber() || given.isBoolean()) {
                return StringNode.valueOf(given.asString());
            }
            violations.add(pointer, named(given) + " (expected: text)");
            return null;
        }
    }

    /** True or false. */
    record Flag() implements ValueType {
        @Override
        public @Nullable JsonNode read(JsonNode given, String pointer, Violations violations) {
            if (given.isBoolean()) {
                return given;
            }
            String text = given.isString() ? given.asString().toLowerCase(Locale.ROOT) : "";
            if (text.equals("true") || text.equals("false")) {
                return BooleanNode.valueOf(text.equals("true"));
            }
            violations.add(pointer, named(given) + " (expected: true or false)");
            return null;
        }
    }

    /** A whole number; both bounds are allowed values. */
    record Whole(int min, int max) implements ValueType {
        @Override
        public @Nullable JsonNode read(JsonNode given, String pointer, Violations violations) {
            BigDecimal number = number(given);
            if (number == null
                    || number.stripTrailingZeros().scale() > 0
                    || number.compareTo(BigDecimal.valueOf(min)) < 0
                    || number.compareTo(BigDecimal.valueOf(max)) > 0) {
                violations.add(
                        pointer,
                        named(given)
                                + " (expected: a whole number, "
                                + (max == Integer.MAX_VALUE ? min + " or more" : min + " to " + max)
                                + ")");
                return null;
            }
            return IntNode.valueOf(number.intValueExact());
        }
    }

    /** A number; both bounds are allowed values. */
    record Decimal(BigDecimal min, BigDecimal max) implements ValueType {
        @Override
        public @Nullable JsonNode read(JsonNode given, String pointer, Violations violations) {
            BigDecimal number = number(given);
            if (number == null || number.compareTo(min) < 0 || number.compareTo(max) > 0) {
                violations.add(
                        pointer,
                        named(given) + " (expected: a number, " + min + " to " + max + ")");
                return null;
            }
            // As a stored document reads back, so that equal documents are equal.
            return number.stripTrailingZeros().scale() <= 0
                    ? IntNode.valueOf(number.intValueExact())
                    : DoubleNode.valueOf(number.doubleValue());
        }
    }

    /** An ISO 8601 duration; both bounds are allowed values. */
    record Span(Duration min, Duration max) implements ValueType {
        @Override
        public @Nullable JsonNode read(JsonNode given, String pointer, Violations violations) {
            Duration duration = given.isString() ? parse(given.asString().strip()) : null;
            if (duration == null || duration.compareTo(min) < 0 || duration.compareTo(max) > 0) {
                violations.add(
                        pointer,
                        named(given)
                                + " (expected: an ISO 8601 duration from "
                                + min
                                + " to "
                                + max
                                + ", such as PT5S)");
                return null;
            }
            return StringNode.valueOf(duration.toString());
        }

        private static @Nullable Duration parse(String text) {
            try {
                return Duration.parse(text);
            } catch (DateTimeParseException notOne) {
                return null;
            }
        }
    }

    /** One of some words, in any case; the answer has the word as listed. */
    record Choice(List<String> values) implements ValueType {
        @Override
        public @Nullable JsonNode read(JsonNode given, String pointer, Violations violations) {
            String text = given.isString() ? given.asString().replace(" ", "") : "";
            for (String value : values) {
                if (value.equalsIgnoreCase(text)) {
                    return StringNode.valueOf(value);
                }
            }
            violations.add(
                    pointer, named(given) + " (expected: " + String.join(", ", values) + ")");
            return null;
        }
    }

    /** An object of any keys, all values of one type; null values are left out. */
    record MapOf(ValueType type) implements ValueType {
        @Override
        public @Nullable JsonNode read(JsonNode given, String pointer, Violations violations) {
            if (!given.isObject()) {
                violations.add(pointer, named(given) + " (expected: an object)");
                return null;
            }
            ObjectNode map = JsonNodeFactory.instance.objectNode();
            given.forEachEntry(
                    (key, value) -> {
                        JsonNode read =
                                value.isNull()
                                        ? null
                                        : type.read(value, Shape.below(pointer, key), violations);
                        if (read != null) {
                            map.set(key, read);
                        }
                    });
            return map;
        }
    }

    /** An object of known fields. */
    record ObjectOf(Shape shape) implements ValueType {
        @Override
        public JsonNode read(JsonNode given, String pointer, Violations violations) {
            return shape.read(given, pointer, violations);
        }
    }

    /** An object, kept as it came. */
    record Free() implements ValueType {
        @Override
        public @Nullable JsonNode read(JsonNode given, String pointer, Violations violations) {
            if (given.isObject()) {
                return given;
            }
            violations.add(pointer, named(given) + " (expected: an object)");
            return null;
        }
    }

    /** A list, all values of one type. */
    record ListOf(ValueType type) implements ValueType {
        @Override
        public @Nullable JsonNode read(JsonNode given, String pointer, Violations violations) {
            if (!given.isArray()) {
                violations.add(pointer, named(given) + " (expected: a list)");
                return null;
            }
            ArrayNode list = JsonNodeFactory.instance.arrayNode();
            for (int i = 0; i < given.size(); i++) {
                JsonNode read = type.read(given.path(i), pointer + "/" + i, violations);
                if (read != null) {
                    list.add(read);
                }
            }
            return list;
        }
    }

    /** Kept as it came. */
    record Anything() implements ValueType {
        @Override
        public JsonNode read(JsonNode given, String pointer, Violations violations) {
            return given;
        }
    }

    /** How messages show a value: short, and never a whole document. */
    static String named(JsonNode value) {
        if (value.isObject()) {
            return "an object";
        }
        if (value.isArray()) {
            return "a list";
        }
        return quoted(value.asString());
    }

    /** A text that came from outside, for messages: short, but an id keeps its end, the name. */
    static String quoted(String text) {
        int length = text.length();
        return "'"
                + (length > 320 ? text.substring(0, 160) + "…" + text.substring(length - 80) : text)
                + "'";
    }

    private static @Nullable BigDecimal number(JsonNode given) {
        try {
            if (given.isNumber()) {
                return given.decimalValue();
            }
            String text = given.isString() ? given.asString().strip() : "";
            // Longer texts are no sensible number, and costly to compare.
            return text.isEmpty() || text.length() > 32 ? null : new BigDecimal(text);
        } catch (NumberFormatException | ArithmeticException notOne) {
            return null;
        }
    }
}
