package dev.farol.runtime.tensor;

import dev.farol.runtime.tensor.JsonInput.Number;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Tensors as arrays of JSON, nested or flat, and back. */
public final class TensorJson {
    private static final int MAX_RANK = 32;
    private static final int FIRST = 256;
    private static final int MOST_AT_FIRST = 1 << 16;

    /** What an element takes, about, with its comma. */
    private static final int TEXT = 8;

    private TensorJson() {}

    /**
     * What was read.
     *
     * @param shape of the nesting: {@code [[1,2],[3,4]]} has 2 and 2; empty for a single value
     * @param data as {@link Tensor#data} has it
     */
    public record Elements(long[] shape, ByteBuffer data) {}

    /** What stands for a {@code null} among the elements. */
    public enum Nulls {
        /** Refused. */
        REFUSED,
        /** NaN, in a tensor of floating-point numbers; refused in others. */
        NAN
    }

    /**
     * Reads an array, nested to any depth but rectangular, or a single value. Whole numbers must be
     * written as such and fit the type; what does not is refused, never cut off.
     *
     * @throws MalformedJson naming the byte, the value and what was expected
     */
    public static Elements read(JsonInput in, DataType type, Nulls nulls) {
        return new Reader(in, type, nulls).read();
    }

    private static final class Reader {
        private final JsonInput in;
        private final DataType type;
        private final Nulls nulls;
        private final Number number = new Number();
        private final long[] extents = new long[MAX_RANK];
        private ByteBuffer out;
        private int rank = -1;

        Reader(JsonInput in, DataType type, Nulls nulls) {
            this.in = in;
            this.type = type;
            this.nulls = nulls;
            int likely = in.left() / TEXT * type.size();
            this.out =
                    ByteBuffer.allocate(Math.clamp(likely, FIRST, MOST_AT_FIRST))
                            .order(ByteOrder.LITTLE_ENDIAN);
            Arrays.fill(extents, -1);
        }

        Elements read() {
            if (in.peek() == '[') {
                array(0);
            } else {
                rank = 0;
                element(in.peek());
            }
            long[] shape = Arrays.copyOf(extents, Math.max(0, rank));
            return new Elements(shape, out.flip().slice().order(ByteOrder.LITTLE_ENDIAN));
        }

        private void array(int depth) {
            if (depth == MAX_RANK) {
                throw in.fault("nested deeper than " + MAX_RANK);
            }
            in.expect('[');
            int first = in.peek();
            long count = first == ']' ? 0 : first == '[' ? arrays(depth) : values(depth);
            if (!in.take(']')) {
                throw in.fault("expected ',' or ']'");
            }
            if (extents[depth] < 0) {
                extents[depth] = count;
                if (count == 0 && rank < 0) {
                    rank = depth + 1;
                }
            } else if (extents[depth] != count) {
                throw in.fault(
                        "an array of " + count + " (expected: " + extents[depth] + ", as before)");
            }
        }

        private long arrays(int depth) {
            if (rank == depth + 1) {
                throw in.fault("an array among values");
            }
            long count = 0;
            do {
                int next = in.peek();
                if (next != '[') {
                    throw in.fault(next == ']' ? "expected a value" : "a value among arrays");
                }
                array(depth + 1);
                count++;
            } while (in.take(','));
            return count;
        }

        private long values(int depth) {
            if (rank < 0) {
                rank = depth + 1;
            } else if (rank != depth + 1) {
                throw in.fault("a value among arrays");
            }
            long count = 0;
            do {
                room(8);
                count += in.takeUsual(type, out);
                int next = in.peek();
                if (next == '[' || next == ']') {
                    throw in.fault(next == ']' ? "expected a value" : "an array among values");
                }
                element(next);
                count++;
            } while (in.take(','));
            return count;
        }

        private void element(int next) {
            room(8);
            if (next == 'n' && in.takeWord("null")) {
                absent();
                return;
            }
            switch (type) {
                case BYTES -> text();
                case BOOL -> out.put((byte) (bool() ? 1 : 0));
                case UINT8 -> out.put((byte) unsigned(0xFFL));
                case UINT16 -> out.putShort((short) unsigned(0xFFFFL));
                case UINT32 -> out.putInt((int) unsigned(0xFFFF_FFFFL));
                case UINT64 -> out.putLong(in.takeNumber(number).toUnsigned(in));
                case INT8 -> out.put((byte) signed(Byte.MIN_VALUE, Byte.MAX_VALUE));
                case INT16 -> out.putShort((short) signed(Short.MIN_VALUE, Short.MAX_VALUE));
                case INT32 -> out.putInt((int) signed(Integer.MIN_VALUE, Integer.MAX_VALUE));
                case INT64 -> out.putLong(in.takeNumber(number).toLong(in));
                case FP16 -> out.putShort(Float.floatToFloat16(in.takeNumber(number).toFloat(in)));
                case BF16 -> out.putShort(bfloat16(in.takeNumber(number).toFloat(in)));
                case FP32 -> out.putFloat(in.takeNumber(number).toFloat(in));
                case FP64 -> out.putDouble(in.takeNumber(number).toDouble(in));
            }
        }

