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

    /** What computing takes, by its parts. */
    static final class Compute {
        private final Sum input = new Sum();
        private final Sum infer = new Sum();
        private final Sum output = new Sum();

        private void add(long read, long computed, long written) {
            input.add(read);
            infer.add(computed);
            output.add(written);
        }

        /** From the request's bytes to the engine's tensors. */
        Sum input() {
            return input;
        }

        Sum infer() {
            return infer;
        }

        /** From the engine's tensors to the answer's bytes. */
        Sum output() {
            return output;
        }
    }

    private final Sum success = new Sum();
    private final Sum failure = new Sum();
    private final Sum queue = new Sum();
    private final Compute compute = new Compute();
    private final SortedMap<Integer, Compute> batches = new TreeMap<>();
    private long lastInference;
    private long inferences;

    /** Executions are not told one by one, but by the share of each request in its batch. */
    private double executions;

    /**
     * @param nanos from begin to end, all in all
     * @param read of them, before the engine got its tensors
     * @param written of them, after the engine gave its tensors
     */
    void succeeded(long nanos, long read, long written, int rows, Timing timing, long nowMillis) {
        success.add(nanos);
        queue.add(timing.queued());
        compute.add(read, timing.computed(), written);
        lastInference = nowMillis;
        inferences += rows;
        int batch = Math.max(rows, timing.batch());
        executions += batch == 0 ? 1 : (double) Math.max(1, rows) / batch;
        batches.computeIfAbsent(batch, ignored -> new Compute())
                .add(read, timing.computed(), written);
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

    Compute compute() {
        return compute;
    }

    /** By the rows that were computed together; each request counts. */
    SortedMap<Integer, Compute> batches() {
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
