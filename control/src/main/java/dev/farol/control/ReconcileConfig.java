package dev.farol.control;

import java.time.Duration;

/**
 * Settings of the reconcilers.
 *
 * @param workers how many resources are looked at at once
 * @param preparations how many deployments are prepared at once (environment, model, code)
 * @param resync how often every resource is looked at although nobody asked
 * @param feedPoll how often the change feed is read for changes that nobody announced
 * @param retryFirst and {@code retryMost}: bounds of the pause after an unexpected failure
 * @param readyDeadline how long instances of a new revision may take to become ready, whatever the
 *     probes allow
 * @param progressInterval the least time between two words of progress on an operation
 * @param drainGrace how long an instance that left the snapshot is left alone before its requests
 *     are counted
 * @param coalesce the least time between two routing snapshots
 * @param keepOperations how long the end of an operation can be read
 * @param cleaning how often is looked for models, codes and environments that are not used
 * @param keepAssets how long a model or a code that no deployment refers to stays on this machine
 *     (it stays in the object store); longer than any request may run
 * @param keepEnvironments the same for Python environments
 */
public record ReconcileConfig(
        int workers,
        int preparations,
        Duration resync,
        Duration feedPoll,
        Duration retryFirst,
        Duration retryMost,
        Duration readyDeadline,
        Duration progressInterval,
        Duration drainGrace,
        Duration coalesce,
        Duration keepOperations,
        Duration cleaning,
        Duration keepAssets,
        Duration keepEnvironments) {
    public static final ReconcileConfig DEFAULTS =
            new ReconcileConfig(
                    16,
                    4,
                    Duration.ofSeconds(30),
                    Duration.ofSeconds(1),
                    Duration.ofMillis(100),
                    Duration.ofSeconds(30),
                    Duration.ofMinutes(30),
                    Duration.ofMillis(500),
                    Duration.ofMillis(50),
                    Duration.ofMillis(2),
                    Duration.ofDays(7),
                    Duration.ofMinutes(10),
                    Duration.ofHours(1),
                    Duration.ofDays(7));
}
