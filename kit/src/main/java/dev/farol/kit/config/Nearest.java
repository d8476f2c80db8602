package dev.farol.kit.config;

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
                        .min(Comparator.comparingInt(each -> distance(plain(each), plain(unknown))))
                        .orElseThrow();
        int far = Math.max(2, unknown.length() / 3);
        return distance(plain(nearest), plain(unknown)) <= far
                ? "did you mean '" + nearest + "'?"
                : "known here: " + String.join(", ", known);
    }

    private static String plain(String key) {
        return key.toLowerCase(Locale.ROOT).replaceAll("[-_]", "");
    }

    /** Levenshtein's. */
    static int distance(String one, String other) {
        int[] row = new int[other.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= one.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int replaced = diagonal + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[other.length()];
    }
}
