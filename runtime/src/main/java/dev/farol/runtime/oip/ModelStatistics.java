package dev.farol.runtime.oip;

import dev.farol.runtime.tensor.InferenceListener.Timing;
import java.util.SortedMap;
import java.util.TreeMap;

/** What became of a model's requests, and what they took. For the loop's thread only. */
final class ModelStatistics {
    /** So many, and the nanoseconds of all of them. */
    static final class Sum {
        private long count;
        private long nanos;

        void add(long more) {
            count++;
            nanos += more;
        }

        long count() {
            return count;
        }

        long nanos() {
            return nanos;
        }
    }

    private final Sum success = new Sum();
    private final Sum failure = new Sum();
    private final Sum queue = new Sum();
    private final Sum computed = new Sum();
    private final SortedMap<Integer, Sum> batches = new TreeMap<>();
    private long lastInference;
    private long inferences;

    /** Executions are not told one by one, but by the share of each request in its batch. */
    private double executions;

    void succeeded(long nanos, int rows, Timing timing, long nowMillis) {
        success.add(nanos);
        queue.add(timing.queued());
        computed.add(timing.computed());
        lastInference = nowMillis;
        inferences += rows;
        int batch = Math.max(rows, timing.batch());
        executions += batch == 0 ? 1 : (double) Math.max(1, rows) / batch;
        batches.computeIfAbsent(batch, ignored -> new Sum()).add(timing.computed());
    }

    void failed(long nanos) {
        failure.add(nanos);
    }

    Sum success() {
        return success;
    }

    Sum failure() {
        return failure;
    }

    Sum queue() {
        return queue;
    }

    Sum computed() {
        return computed;
    }

    /** By the rows that were computed together; each request counts. */
    SortedMap<Integer, Sum> batches() {
        return batches;
    }

    long lastInference() {
        return lastInference;
    }

    long inferences() {
        return inferences;
    }

    long executions() {
        return Math.round(executions);
    }
}
