package dev.farol.runtime.serve;

import com.google.flatbuffers.FlatBufferBuilder;
import dev.farol.runtime.tensor.DataType;
import dev.farol.runtime.tensor.Tensor;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.flatbuf.Buffer;
import org.apache.arrow.flatbuf.Endianness;
import org.apache.arrow.flatbuf.Field;
import org.apache.arrow.flatbuf.FieldNode;
import org.apache.arrow.flatbuf.FixedSizeList;
import org.apache.arrow.flatbuf.FloatingPoint;
import org.apache.arrow.flatbuf.Int;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.MessageHeader;
import org.apache.arrow.flatbuf.MetadataVersion;
import org.apache.arrow.flatbuf.Precision;
import org.apache.arrow.flatbuf.RecordBatch;
import org.apache.arrow.flatbuf.Schema;
import org.apache.arrow.flatbuf.Type;
import org.apache.arrow.flatbuf.Utf8;

/**
 * Writes outputs as an IPC stream of Arrow with one batch: a column for each output, of lists where
 * a row has several values.
 */
final class ArrowAnswer {
    private static final int ALIGNED = 8;

    private final List<Tensor> outputs;
    private final int rows;
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private final List<long[]> nodes = new ArrayList<>();
    private final List<long[]> buffers = new ArrayList<>();

    private ArrowAnswer(List<Tensor> outputs) {
        this.outputs = outputs;
        this.rows = Math.toIntExact(CsvAnswer.rows(outputs));
    }

    /**
     * @throws Request.Refused 406 when they have not one row each for every row
     */
    static ByteBuffer write(List<Tensor> outputs) {
        return new ArrowAnswer(outputs).stream();
    }

    private ByteBuffer stream() {
        outputs.forEach(this::column);
        var out = new ByteArrayOutputStream();
        message(out, schema());
        message(out, batch());
        out.writeBytes(body.toByteArray());
        out.writeBytes(ints(Arrow.CONTINUES, 0));
        return ByteBuffer.wrap(out.toByteArray());
    }

    private static byte[] ints(int one, int two) {
        return ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(one)
                .putInt(two)
                .array();
    }

    private static void message(ByteArrayOutputStream out, ByteBuffer head) {
        int padded = (head.remaining() + ALIGNED - 1) / ALIGNED * ALIGNED;
        out.writeBytes(ints(Arrow.CONTINUES, padded));
        byte[] bytes = new byte[padded];
        head.get(bytes, 0, head.remaining());
        out.writeBytes(bytes);
    }

    private ByteBuffer schema() {
        var builder = new FlatBufferBuilder();
        int[] fields = new int[outputs.size()];
        for (int i = 0; i < fields.length; i++) {
            fields[i] = field(builder, outputs.get(i));
        }
        int vector = Schema.createFieldsVector(builder, fields);
        int schema = Schema.createSchema(builder, Endianness.Little, vector, 0, 0);
        return finish(builder, MessageHeader.Schema, schema, 0);
    }

    private static ByteBuffer finish(FlatBufferBuilder builder, byte kind, int header, long body) {
        builder.finish(Message.createMessage(builder, MetadataVersion.V5, kind, header, body, 0));
        return builder.dataBuffer();
    }

    private static boolean listed(Tensor output) {
        return output.shape().length > 1;
    }

    private int width(Tensor output) {
        long width = 1;
        long[] shape = output.shape();
        for (int i = 1; i < shape.length; i++) {
            width *= shape[i];
        }
        return Math.toIntExact(width);
    }

    private int field(FlatBufferBuilder builder, Tensor output) {
        if (!listed(output)) {
            return plain(builder, output.name(), output.type());
        }
        int children =
                Field.createChildrenVector(
                        builder, new int[] {plain(builder, "item", output.type())});
        int type = FixedSizeList.createFixedSizeList(builder, width(output));
        int name = builder.createString(output.name());
        return Field.createField(builder, name, false, Type.FixedSizeList, type, 0, children, 0);
    }

