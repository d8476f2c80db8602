package dev.farol.runtime.serve;

import dev.farol.runtime.serve.Request.Form;
import dev.farol.runtime.serve.Request.Refused;
import dev.farol.runtime.tensor.ModelInfo;
import dev.farol.runtime.tensor.Tensor;
import dev.farol.runtime.tensor.TensorInfo;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.flatbuf.DictionaryBatch;
import org.apache.arrow.flatbuf.Endianness;
import org.apache.arrow.flatbuf.Field;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.MessageHeader;
import org.apache.arrow.flatbuf.RecordBatch;
import org.apache.arrow.flatbuf.Schema;
import org.apache.arrow.flatbuf.Type;
import org.jspecify.annotations.Nullable;

/**
 * Reads Arrow's IPC streams. Columns of single values are a table, as in CSV; columns of lists are
 * the inputs of their names, a row in each list. Only the classes of the format itself are used:
 * Arrow's Java library wants memory that the JVM must be opened for, and makes room for whatever
 * lengths a stream claims.
 */
final class Arrow {
    static final String TYPE = "application/vnd.apache.arrow.stream";
    static final int CONTINUES = -1;

    private final ModelInfo model;
    private final List<String> signature;
    private final List<Field> fields = new ArrayList<>();
    private final ArrowDictionaries dictionaries = new ArrowDictionaries();
    private final ArrowBuffers buffers;
    private @Nullable Filling filling;
    private int batches;

    private Arrow(ModelInfo model, List<String> signature, long limit) {
        this.model = model;
        this.signature = signature;
        this.buffers = new ArrowBuffers(limit);
    }

    /**
     * @param signature the names of the columns; empty when the model names none
     * @param limit of what the stream holds once it is decompressed, in bytes
     * @throws Refused when it is no such stream, or not what the model takes
     */
    static Request read(ModelInfo model, List<String> signature, ByteBuffer body, long limit) {
        var arrow = new Arrow(model, signature, limit);
        ByteBuffer in = body.slice().order(ByteOrder.LITTLE_ENDIAN);
        try {
            for (Part part = next(in); part != null; part = next(in)) {
                arrow.message(part);
                part.skip(in);
            }
        } catch (TensorBuilder.Misfit misfit) {
            throw new Refused(String.valueOf(misfit.getMessage()));
        } catch (IndexOutOfBoundsException
                | BufferUnderflowException
                | IllegalArgumentException
                | NegativeArraySizeException
                | ArithmeticException broken) {
            // What the format's classes throw when an offset leads nowhere.
            throw broken(in);
        }
        if (arrow.filling == null) {
            throw broken(in);
        }
        return arrow.filling.done();
    }

    private static Refused broken(ByteBuffer in) {
        return new Refused(
                "The body is no whole stream of Arrow: it ends, or is something else, near byte "
                        + in.position());
    }

    /** Whether the stream holds more than its own bytes; of one that is broken, perhaps not. */
    static boolean compressed(ByteBuffer body) {
        ByteBuffer in = body.slice().order(ByteOrder.LITTLE_ENDIAN);
        try {
            for (Part part = next(in); part != null; part = next(in)) {
                if (part.compressed()) {
                    return true;
                }
                part.skip(in);
            }
        } catch (IndexOutOfBoundsException
                | BufferUnderflowException
                | IllegalArgumentException
                | NegativeArraySizeException
                | ArithmeticException broken) {
            return false;
        }
        return false;
    }

    /** A message, and what lies behind it. */
    private record Part(Message message, ByteBuffer body) {
        void skip(ByteBuffer in) {
            in.position(in.position() + body.limit());
        }

        boolean compressed() {
            RecordBatch batch =
                    switch (message.headerType()) {
                        case MessageHeader.RecordBatch -> records();
                        case MessageHeader.DictionaryBatch -> ArrowColumn.there(values().data());
                        default -> null;
                    };
            return batch != null && batch.compression() != null;
        }

        RecordBatch records() {
            return (RecordBatch) ArrowColumn.there(message.header(new RecordBatch()));
        }

        DictionaryBatch values() {
            return (DictionaryBatch) ArrowColumn.there(message.header(new DictionaryBatch()));
        }
    }

    /** The next message, whose body begins where it leaves off; null at the end of the stream. */
    private static @Nullable Part next(ByteBuffer in) {
        if (in.remaining() < Integer.BYTES) {
            return null;
        }
        int length = in.getInt();
        if (length == CONTINUES) {
            length = in.getInt();
        }
        if (length == 0) {
            return null;
        }
        ByteBuffer head = in.slice(in.position(), length).order(ByteOrder.LITTLE_ENDIAN);
        in.position(in.position() + length);
        Message message = Message.getRootAsMessage(head);
        int inside = Math.toIntExact(message.bodyLength());
        return new Part(message, in.slice(in.position(), inside).order(ByteOrder.LITTLE_ENDIAN));
    }

    private void message(Part part) {
        Message message = part.message();
        switch (message.headerType()) {
            case MessageHeader.Schema ->
                    schema((Schema) ArrowColumn.there(message.header(new Schema())));
            case MessageHeader.RecordBatch -> batch(part.records(), part.body());
            case MessageHeader.DictionaryBatch -> dictionary(part.values(), part.body());
            default -> throw new Refused("A message of Arrow of kind " + message.headerType());
        }
    }

