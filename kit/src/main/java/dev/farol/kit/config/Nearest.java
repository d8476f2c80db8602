package dev.farol.kit.config;

import dev.farol.kit.Spelling;
import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;

/** Finds what someone meant. */
final class Nearest {
    private Nearest() {}

    /** Says what is known: the nearest when one is near, else all. */
    static String hint(String unknown, Collection<String> known) {
        if (known.isEmpty()) {
            return "there are no settings here";
        }
        String nearest =
                known.stream()
                        .min(
                                Comparator.comparingInt(
                                        each -> Spelling.distance(plain(each), plain(unknown))))
                        .orElseThrow();
        int far = Math.max(2, unknown.length() / 3);
        return Spelling.distance(plain(nearest), plain(unknown)) <= far
                ? "did you mean '" + nearest + "'?"
                : "known here: " + String.join(", ", known);
    }

    private static String plain(String key) {
        return key.toLowerCase(Locale.ROOT).replaceAll("[-_]", "");
    }
}
