package dev.farol.runtime.triton;

import dev.farol.runtime.oip.ModelConfig.Batching;
import dev.farol.runtime.tensor.TensorModel;
import java.nio.file.Path;

/** Makes the engines of a repository's models. */
public interface Engines {
    /**
     * Reads a file; blocks.
     *
     * @param instances how many requests compute at once; 0 when the configuration does not say
     * @throws dev.farol.spec.FarolException when it cannot be served
     */
    TensorModel load(String name, String version, Path file, int instances);

    /** The same model, whose requests are computed together. */
    default TensorModel batched(TensorModel model, int maxBatch, Batching batching) {
        return model;
    }
}
