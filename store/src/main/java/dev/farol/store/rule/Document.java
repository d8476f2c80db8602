package dev.farol.store.rule;

import dev.farol.kit.Json;
import java.util.regex.Pattern;
import tools.jackson.databind.node.ObjectNode;

/** Documents as they are kept: JSON text, so that no caller shares a tree with the store. */
public final class Document {
    /** Halves of surrogate pairs, which JSON may hold but UTF-8 may not. */
    private static final Pattern LONELY = Pattern.compile("\\p{Cs}");

    private Document() {}

    public static String text(ObjectNode document) {
        String text = Json.STRICT.writeValueAsString(document);
        return LONELY.matcher(text)
                .replaceAll(half -> "\\\\u%04x".formatted((int) half.group().charAt(0)));
    }

    public static ObjectNode read(String text) {
        return Json.STRICT.readValue(text, ObjectNode.class);
    }

    /** Whether two texts say the same, whatever the order of their fields. */
    static boolean same(String one, String other) {
        return one.equals(other) || read(one).equals(read(other));
    }
}
