package dev.farol.runtime.serve;

import dev.farol.runtime.serve.Request.Refused;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.arrow.flatbuf.DictionaryEncoding;
import org.apache.arrow.flatbuf.Field;
import org.apache.arrow.flatbuf.FieldNode;
import org.apache.arrow.flatbuf.FixedSizeList;
import org.apache.arrow.flatbuf.FloatingPoint;
import org.apache.arrow.flatbuf.Int;
import org.apache.arrow.flatbuf.Precision;
import org.apache.arrow.flatbuf.Type;
import org.jspecify.annotations.Nullable;

/** A column of a batch of Arrow: where its values lie. */
abstract class ArrowColumn {
    private static final int MOST_NESTED = 32;
    private static final BigInteger UNSIGNED = BigInteger.ONE.shiftLeft(64);

    private final @Nullable ByteBuffer present;

    private ArrowColumn(@Nullable ByteBuffer present) {
        this.present = present;
    }

    /** Null, a Boolean, a Number, a String, bytes, or a list of such. */
    final @Nullable Object at(int i) {
        return present == null || bit(present, i) ? value(i) : null;
    }

    abstract @Nullable Object value(int i);

    /** Hands out the nodes and buffers of a batch in the order of its fields. */
    static final class Cursor {
        private final ArrowBuffers.Batch batch;
        private final ArrowDictionaries dictionaries;
        private int node;
        private int buffer;
        private int depth;

        /**
         * How many elements of lists and bytes of texts may still be read: what lies there can be
         * pointed at twice.
         */
        private long elements;

        Cursor(ArrowBuffers.Batch batch, ArrowDictionaries dictionaries) {
            this.batch = batch;
            this.dictionaries = dictionaries;
            this.elements = 8L * batch.bytes();
        }

        private List<@Nullable Object> list(ArrowColumn items, int from, int to) {
            spend(Math.max(0, (long) to - from));
            var values = new ArrayList<@Nullable Object>();
            for (int i = from; i < to; i++) {
                values.add(items.at(i));
            }
            return values;
        }

        private void spend(long more) {
            elements -= more;
            if (elements < 0) {
                throw new Refused(
                        "The lists or texts of a batch of Arrow are longer than the batch");
            }
        }

        private ByteBuffer next() {
            return batch.buffers().get(buffer++);
        }

        /** The bits that say which values there are; null when all are. */
        private @Nullable ByteBuffer present() {
            FieldNode told = there(batch.told().nodes(node++));
            ByteBuffer bits = next();
            return told.nullCount() == 0 ? null : bits;
        }
    }

    static boolean isList(Field field) {
        return switch (field.typeType()) {
            case Type.List, Type.LargeList, Type.FixedSizeList -> true;
            default -> false;
        };
    }

    static ArrowColumn of(Field field, Cursor cursor) {
        DictionaryEncoding encoding = field.dictionary();
        if (encoding == null) {
            return plain(field, cursor);
        }
        Int type = encoding.indexType();
        ArrowColumn indices = type == null ? whole(true, 32, cursor) : whole(type, cursor);
        ArrowDictionaries.Values values = cursor.dictionaries.values(encoding.id());
        return column(
                null, i -> indices.at(i) instanceof Number at ? values.at(at.longValue()) : null);
    }

