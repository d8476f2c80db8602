package dev.farol.runtime.tensor;

import java.nio.file.Path;

/** Makes models of files: an engine. */
public interface TensorModels {
    /**
     * Reads the file and makes everything ready for the first request. Blocks.
     *
     * @param name and {@code version}: what {@link TensorModel#info} is to say
     * @throws dev.farol.spec.FarolException MODEL_UNAVAILABLE for a file that is none of this
     *     engine's, INIT_FAILED for one that it cannot compute; the cause is what the engine said
     */
    TensorModel load(String name, String version, Path file);
}
