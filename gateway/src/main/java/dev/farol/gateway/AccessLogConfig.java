package dev.farol.gateway;

import dev.farol.kit.ByteSize;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Settings of the access log.
 *
 * @param file without one, whoever starts the gateway gives it
 * @param maxSize of the file, beyond which it is set aside and a new one begun
 * @param keep how many that are full stay, as {@code FILE.1} (the newest) and so on
 */
public record AccessLogConfig(boolean enabled, @Nullable Path file, ByteSize maxSize, int keep) {
    public static final AccessLogConfig DEFAULTS =
            new AccessLogConfig(false, null, new ByteSize(64L << 20), 4);

    public AccessLogConfig {
        if (keep < 0) {
            throw new IllegalArgumentException("keep: " + keep + " (expected: >= 0)");
        }
        if (maxSize.bytes() < 4096) {
            throw new IllegalArgumentException("max-size: " + maxSize + " (expected: >= 4KiB)");
        }
    }

    /** With a file for those that name none. */
    AccessLogConfig orFile(Path other) {
        return file == null ? new AccessLogConfig(enabled, other, maxSize, keep) : this;
    }
}
