package dev.farol.runtime.batch;

import dev.farol.runtime.tensor.DataType;
import dev.farol.runtime.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What may be computed together: rows of the same inputs, and the same outputs wanted. */
final class Group {
    private final Row[] rows;
    private final List<String> outputs;
    private final int hash;

    /** A row of an input: its shape but for the first extent, which stays in it as 0. */
    private record Row(String name, DataType type, long[] shape) {
        static Row of(Tensor input) {
            long[] shape = input.shape();
            shape[0] = 0;
            return new Row(input.name(), input.type(), shape);
        }

        int code() {
            return name.hashCode() + 31 * Arrays.hashCode(shape);
        }

        boolean same(Row other) {
            return type == other.type
                    && name.equals(other.name)
                    && Arrays.equals(shape, other.shape);
        }
    }

    private Group(Row[] rows, List<String> outputs) {
        this.rows = rows;
        this.outputs = outputs;
        int sum = outputs.hashCode();
        for (Row row : rows) {
            sum += row.code();
        }
        this.hash = sum;
    }

    /**
     * @param inputs each of one extent at least, in any order
     */
    static Group of(List<Tensor> inputs, List<String> outputs) {
        Row[] rows = new Row[inputs.size()];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = Row.of(inputs.get(i));
        }
        return new Group(rows, List.copyOf(outputs));
    }

    List<String> outputs() {
        return outputs;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        if (!(other instanceof Group group)
                || hash != group.hash
                || rows.length != group.rows.length
                || !outputs.equals(group.outputs)) {
            return false;
        }
        for (Row row : rows) {
            if (!group.has(row)) {
                return false;
            }
        }
        return true;
    }

    private boolean has(Row wanted) {
        for (Row row : rows) {
            if (row.same(wanted)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public int hashCode() {
        return hash;
    }
}
