package dev.farol.store.rule;

import dev.farol.kit.Json;
import tools.jackson.databind.node.ObjectNode;

/** Documents as they are kept: JSON text, so that no caller shares a tree with the store. */
public final class Document {
    private Document() {}

    public static String text(ObjectNode document) {
        return Json.STRICT.writeValueAsString(document);
    }

    public static ObjectNode read(String text) {
        return Json.STRICT.readValue(text, ObjectNode.class);
    }

    /** Whether two texts say the same, whatever the order of their fields. */
    static boolean same(String one, String other) {
        return one.equals(other) || read(one).equals(read(other));
    }
}
