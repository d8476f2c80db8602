package dev.farol.runtime;

import dev.farol.spec.ReplicaSpec;
import dev.farol.wire.EventLoop;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** What answers scoring requests: Python workers, or a native engine. */
public interface ModelRuntime {
    /** Begins to start and returns at once; what becomes of it comes as events. */
    void start(RuntimeEvents events);

    /** Whether a request would be answered now. On the loop's thread. */
    boolean ready();

    /**
     * Takes a request. On the loop's thread.
     *
     * @param done called exactly once, on the loop's thread, unless the scoring is expired before
     */
    Scoring score(ScoreRequest request, Consumer<ScoreResult> done);

    /**
     * Ends everything that was started.
     *
     * @param grace for an orderly end; zero kills at once
     * @return completes when no process is left
     */
    CompletableFuture<Void> close(Duration grace);

    /** A request that was taken and has no result yet. */
    interface Scoring {
        /**
         * Nobody waits for the result any more, because its time is over: it is dropped when it
         * comes, and what still computes it after a grace is ended. On the loop's thread.
         */
        void expire();
    }

    /** Makes the runtime of a replica. */
    @FunctionalInterface
    interface Factory {
        /**
         * @param console where the user's output goes
         */
        ModelRuntime create(ReplicaSpec spec, EventLoop loop, ConsoleLog console);
    }
}
