package dev.farol.cli.doc;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Ways into a document of maps with text keys, lists and scalars. A step that is missing, null or
 * not a map ends in nothing, never in an exception.
 */
public final class Tree {
    private Tree() {}

    public static @Nullable Object at(@Nullable Object tree, String... path) {
        Object here = tree;
        for (String step : path) {
            if (!(here instanceof Map<?, ?> map)) {
                return null;
            }
            here = map.get(step);
        }
        return here;
    }

    /** The scalar at the end of the path as text. */
    public static @Nullable String text(@Nullable Object tree, String... path) {
        Object found = at(tree, path);
        return found == null || found instanceof Map || found instanceof List
                ? null
                : found.toString();
    }

    /** The scalar of a key as text. */
    public static String textOr(@Nullable Object tree, String key, String otherwise) {
        String found = text(tree, key);
        return found == null ? otherwise : found;
    }

    /** The map at the end of the path; empty when there is none. */
    public static Map<String, @Nullable Object> map(@Nullable Object tree, String... path) {
        var copy = new LinkedHashMap<String, @Nullable Object>();
        if (at(tree, path) instanceof Map<?, ?> found) {
            found.forEach((key, value) -> copy.put(String.valueOf(key), value));
        }
        return copy;
    }

    /** The list at the end of the path; empty when there is none. */
    public static List<?> list(@Nullable Object tree, String... path) {
        return at(tree, path) instanceof List<?> found ? found : List.of();
    }

    /** A new map of pairs, in their order. */
    public static Map<String, @Nullable Object> of(@Nullable Object... keysAndValues) {
        var map = new LinkedHashMap<String, @Nullable Object>();
        for (int i = 0; i + 1 < keysAndValues.length; i += 2) {
            map.put(String.valueOf(keysAndValues[i]), keysAndValues[i + 1]);
        }
        return map;
    }

    /** The same document with the keys of every map in order. */
    public static @Nullable Object sorted(@Nullable Object tree) {
        return switch (tree) {
            case Map<?, ?> map -> {
                var sorted = new TreeMap<String, @Nullable Object>();
                map.forEach((key, value) -> sorted.put(String.valueOf(key), sorted(value)));
                yield new LinkedHashMap<>(sorted);
            }
            case List<?> list -> list.stream().map(Tree::sorted).toList();
            case null, default -> tree;
        };
    }
}
