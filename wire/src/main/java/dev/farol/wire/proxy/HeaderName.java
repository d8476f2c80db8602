package dev.farol.wire.proxy;

import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/**
 * Header names as {@code HttpHeaders} look them up best: they hash or compare a {@code String}
 * letter by letter each time, and an {@code AsciiString} of code and configuration is made once.
 */
final class HeaderName {
    /** A power of two. Two names of one place push each other out, which costs time and no more. */
    private static final int PLACES = 512;

    private static final @Nullable Known[] known = new Known[PLACES];

    private record Known(String text, AsciiString name) {}

    private HeaderName() {}

    static AsciiString of(String name) {
        int hash = name.hashCode();
        int place = (hash ^ hash >>> 16) & PLACES - 1;
        Known kept = known[place];
        if (kept != null && kept.text.equals(name)) {
            return kept.name;
        }
        AsciiString made = AsciiString.cached(name);
        known[place] = new Known(name, made);
        return made;
    }
}
