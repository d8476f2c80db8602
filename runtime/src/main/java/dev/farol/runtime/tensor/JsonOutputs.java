package dev.farol.runtime.tensor;

import java.util.List;

/**
 * A model of which some outputs are no tensors but, for example, a map from label to probability
 * for every row. They are not told in {@link ModelInfo}; who asks for one by its name gets a {@link
 * DataType#BYTES} tensor whose elements are JSON texts.
 */
public interface JsonOutputs {
    /** The names of every output in the model's own order, tensors and others. */
    List<String> everyOutput();

    /** The names of those that are given as JSON texts. */
    List<String> jsonOutputs();
}
