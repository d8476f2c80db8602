package dev.farol.backend;

import dev.farol.spec.ResourceId;
import dev.farol.spec.Verdict;
import org.jspecify.annotations.Nullable;

/**
 * What is known of an instance now.
 *
 * @param phase of the start it is in, for progress; see {@link dev.farol.spec.Phase}
 * @param host and {@code port}: where it answers; null and 0 before it listens
 * @param restarts since {@code ensure}
 * @param verdict why the last start failed or the last run ended; null while all is well
 * @param residentBytes of the whole process tree, at the last look
 */
public record InstanceStatus(
        String id,
        ResourceId deployment,
        State state,
        String phase,
        @Nullable String host,
        int port,
        int restarts,
        @Nullable Verdict verdict,
        long residentBytes,
        double cpuCores) {
    public enum State {
        /** Being started for the first time, or again after it ended. */
        STARTING,
        /** Answers its readiness probe. */
        READY,
        /** Runs, and its readiness probe fails. */
        NOT_READY,
        /**
         * Its first start failed; the verdict says why. It is tried again with back-off until
         * removed.
         */
        FAILED,
        /** On its way out. */
        STOPPING
    }
}
