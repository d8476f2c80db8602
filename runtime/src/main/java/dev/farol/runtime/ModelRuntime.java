package dev.farol.runtime;

import dev.farol.spec.ReplicaSpec;
import dev.farol.wire.EventLoop;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** What answers scoring requests: Python workers, or a native engine. */
public interface ModelRuntime {
    /** Begins to start and returns at once; what becomes of it comes as events. */
    void start(RuntimeEvents events);

    /** Whether a request would be answered now. On the loop's thread. */
    boolean ready();

    /** What the model says about itself. On the loop's thread. */
    ModelFacts facts();

    /** What becomes of a request for a path that is not one of the face's own. */
    default Route route(String method, String path) {
        return Route.NONE;
    }

    /** What it answers over gRPC; empty when it does not. */
    default Optional<RpcService> rpc() {
        return Optional.empty();
    }

    /** Where the face leads a request. */
    enum Route {
        /** Nobody takes it: 404. */
        NONE,
        /** Through the lane to {@link #score}: it makes the model compute. */
        LANE,
        /** Past the lane to {@link #score}: an answer about the model, also before it is ready. */
        AT_ONCE
    }

    /** Takes a request. On the loop's thread. */
    Scoring score(ScoreRequest request, ScoreListener listener);

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

        /**
         * The client is gone: a stream is ended, and so is a run that can be; the listener hears of
         * the end. On the loop's thread.
         */
        void cancel();

        /** The client took so many bytes of the stream: as many more may come. */
        void taken(int bytes);
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
