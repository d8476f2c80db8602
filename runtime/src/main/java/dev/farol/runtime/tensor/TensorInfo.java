package dev.farol.runtime.tensor;

import java.util.List;

/**
 * What a model says of an input or output.
 *
 * @param shape -1 where any extent is taken
 */
public record TensorInfo(String name, DataType type, List<Long> shape) {
    public TensorInfo {
        shape = List.copyOf(shape);
    }
}
