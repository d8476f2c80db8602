package dev.farol.cli.yaml;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A value of a YAML document together with where it stands. */
public sealed interface Node {
    At at();

    /** What kind of value this is, in a user's words. */
    String noun();

    /**
     * @param text as written, without quotes
     * @param plain whether it was written without quotes, so that it may be a number, a boolean or
     *     null
     */
    record Scalar(At at, String text, boolean plain) implements Node {
        boolean isNull() {
            return plain && (text.isEmpty() || text.equals("~") || text.equalsIgnoreCase("null"));
        }

        /** The YAML 1.1 reading that Azure's own client has: yes and on are booleans too. */
        @Nullable Boolean flag() {
            if (!plain) {
                return null;
            }
            return switch (text.toLowerCase(java.util.Locale.ROOT)) {
                case "true", "yes", "on" -> true;
                case "false", "no", "off" -> false;
                default -> null;
            };
        }

        @Override
        public String noun() {
            return isNull() ? "nothing" : "'" + text + "'";
        }
    }

    record Items(At at, List<Node> items) implements Node {
        @Override
        public String noun() {
            return "a list";
        }
    }

    /** A key's own place and its value. */
    record Entry(At keyAt, Node value) {}

    /** Mutable, so that {@code --set} can change it before it is checked. */
    record Fields(At at, Map<String, Entry> entries) implements Node {
        public static Fields empty(At at) {
            return new Fields(at, new LinkedHashMap<>());
        }

        @Override
        public String noun() {
            return "a mapping";
        }

        public @Nullable Node value(String key) {
            Entry entry = entries.get(key);
            return entry == null ? null : entry.value();
        }

        public void put(At at, String key, Node value) {
            entries.put(key, new Entry(at, value));
        }
    }

    /** A node for a document that came from elsewhere, such as the answer of the service. */
    static Node of(At at, @Nullable Object value) {
        return switch (value) {
            case null -> new Scalar(at, "", true);
            case Map<?, ?> map -> {
                Fields fields = Fields.empty(at);
                map.forEach((key, inner) -> fields.put(at, String.valueOf(key), of(at, inner)));
                yield fields;
            }
            case List<?> list -> {
                var items = new ArrayList<Node>();
                list.forEach(item -> items.add(of(at, item)));
                yield new Items(at, items);
            }
            case String text -> new Scalar(at, text, false);
            default -> new Scalar(at, value.toString(), true);
        };
    }

    /** The value as plain collections and scalars, plain text read as YAML's JSON types. */
    default @Nullable Object content() {
        return switch (this) {
            case Fields fields -> {
                var map = new LinkedHashMap<String, @Nullable Object>();
                fields.entries().forEach((key, entry) -> map.put(key, entry.value().content()));
                yield map;
            }
            case Items list -> {
                var items = new ArrayList<@Nullable Object>();
                list.items().forEach(item -> items.add(item.content()));
                yield items;
            }
            case Scalar scalar -> Scalars.typed(scalar);
        };
    }
}
