package dev.farol.kit;

import java.util.Arrays;
import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** How alike words are. */
public final class Spelling {
    private Spelling() {}

    /**
     * The known word that a misspelt one most likely meant: with a third of its letters changed at
     * most, or with the same letters in another order. Big and small letters, and the dashes and
     * underscores around and between words, make no difference.
     */
    public static Optional<String> nearest(String misspelt, Collection<String> known) {
        String word = plain(misspelt);
        String best = null;
        int least = Math.max(1, word.length() / 3) + 1;
        for (String each : known) {
            String other = plain(each);
            int distance = letters(word).equals(letters(other)) ? 1 : distance(word, other);
            if (distance < least) {
                least = distance;
                best = each;
            }
        }
        return Optional.ofNullable(best);
    }

    private static String plain(String word) {
        return word.toLowerCase(Locale.ROOT).replaceAll("[-_]", "");
    }

    private static String letters(String word) {
        char[] letters = word.toCharArray();
        Arrays.sort(letters);
        return new String(letters);
    }

    /** How many letters must be changed, put in or left out: Levenshtein's distance. */
    public static int distance(String one, String other) {
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