    /** The same of the values themselves, also where the field stands for places among them. */
    static ArrowColumn plain(Field field, Cursor cursor) {
        if (++cursor.depth > MOST_NESTED) {
            throw new Refused("A column of Arrow is nested deeper than " + MOST_NESTED);
        }
        ArrowColumn column =
                switch (field.typeType()) {
                    case Type.Null -> {
                        cursor.node++;
                        yield column(null, i -> null);
                    }
                    case Type.Int -> whole((Int) there(field.type(new Int())), cursor);
                    case Type.FloatingPoint ->
                            real((FloatingPoint) there(field.type(new FloatingPoint())), cursor);
                    case Type.Bool -> {
                        ByteBuffer present = cursor.present();
                        ByteBuffer bits = cursor.next();
                        yield column(present, i -> bit(bits, i));
                    }
                    case Type.Utf8, Type.Binary, Type.LargeUtf8, Type.LargeBinary ->
                            texts(field.typeType(), cursor);
                    case Type.FixedSizeList -> {
                        int size =
                                ((FixedSizeList) there(field.type(new FixedSizeList()))).listSize();
                        ByteBuffer present = cursor.present();
                        ArrowColumn items = of(there(field.children(0)), cursor);
                        yield column(
                                present,
                                i ->
                                        cursor.list(
                                                items,
                                                Math.multiplyExact(i, size),
                                                (i + 1) * size));
                    }
                    case Type.List, Type.LargeList -> {
                        boolean large = field.typeType() == Type.LargeList;
                        ByteBuffer present = cursor.present();
                        ByteBuffer offsets = cursor.next();
                        ArrowColumn items = of(there(field.children(0)), cursor);
                        yield column(
                                present,
                                i ->
                                        cursor.list(
                                                items,
                                                offset(offsets, i, large),
                                                offset(offsets, i + 1, large)));
                    }
                    default ->
                            throw new Refused(
                                    "The column '"
                                            + field.name()
                                            + "' of Arrow is of type "
                                            + Arrow.name(field.typeType())
                                            + " (expected: numbers, booleans, texts, or lists of"
                                            + " them)");
                };
        cursor.depth--;
        return column;
    }

    private interface Values {
        @Nullable Object at(int i);
    }

    private static ArrowColumn column(@Nullable ByteBuffer present, Values values) {
        return new ArrowColumn(present) {
            @Override
            @Nullable Object value(int i) {
                return values.at(i);
            }
        };
    }

    private static boolean bit(ByteBuffer bits, int i) {
        return (bits.get(i >> 3) >> (i & 7) & 1) != 0;
    }

    private static ArrowColumn whole(Int type, Cursor cursor) {
        return whole(type.isSigned(), type.bitWidth(), cursor);
    }

    private static ArrowColumn whole(boolean signed, int bits, Cursor cursor) {
        ByteBuffer present = cursor.present();
        ByteBuffer data = cursor.next();
        return switch (bits) {
            case 8 -> column(present, i -> signed ? data.get(i) : data.get(i) & 0xFF);
            case 16 ->
                    column(
                            present,
                            i -> signed ? data.getShort(2 * i) : data.getShort(2 * i) & 0xFFFF);
            case 32 ->
                    column(
                            present,
                            i ->
                                    signed
                                            ? (long) data.getInt(4 * i)
                                            : data.getInt(4 * i) & 0xFFFF_FFFFL);
            case 64 ->
                    column(
                            present,
                            i -> {
                                long value = data.getLong(8 * i);
                                return signed || value >= 0
                                        ? (Object) value
                                        : BigInteger.valueOf(value).add(UNSIGNED);
                            });
            default -> throw new Refused("Numbers of Arrow with " + bits + " bits");
        };
    }

    private static ArrowColumn real(FloatingPoint type, Cursor cursor) {
        ByteBuffer present = cursor.present();
        ByteBuffer data = cursor.next();
        return switch (type.precision()) {
            case Precision.HALF -> column(present, i -> Float.float16ToFloat(data.getShort(2 * i)));
            case Precision.SINGLE -> column(present, i -> data.getFloat(4 * i));
            default -> column(present, i -> data.getDouble(8 * i));
        };
    }

    private static ArrowColumn texts(byte type, Cursor cursor) {
        boolean large = type == Type.LargeUtf8 || type == Type.LargeBinary;
        boolean text = type == Type.Utf8 || type == Type.LargeUtf8;
        ByteBuffer present = cursor.present();
        ByteBuffer offsets = cursor.next();
        ByteBuffer data = cursor.next();
        return column(
                present,
                i -> {
                    int from = offset(offsets, i, large);
                    int to = offset(offsets, i + 1, large);
                    Objects.checkFromToIndex(from, to, data.limit());
                    cursor.spend(to - from);
                    byte[] bytes = new byte[to - from];
                    data.get(from, bytes);
                    return text ? new String(bytes, StandardCharsets.UTF_8) : bytes;
                });
    }

    private static int offset(ByteBuffer offsets, int i, boolean large) {
        return large ? Math.toIntExact(offsets.getLong(8 * i)) : offsets.getInt(4 * i);
    }

    /** What a stream has to have; without it, it is broken like one whose offsets lead nowhere. */
    static <T> T there(@Nullable T part) {
        if (part == null) {
            throw new IndexOutOfBoundsException("a part is missing");
        }
        return part;
    }
}
