package dev.farol.runtime.tensor;

import java.util.List;

/** A model that takes tensors and gives tensors: a native engine, or several of them in a row. */
public interface TensorModel extends AutoCloseable {
    ModelInfo info();

    /**
     * Computes the outputs for these inputs. On the loop's thread.
     *
     * @param inputs each input once, in any order; their types and shapes are checked here
     * @param outputs the names of those that are wanted; empty means all
     * @param listener is called once on the loop's thread, perhaps before this returns
     */
    void infer(List<Tensor> inputs, List<String> outputs, InferenceListener listener);

    /** How many calls it computes at once. */
    default int places() {
        return 1;
    }

    /** Ends what computes and gives the memory back. Blocks; not for the loop's thread. */
    @Override
    void close();
}
