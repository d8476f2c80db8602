package dev.farol.cli.yaml;

import dev.farol.kit.Spelling;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The keys of a definition or of a section of one.
 *
 * @param kind the name in {@code $schema}, such as {@code managedOnlineEndpoint}; empty for a
 *     section
 */
public record Schema(String kind, Map<String, Key> keys) {
    /** A key, what it holds, and whether a definition without it is refused. */
    public record Key(String name, Type type, boolean required) {}

    public Schema {
        keys = Collections.unmodifiableMap(new LinkedHashMap<>(keys));
    }

    static Builder named(String kind) {
        return new Builder(kind);
    }

    static Builder section() {
        return new Builder("");
    }

    /** The known key that a misspelt one most likely meant. */
    @Nullable String nearest(String unknown) {
        return Spelling.nearest(unknown, offered()).orElse(null);
    }

    /** What a user may write, without what is only printed or refused. */
    List<String> offered() {
        var names = new ArrayList<String>();
        for (Key key : keys.values()) {
            if (!(key.type() instanceof Type.Printed) && !(key.type() instanceof Type.Refused)) {
                names.add(key.name());
            }
        }
        names.remove("$schema");
        return names;
    }

    /** Collects keys in their order. */
    static final class Builder {
        private final String kind;
        private final Map<String, Key> keys = new LinkedHashMap<>();

        private Builder(String kind) {
            this.kind = kind;
        }

        Builder required(String name, Type type) {
            keys.put(name, new Key(name, type, true));
            return this;
        }

        Builder key(String name, Type type) {
            keys.put(name, new Key(name, type, false));
            return this;
        }

        Builder refused(String name, String why, String instead) {
            return key(name, new Type.Refused(why, instead));
        }

        Builder printed(String... names) {
            for (String name : names) {
                key(name, new Type.Printed());
            }
            return this;
        }

        Schema build() {
            return new Schema(kind, keys);
        }
    }
}
