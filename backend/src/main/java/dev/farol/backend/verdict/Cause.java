package dev.farol.backend.verdict;

import java.time.Duration;

/** How it was noticed that a run of an instance failed. */
public sealed interface Cause {
    /** The replica reported that its start failed. */
    record Reported() implements Cause {}

    /** The replica's process ended without a report. */
    record Exited() implements Cause {}

    /** A worker of an instance that serves ended. */
    record WorkerEnded() implements Cause {}

    /**
     * The start did not end in time.
     *
     * @param listened whether the replica had come so far as to accept connections
     */
    record Overdue(Duration limit, boolean listened) implements Cause {}

    /** It used more memory than its instance type has, and was killed for it. */
    record OverMemory(long usedBytes, long limitBytes) implements Cause {}

    /** The liveness probe failed too often in a row. */
    record LivenessLost(int times, String lastAnswer) implements Cause {}

    /** The replica's process could not be started. */
    record NotStarted(String reason) implements Cause {}
}
