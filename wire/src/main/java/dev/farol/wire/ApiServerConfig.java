package dev.farol.wire;

import java.time.Duration;

/**
 * Settings of an {@link ApiServer}.
 *
 * @param maxConcurrent requests handled at once; those beyond are answered 503
 * @param eventLoops threads that read and write; handlers run on virtual threads
 * @param maxRequestLine in bytes
 * @param maxHeaders in bytes, of all headers together
 * @param idleTimeout closes a connection on which nothing moves
 */
public record ApiServerConfig(
        int maxConcurrent,
        int eventLoops,
        int maxRequestLine,
        int maxHeaders,
        Duration idleTimeout) {
    public static final ApiServerConfig DEFAULTS =
            new ApiServerConfig(256, 1, 16 * 1024, 64 * 1024, Duration.ofMinutes(5));

    public ApiServerConfig {
        if (maxConcurrent < 1) {
            throw new IllegalArgumentException(
                    "maxConcurrent: " + maxConcurrent + " (expected: >= 1)");
        }
        if (eventLoops < 1) {
            throw new IllegalArgumentException("eventLoops: " + eventLoops + " (expected: >= 1)");
        }
    }
}
