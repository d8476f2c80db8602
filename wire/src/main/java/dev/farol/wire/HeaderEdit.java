package dev.farol.wire;

import org.jspecify.annotations.Nullable;

/** Headers on their way through the proxy; names compare without regard to case. */
public interface HeaderEdit {
    /** The first value. */
    @Nullable String get(String name);

    /** Replaces every value. */
    void set(String name, String value);

    void remove(String name);
}
