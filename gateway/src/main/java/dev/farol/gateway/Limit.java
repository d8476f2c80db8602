package dev.farol.gateway;

import dev.farol.wire.Headers;

/**
 * A limit that a request ran into, as its answer tells of it.
 *
 * @param name as users set it
 * @param value with its unit
 * @param setBy whose setting it is
 * @param cure what would lift it
 */
record Limit(String name, String value, String setBy, String cure) {
    static final String HEADER = "x-farol-limit";

    /** {@code max_pending=4; set-by="deployment blue"}. */
    String header() {
        return name + "=" + value + "; set-by=\"" + setBy.replace("\"", "'") + "\"";
    }

    void addTo(Headers headers) {
        headers.set(HEADER, header());
    }

    /** What the limit is and what lifts it, as sentences. */
    String sentence() {
        return "The limit " + name + " is " + value + ", set by " + setBy + ". " + cure;
    }
}
