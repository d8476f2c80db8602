package dev.farol.wire.proxy;

import io.netty.util.AsciiString;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Header names as Netty looks them up: it hashes a {@code String} anew each time, letter by letter,
 * and an {@code AsciiString} once.
 */
final class HeaderName {
    /** Names come from code and configuration, of which there is little; more are not kept. */
    private static final int MOST = 256;

    private static final ConcurrentHashMap<String, AsciiString> known = new ConcurrentHashMap<>();

    private HeaderName() {}

    static CharSequence of(String name) {
        AsciiString kept = known.get(name);
        if (kept != null) {
            return kept;
        }
        if (known.size() >= MOST) {
            return name;
        }
        AsciiString made = AsciiString.cached(name);
        known.put(name, made);
        return made;
    }
}
