package dev.farol.store.rule;

import dev.farol.spec.ResourceId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Ids as text and back, in the spelling they came in, and the lower-case keys they compare by. */
public final class Key {
    private static final int WORKSPACE_SEGMENTS = 9;

    private Key() {}

    /** The id that {@link ResourceId#toString} wrote. */
    public static ResourceId id(String text) {
        String[] parts = text.split("/", -1);
        List<ResourceId.Segment> path = new ArrayList<>();
        for (int i = WORKSPACE_SEGMENTS; i + 1 < parts.length; i += 2) {
            path.add(new ResourceId.Segment(parts[i], parts[i + 1]));
        }
        return new ResourceId(
                ResourceId.root(parts[7]).orElseThrow(), parts[2], parts[4], parts[8], path);
    }

    /** The text that {@link #id} reads. */
    public static String text(ResourceId id) {
        String text = id.toString();
        if (!id(text).equals(id)) {
            throw new IllegalArgumentException("A segment with a slash: " + text);
        }
        return text;
    }

    /** What all keys below {@code key} start with. */
    public static String below(String key) {
        return key + "/";
    }

    /** The first text after all that start with {@link #below}. */
    public static String afterBelow(String key) {
        return key + "0"; // the character after '/'
    }

    public static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }
}