    private static int plain(FlatBufferBuilder builder, String called, DataType of) {
        byte kind;
        int type;
        switch (of) {
            case BOOL -> {
                kind = Type.Bool;
                org.apache.arrow.flatbuf.Bool.startBool(builder);
                type = org.apache.arrow.flatbuf.Bool.endBool(builder);
            }
            case BYTES -> {
                kind = Type.Utf8;
                Utf8.startUtf8(builder);
                type = Utf8.endUtf8(builder);
            }
            case UINT8, UINT16, UINT32, UINT64 -> {
                kind = Type.Int;
                type = Int.createInt(builder, of.size() * 8, false);
            }
            case INT8, INT16, INT32, INT64 -> {
                kind = Type.Int;
                type = Int.createInt(builder, of.size() * 8, true);
            }
            default -> {
                kind = Type.FloatingPoint;
                type =
                        FloatingPoint.createFloatingPoint(
                                builder,
                                of == DataType.FP64
                                        ? Precision.DOUBLE
                                        : of == DataType.FP16 ? Precision.HALF : Precision.SINGLE);
            }
        }
        int children = Field.createChildrenVector(builder, new int[0]);
        int name = builder.createString(called);
        return Field.createField(builder, name, false, kind, type, 0, children, 0);
    }

    private ByteBuffer batch() {
        var builder = new FlatBufferBuilder();
        RecordBatch.startBuffersVector(builder, buffers.size());
        for (long[] each : buffers.reversed()) {
            int _ = Buffer.createBuffer(builder, each[0], each[1]);
        }
        int places = builder.endVector();
        RecordBatch.startNodesVector(builder, nodes.size());
        for (long[] each : nodes.reversed()) {
            int _ = FieldNode.createFieldNode(builder, each[0], each[1]);
        }
        int told = builder.endVector();
        int batch = RecordBatch.createRecordBatch(builder, rows, told, places, 0, 0);
        return finish(builder, MessageHeader.RecordBatch, batch, body.size());
    }

    /** Nothing is missing in an output: the bits that would say so take no room. */
    private void column(Tensor output) {
        if (listed(output)) {
            nodes.add(new long[] {rows, 0});
            buffer(new byte[0]);
        }
        int elements = Math.toIntExact(output.elements());
        nodes.add(new long[] {elements, 0});
        buffer(new byte[0]);
        ByteBuffer data = output.data();
        switch (output.type()) {
            case BOOL -> {
                byte[] bits = new byte[(elements + 7) / 8];
                for (int i = 0; i < elements; i++) {
                    bits[i >> 3] |= (byte) (data.get() == 0 ? 0 : 1 << (i & 7));
                }
                buffer(bits);
            }
            case BYTES -> texts(data, elements);
            case BF16 -> {
                ByteBuffer floats =
                        ByteBuffer.allocate(4 * elements).order(ByteOrder.LITTLE_ENDIAN);
                for (int i = 0; i < elements; i++) {
                    floats.putInt(data.getShort() << 16);
                }
                buffer(floats.array());
            }
            default -> {
                byte[] bytes = new byte[data.remaining()];
                data.get(bytes);
                buffer(bytes);
            }
        }
    }

    private void texts(ByteBuffer data, int elements) {
        ByteBuffer offsets =
                ByteBuffer.allocate(4 * (elements + 1)).order(ByteOrder.LITTLE_ENDIAN).putInt(0);
        var texts = new ByteArrayOutputStream();
        for (int i = 0; i < elements; i++) {
            byte[] text = new byte[data.getInt()];
            data.get(text);
            texts.writeBytes(text);
            offsets.putInt(texts.size());
        }
        buffer(offsets.array());
        buffer(texts.toByteArray());
    }

    private void buffer(byte[] bytes) {
        buffers.add(new long[] {body.size(), bytes.length});
        body.writeBytes(bytes);
        body.writeBytes(new byte[-bytes.length & ALIGNED - 1]);
    }
}
