package dev.farol.cli.doc;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** JSON to maps, lists and scalars, and back. */
public final class JsonText {
    private JsonText() {}

    /**
     * @throws IllegalArgumentException when the bytes are not one JSON value
     */
    public static @Nullable Object parse(byte[] json) {
        try (JsonParser parser = new JsonFactory().createParser(ObjectReadContext.empty(), json)) {
            if (parser.nextToken() == null) {
                throw new IllegalArgumentException("length: 0 (expected: a JSON value)");
            }
            Object value = value(parser);
            if (parser.nextToken() != null) {
                throw new IllegalArgumentException("text after the end of the JSON value");
            }
            return value;
        } catch (JacksonException malformed) {
            throw new IllegalArgumentException(malformed.getOriginalMessage(), malformed);
        }
    }

    private static @Nullable Object value(JsonParser parser) {
        JsonToken token = parser.currentToken();
        return switch (token) {
            case START_OBJECT -> object(parser);
            case START_ARRAY -> array(parser);
            case VALUE_STRING -> parser.getString();
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> parser.getNumberValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> null;
            case null, default -> throw new IllegalArgumentException("unexpected " + token);
        };
    }

    private static Map<String, @Nullable Object> object(JsonParser parser) {
        var map = new LinkedHashMap<String, @Nullable Object>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            parser.nextToken();
            map.put(name, value(parser));
        }
        return map;
    }

    private static List<@Nullable Object> array(JsonParser parser) {
        var list = new ArrayList<@Nullable Object>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            list.add(value(parser));
        }
        return list;
    }

    /** On one line, without blanks. */
    public static String compact(@Nullable Object value) {
        var text = new StringBuilder();
        write(value, text, -1);
        return text.toString();
    }

    /** Indented by two, with the keys in order: what {@code az -o json} prints. */
    public static String pretty(@Nullable Object value) {
        var text = new StringBuilder();
        write(Tree.sorted(value), text, 0);
        return text.toString();
    }

    private static void write(@Nullable Object value, StringBuilder text, int depth) {
        switch (value) {
            case Map<?, ?> map -> {
                Iterator<? extends Map.Entry<?, ?>> entries = map.entrySet().iterator();
                text.append('{');
                while (entries.hasNext()) {
                    Map.Entry<?, ?> entry = entries.next();
                    line(text, depth + 1, depth);
                    quote(String.valueOf(entry.getKey()), text);
                    text.append(depth < 0 ? ":" : ": ");
                    write(entry.getValue(), text, depth < 0 ? depth : depth + 1);
                    text.append(entries.hasNext() ? "," : "");
                }
                close(text, map.isEmpty(), depth).append('}');
            }
            case List<?> list -> {
                Iterator<?> items = list.iterator();
                text.append('[');
                while (items.hasNext()) {
                    line(text, depth + 1, depth);
                    write(items.next(), text, depth < 0 ? depth : depth + 1);
                    text.append(items.hasNext() ? "," : "");
                }
                close(text, list.isEmpty(), depth).append(']');
            }
            case Number number -> text.append(number);
            case Boolean flag -> text.append(flag);
            case null -> text.append("null");
            default -> quote(value.toString(), text);
        }
    }

    private static void line(StringBuilder text, int indent, int depth) {
        if (depth >= 0) {
            text.append('\n').repeat("  ", indent);
        }
    }

    private static StringBuilder close(StringBuilder text, boolean empty, int depth) {
        if (!empty) {
            line(text, depth, depth);
        }
        return text;
    }

    /** Appends the text in double quotes, escaped as JSON (and YAML) want it. */
    static void quote(String value, StringBuilder text) {
        text.append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '"' -> text.append("\\\"");
                case '\\' -> text.append("\\\\");
                case '\n' -> text.append("\\n");
                case '\r' -> text.append("\\r");
                case '\t' -> text.append("\\t");
                default -> {
                    if (c < 0x20 || c == 0x7f) {
                        text.append("\\u00")
                                .append(Character.forDigit(c >> 4, 16))
                                .append(Character.forDigit(c & 15, 16));
                    } else {
                        text.append(c);
                    }
                }
            }
        }
        text.append('"');
    }
}