        private void absent() {
            if (nulls == Nulls.REFUSED) {
                throw in.fault("null (expected: a value of " + type + ")");
            }
            switch (type) {
                case FP16 -> out.putShort(Float.floatToFloat16(Float.NaN));
                case BF16 -> out.putShort(bfloat16(Float.NaN));
                case FP32 -> out.putFloat(Float.NaN);
                case FP64 -> out.putDouble(Double.NaN);
                default -> throw in.fault("null (expected: a value of " + type + ")");
            }
        }

        private void text() {
            if (in.peek() != '"') {
                throw in.fault("expected a string");
            }
            byte[] bytes = in.takeString().getBytes(StandardCharsets.UTF_8);
            room(Integer.BYTES + bytes.length);
            out.putInt(bytes.length).put(bytes);
        }

        private boolean bool() {
            int next = in.peek();
            if (next == 't' || next == 'f') {
                return in.takeBoolean();
            }
            return signed(0, 1) == 1;
        }

        private long unsigned(long most) {
            long value = in.takeNumber(number).toUnsigned(in);
            if (value < 0 || value > most) {
                throw in.fault(Long.toUnsignedString(value) + " (expected: at most " + most + ")");
            }
            return value;
        }

        private long signed(long least, long most) {
            long value = in.takeNumber(number).toLong(in);
            if (value < least || value > most) {
                throw in.fault(value + " (expected: from " + least + " to " + most + ")");
            }
            return value;
        }

        private void room(int bytes) {
            if (out.remaining() < bytes) {
                long twice = Math.max(out.capacity() * 2L, out.position() + (long) bytes);
                if (out.position() + (long) bytes > Integer.MAX_VALUE - 8) {
                    throw in.fault("more elements than a tensor may have");
                }
                out =
                        ByteBuffer.allocate((int) Math.min(twice, Integer.MAX_VALUE - 8))
                                .order(ByteOrder.LITTLE_ENDIAN)
                                .put(out.flip());
            }
        }
    }

    /** The upper half of a float, rounded to even. */
    static short bfloat16(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (Float.isNaN(value)) {
            return (short) (bits >>> 16 | 0x40);
        }
        return (short) ((bits + 0x7FFF + (bits >>> 16 & 1)) >>> 16);
    }

    /**
     * Writes the elements as arrays nested by the shape; of no extents, as a single value.
     *
     * @param nan what stands for NaN, which JSON does not have; null means that of Python: NaN and
     *     Infinity as they are
     */
    public static void write(Tensor tensor, JsonOutput out, @Nullable String nan) {
        ByteBuffer data = tensor.data();
        nested(tensor.type(), tensor.shape(), 0, data, out, nan);
    }

    /** Writes the elements as one flat array. */
    public static void writeFlat(Tensor tensor, JsonOutput out, @Nullable String nan) {
        ByteBuffer data = tensor.data();
        long[] flat = {tensor.elements()};
        nested(tensor.type(), flat, 0, data, out, nan);
    }

    private static void nested(
            DataType type,
            long[] shape,
            int depth,
            ByteBuffer data,
            JsonOutput out,
            @Nullable String nan) {
        if (depth == shape.length) {
            value(type, data, out, nan);
            return;
        }
        out.put('[');
        for (long i = 0; i < shape[depth]; i++) {
            if (i > 0) {
                out.put(',');
            }
            nested(type, shape, depth + 1, data, out, nan);
        }
        out.put(']');
    }

    private static void value(
            DataType type, ByteBuffer data, JsonOutput out, @Nullable String nan) {
        switch (type) {
            case BYTES -> {
                int length = data.getInt();
                out.string(data.slice(data.position(), length));
                data.position(data.position() + length);
            }
            case BOOL -> out.ascii(data.get() == 0 ? "false" : "true");
            case UINT8 -> out.number(data.get() & 0xFFL);
            case UINT16 -> out.number(data.getShort() & 0xFFFFL);
            case UINT32 -> out.number(data.getInt() & 0xFFFF_FFFFL);
            case UINT64 -> out.ascii(Long.toUnsignedString(data.getLong()));
            case INT8 -> out.number(data.get());
            case INT16 -> out.number(data.getShort());
            case INT32 -> out.number(data.getInt());
            case INT64 -> out.number(data.getLong());
            case FP16 -> out.number(Float.float16ToFloat(data.getShort()), nan);
            case BF16 -> out.number(Float.intBitsToFloat(data.getShort() << 16), nan);
            case FP32 -> out.number(data.getFloat(), nan);
            case FP64 -> out.number(data.getDouble(), nan);
        }
    }
}
