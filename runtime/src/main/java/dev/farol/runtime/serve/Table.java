package dev.farol.runtime.serve;

import dev.farol.runtime.serve.Request.Refused;
import dev.farol.runtime.tensor.DataType;
import dev.farol.runtime.tensor.ModelInfo;
import dev.farol.runtime.tensor.Tensor;
import dev.farol.runtime.tensor.TensorInfo;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which column of a table goes where in a model. A model with one input takes the columns side by
 * side, in the order of its signature if it has one; a model with several takes a column for each.
 */
final class Table {
    private final ModelInfo model;
    private final List<String> columns;

    /** For every column its place among {@link #wanted}; -1 for one that nobody wants. */
    private final int[] places;

    private final List<String> wanted;
    private final List<TensorBuilder> builders = new ArrayList<>();
    private int rows;

    /**
     * @param signature the names that the model's author gave the columns; empty when there are
     *     none
     */
    Table(ModelInfo model, List<String> signature, List<String> columns) {
        this.model = model;
        this.columns = columns;
        this.wanted =
                single() ? (signature.isEmpty() ? columns : signature) : names(model.inputs());
        this.places = new int[columns.size()];
        boolean byPlace = single() && signature.isEmpty();
        var seen = new HashSet<Integer>();
        for (int i = 0; i < places.length; i++) {
            places[i] = byPlace ? i : wanted.indexOf(columns.get(i));
            if (places[i] >= 0 && !seen.add(places[i])) {
                throw new Refused(
                        "The column '"
                                + columns.get(i)
                                + "' is given twice (given: "
                                + columns
                                + ")");
            }
        }
        for (int i = 0; i < wanted.size(); i++) {
            if (!columns.contains(wanted.get(i))) {
                throw new Refused(
                        "The column '"
                                + wanted.get(i)
                                + "' is missing (expected: "
                                + wanted
                                + ", given: "
                                + columns
                                + ")");
            }
            builders.add(new TensorBuilder(wanted.get(i), type(i)));
        }
    }

    private boolean single() {
        return model.inputs().size() == 1;
    }

    private static List<String> names(List<TensorInfo> infos) {
        return infos.stream().map(TensorInfo::name).toList();
    }

    private DataType type(int place) {
        return model.inputs().get(single() ? 0 : place).type();
    }

    /** Whether every column stands where the one input has it. */
    boolean straight() {
        for (int i = 0; i < places.length; i++) {
            if (places[i] != i) {
                return false;
            }
        }
        return single() && places.length == wanted.size();
    }

    /**
     * Where a cell of this column goes; null when nobody wants it, or the row has more cells than
     * there are columns.
     */
    @Nullable TensorBuilder cell(int column) {
        boolean wanted = column < places.length && places[column] >= 0;
        return wanted ? builders.get(places[column]) : null;
    }

    /** The row has come to its end after so many cells. */
    void endRow(int cells) {
        if (cells != columns.size()) {
            throw new Refused(
                    "Row "
                            + rows
                            + " holds "
                            + cells
                            + " values (expected: "
                            + columns.size()
                            + ", one for each of "
                            + columns
                            + ")");
        }
        rows++;
    }

    List<Tensor> tensors() {
        if (single()) {
            return List.of(matrix(model.inputs().getFirst()));
        }
        var tensors = new ArrayList<Tensor>();
        for (int i = 0; i < builders.size(); i++) {
            int rank = model.inputs().get(i).shape().size();
            tensors.add(
                    builders.get(i).tensor(rank == 2 ? new long[] {rows, 1} : new long[] {rows}));
        }
        return tensors;
    }

    private Tensor matrix(TensorInfo input) {
        long[] shape =
                input.shape().size() == 1 && builders.size() == 1
                        ? new long[] {rows}
                        : new long[] {rows, builders.size()};
        List<ByteBuffer> parts = builders.stream().map(TensorBuilder::bytes).toList();
        int size = 0;
        for (ByteBuffer part : parts) {
            size = Math.addExact(size, part.remaining());
        }
        ByteBuffer data = ByteBuffer.allocate(size);
        for (int row = 0; row < rows; row++) {
            for (ByteBuffer part : parts) {
                int bytes =
                        input.type() == DataType.BYTES
                                ? 4 + part.getInt(part.position())
                                : input.type().size();
                data.put(part.slice(part.position(), bytes));
                part.position(part.position() + bytes);
            }
        }
        return new Tensor(input.name(), input.type(), shape, data.flip());
    }
}
