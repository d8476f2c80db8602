package dev.farol.wire;

import org.jspecify.annotations.Nullable;

/** Headers on their way through the proxy; names compare without regard to case. */
public interface HeaderEdit {
    /** The first value. */
    @Nullable String get(String name);

    /** Replaces every value. */
    void set(String name, String value);

    /**
     * Replaces every value by one that is known to be of visible letters of ASCII and blanks,
     * because this server made it: it may not be looked through once more.
     */
    default void setPlain(String name, String value) {
        set(name, value);
    }

    void remove(String name);
}
