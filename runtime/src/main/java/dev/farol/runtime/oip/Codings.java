package dev.farol.runtime.oip;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Which coding a caller would like best of those that there are. */
final class Codings {
    private Codings() {}

    /**
     * @param accepted the value of {@code Accept-Encoding}
     * @return {@code gzip} or {@code deflate}; null for none
     */
    static @Nullable String best(String accepted) {
        String best = null;
        double most = 0;
        for (String part : accepted.toLowerCase(Locale.ROOT).split(",", -1)) {
            String[] fields = part.strip().split(";", -1);
            String coding = fields[0].strip();
            double quality = fields.length > 1 ? quality(fields[1].strip()) : 1;
            boolean known = coding.equals("gzip") || coding.equals("deflate");
            if (known && quality > most) {
                best = coding;
                most = quality;
            }
        }
        return best;
    }

    private static double quality(String field) {
        try {
            return field.startsWith("q=") ? Double.parseDouble(field.substring(2)) : 1;
        } catch (NumberFormatException none) {
            return 0;
        }
    }
}
