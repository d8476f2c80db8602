package dev.farol.cli.verb;

import dev.farol.cli.doc.Tree;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Collects what is printed of a resource; what is null is left out, as Azure's client does. */
final class View {
    private final Map<String, @Nullable Object> fields = Tree.of();

    /** Starts with the name, the id and, as {@code az} adds it to all, the resource group. */
    View(@Nullable Object resource) {
        String id = Tree.text(resource, "id");
        put("name", Tree.text(resource, "name"));
        put("id", id);
        if (id != null) {
            String[] parts = id.split("/", -1);
            for (int i = 0; i + 1 < parts.length; i++) {
                if (parts[i].equalsIgnoreCase("resourceGroups")) {
                    put("resourceGroup", parts[i + 1]);
                }
            }
        }
    }

    void put(String key, @Nullable Object value) {
        if (value != null) {
            fields.put(key, value);
        }
    }

    /** Who made and changed it, and when. */
    void context(@Nullable Object resource) {
        Map<String, @Nullable Object> data = Tree.of();
        Tree.map(resource, "systemData")
                .forEach(
                        (key, value) -> {
                            String name = Words.snake(key);
                            if (value != null && name != null) {
                                data.put(name, value);
                            }
                        });
        put("creation_context", data.isEmpty() ? null : data);
    }

    Map<String, @Nullable Object> fields() {
        return fields;
    }
}
