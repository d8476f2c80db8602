package dev.farol.runtime.tensor;

import java.util.List;

/** Hears what became of an inference, on the loop's thread. */
public interface InferenceListener {
    /**
     * @param outputs in the order in which they were wanted, else in the model's
     * @param timing what it took
     */
    void done(List<Tensor> outputs, Timing timing);

    void failed(InferenceFailure failure);

    /**
     * Whether anybody waits for it still. What is not wanted any more and has not begun is dropped,
     * and hears nothing. From any thread.
     */
    default boolean wanted() {
        return true;
    }

    /**
     * Whether it has waited longer than its caller lets it. What is late and has not begun fails
     * with {@link InferenceFailure#LATE}. From any thread.
     */
    default boolean late() {
        return false;
    }

    /**
     * What an inference took, in nanoseconds.
     *
     * @param queued until the engine began
     * @param computed in the engine; of the whole batch, if there was one
     * @param batch how many rows were computed together
     */
    record Timing(long queued, long computed, int batch) {}
}
