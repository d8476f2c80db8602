package dev.farol.runtime.python;

import java.time.Duration;

/**
 * How workers are fed and kept.
 *
 * @param pipelineDepth how many requests at most are with one worker, the one that runs included; a
 *     slow script never has more than one
 * @param hangGrace how long a worker may go on with a request whose time is over
 * @param minBackOff and {@code maxBackOff}: between attempts to heal a worker that does not start
 * @param spawnWait how long a zygote may take to fork before a process is started without it
 * @param maxFrame the longest answer of a worker, in bytes
 */
public record PythonConfig(
        int pipelineDepth,
        Duration hangGrace,
        Duration minBackOff,
        Duration maxBackOff,
        Duration spawnWait,
        int maxFrame) {
    public static final PythonConfig DEFAULTS =
            new PythonConfig(
                    4,
                    Duration.ofSeconds(2),
                    Duration.ofMillis(100),
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(20),
                    512 * 1024 * 1024);

    public PythonConfig {
        if (pipelineDepth < 1) {
            throw new IllegalArgumentException(
                    "pipelineDepth: " + pipelineDepth + " (expected: >= 1)");
        }
    }
}
