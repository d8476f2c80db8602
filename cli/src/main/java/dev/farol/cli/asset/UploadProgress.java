package dev.farol.cli.asset;

import dev.farol.cli.arm.Diagnostics;
import java.util.Locale;

/** Says how far an upload is, at every tenth of it; small uploads say nothing. */
final class UploadProgress {
    private static final long WORTH_SAYING = 1024 * 1024;

    private final Diagnostics diagnostics;
    private final String name;
    private final long total;
    private long done;
    private long tenths;

    UploadProgress(Diagnostics diagnostics, String name, long total) {
        this.diagnostics = diagnostics;
        this.name = name;
        this.total = total;
        if (total > WORTH_SAYING) {
            diagnostics.note("Uploading " + name + " (" + megabytes(total) + " MB)");
        }
    }

    synchronized void sent(long bytes) {
        done += bytes;
        long reached = total == 0 ? 10 : done * 10 / total;
        if (total > WORTH_SAYING && reached > tenths) {
            tenths = reached;
            diagnostics.note(
                    "Uploading " + name + ": " + tenths * 10 + " % of " + megabytes(total) + " MB");
        }
    }

    private static String megabytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f", bytes / (1024.0 * 1024.0));
    }
}
