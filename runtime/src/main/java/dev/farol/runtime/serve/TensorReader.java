package dev.farol.runtime.serve;

import dev.farol.runtime.tensor.DataType;
import dev.farol.runtime.tensor.Tensor;
import java.util.Arrays;

/** Reads nested arrays as tensors. */
final class TensorReader {
    private static final int MOST_AXES = 16;

    private final JsonCursor json;
    private final String name;
    private final TensorBuilder builder;
    private final long[] shape = new long[MOST_AXES];
    private int axes = -1;

    private TensorReader(JsonCursor json, String name, DataType type) {
        this.json = json;
        this.name = name;
        this.builder = new TensorBuilder(name, type);
        Arrays.fill(shape, -1);
    }

    /** The value that comes: a scalar, or arrays that are all of one length at each depth. */
    static Tensor read(JsonCursor json, String name, DataType type) {
        var reader = new TensorReader(json, name, type);
        reader.value(0);
        // Nothing but empty arrays: the deepest one says how many axes there are.
        int axes = reader.axes < 0 ? reader.deepest : reader.axes;
        long[] shape = Arrays.copyOf(reader.shape, axes);
        return reader.builder.tensor(shape);
    }

    private int deepest;

    private void value(int depth) {
        if (json.peek() != '[') {
            if (axes >= 0 && axes != depth || deepest > depth) {
                throw uneven(depth);
            }
            axes = depth;
            builder.add(json);
            return;
        }
        if (depth == MOST_AXES) {
            throw new TensorBuilder.Misfit(
                    "'" + name + "' nests deeper than " + MOST_AXES + " lists");
        }
        if (axes >= 0 && depth >= axes) {
            throw uneven(depth);
        }
        deepest = Math.max(deepest, depth + 1);
        json.expect('[');
        long count = 0;
        if (!json.take(']')) {
            do {
                value(depth + 1);
                count++;
            } while (json.take(','));
            json.expect(']');
        }
        if (shape[depth] < 0) {
            shape[depth] = count;
        } else if (shape[depth] != count) {
            throw uneven(depth);
        }
    }

    private TensorBuilder.Misfit uneven(int depth) {
        return new TensorBuilder.Misfit(
                "'"
                        + name
                        + "' holds lists of different lengths at depth "
                        + depth
                        + " (expected: the same everywhere)");
    }
}