    private void dictionary(DictionaryBatch batch, ByteBuffer body) {
        String name = "dictionary " + batch.id();
        dictionaries.add(
                batch.id(), batch.isDelta(), read(name, ArrowColumn.there(batch.data()), body));
    }

    private void schema(Schema schema) {
        if (filling != null) {
            throw new Refused("The stream of Arrow has two schemas");
        }
        if (schema.endianness() != Endianness.Little) {
            throw new Refused("The stream of Arrow is big-endian (expected: little-endian)");
        }
        var names = new ArrayList<String>();
        boolean lists = false;
        for (int i = 0; i < schema.fieldsLength(); i++) {
            Field field = ArrowColumn.there(schema.fields(i));
            fields.add(field);
            names.add(String.valueOf(field.name()));
            lists |= ArrowColumn.isList(field);
            dictionaries.expect(field);
        }
        filling = lists ? new Inputs(model, names) : new Rows(new Table(model, signature, names));
    }

    private void batch(RecordBatch batch, ByteBuffer body) {
        if (filling == null) {
            throw new Refused("The stream of Arrow has no schema");
        }
        String name = "record batch " + batches++;
        var cursor = new ArrowColumn.Cursor(read(name, batch, body), dictionaries);
        var columns = new ArrayList<ArrowColumn>();
        for (Field field : fields) {
            columns.add(ArrowColumn.of(field, cursor));
        }
        for (int row = 0; row < batch.length(); row++) {
            filling.row(columns, row);
        }
    }

    private ArrowBuffers.Batch read(String name, RecordBatch batch, ByteBuffer body) {
        ArrowBuffers.Batch read = buffers.of(name, batch, body);
        // A column of nothing takes no room: its length alone would keep us busy for ever.
        if (batch.length() < 0 || batch.length() > 8L * read.bytes()) {
            throw new Refused(
                    "A batch of Arrow says that it has "
                            + batch.length()
                            + " rows, and holds "
                            + read.bytes()
                            + " bytes");
        }
        return read;
    }

    /** Where rows go. */
    private interface Filling {
        void row(List<ArrowColumn> columns, int row);

        Request done();
    }

    private record Rows(Table table) implements Filling {
        @Override
        public void row(List<ArrowColumn> columns, int row) {
            for (int i = 0; i < columns.size(); i++) {
                TensorBuilder cell = table.cell(i);
                if (cell != null) {
                    cell.value(columns.get(i).at(row));
                }
            }
            table.endRow(columns.size());
        }

        @Override
        public Request done() {
            return Request.of(table.tensors(), Form.TABLE);
        }
    }

    /** Lists in columns: each column is an input. */
    private static final class Inputs implements Filling {
        private final List<TensorInfo> infos = new ArrayList<>();
        private final List<TensorBuilder> builders = new ArrayList<>();
        private final List<List<Long>> shapes = new ArrayList<>();
        private long rows;

        Inputs(ModelInfo model, List<String> names) {
            for (String name : names) {
                TensorInfo info = info(model, name, names.size() == 1);
                infos.add(info);
                builders.add(new TensorBuilder(info.name(), info.type()));
                shapes.add(List.of());
            }
        }

        private static TensorInfo info(ModelInfo model, String name, boolean only) {
            if (only && model.inputs().size() == 1) {
                return model.inputs().getFirst();
            }
            for (TensorInfo input : model.inputs()) {
                if (input.name().equals(name)) {
                    return input;
                }
            }
            throw new Refused(
                    "The model has no input '"
                            + name
                            + "' (expected: "
                            + model.inputs().stream().map(TensorInfo::name).toList()
                            + ")");
        }

        @Override
        public void row(List<ArrowColumn> columns, int row) {
            for (int i = 0; i < columns.size(); i++) {
                var shape = new ArrayList<Long>();
                elements(columns.get(i).at(row), builders.get(i), shape, 0);
                if (rows == 0) {
                    shapes.set(i, shape);
                } else if (!shapes.get(i).equals(shape)) {
                    throw new Refused(
                            "Row "
                                    + rows
                                    + " of '"
                                    + infos.get(i).name()
                                    + "' has the shape "
                                    + shape
                                    + " (expected: "
                                    + shapes.get(i)
                                    + ", as before)");
                }
            }
            rows++;
        }

        private static void elements(
                @Nullable Object value, TensorBuilder builder, List<Long> shape, int depth) {
            if (!(value instanceof List<?> values)) {
                builder.value(value);
                return;
            }
            if (shape.size() == depth) {
                shape.add((long) values.size());
            } else if (shape.get(depth) != values.size()) {
                throw new Refused("A list of Arrow holds lists of different lengths");
            }
            for (Object each : values) {
                elements(each, builder, shape, depth + 1);
            }
        }

        @Override
        public Request done() {
            var tensors = new ArrayList<Tensor>();
            for (int i = 0; i < builders.size(); i++) {
                List<Long> inner = shapes.get(i);
                long[] shape = new long[1 + inner.size()];
                shape[0] = rows;
                for (int j = 1; j < shape.length; j++) {
                    shape[j] = inner.get(j - 1);
                }
                tensors.add(builders.get(i).tensor(shape));
            }
            return Request.of(tensors, Form.TENSORS);
        }
    }

    /** How the format calls a type, for messages. */
    static String name(byte type) {
        return type >= 0 && type < Type.names.length ? Type.name(type) : "type " + type;
    }
}
