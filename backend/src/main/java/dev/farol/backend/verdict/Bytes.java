package dev.farol.backend.verdict;

import java.util.Locale;

/** Amounts of memory as people read them. */
final class Bytes {
    private static final long MEBI = 1L << 20;
    private static final double GIBI = 1L << 30;

    private Bytes() {}

    static String text(long bytes) {
        return bytes < GIBI
                ? Math.round((double) bytes / MEBI) + " MiB"
                : String.format(Locale.ROOT, "%.1f GiB", bytes / GIBI);
    }
}
