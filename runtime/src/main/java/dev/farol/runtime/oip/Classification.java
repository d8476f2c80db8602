package dev.farol.runtime.oip;

import dev.farol.runtime.tensor.DataType;
import dev.farol.runtime.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * The classification extension: the largest values of each row as texts {@code value:index} or
 * {@code value:index:label}.
 */
final class Classification {
    private Classification() {}

    static Tensor of(Tensor tensor, int classes, boolean batched, List<String> labels) {
        if (tensor.type() == DataType.BYTES
                || tensor.type() == DataType.BOOL
                || tensor.type() == DataType.FP16
                || tensor.type() == DataType.BF16) {
            throw Refused.invalid(
                    "class result not available for output '"
                            + tensor.name()
                            + "' due to unsupported type '"
                            + tensor.type()
                            + "'");
        }
        long[] old = tensor.shape();
        long rows = batched && old.length > 0 ? old[0] : 1;
        int width = Math.toIntExact(rows == 0 ? 0 : tensor.elements() / rows);
        int most = Math.min(classes, width);
        var texts = new ArrayList<byte[]>();
        int size = 0;
        ByteBuffer data = tensor.data();
        for (int row = 0; row < rows; row++) {
            for (int index : largest(tensor.type(), data, row * width, width, most)) {
                String text = value(tensor.type(), data, row * width + index) + ":" + index;
                if (index < labels.size()) {
                    text += ":" + labels.get(index);
                }
                byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
                texts.add(bytes);
                size += 4 + bytes.length;
            }
        }
        ByteBuffer out = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        texts.forEach(text -> out.putInt(text.length).put(text));
        long[] shape = batched ? new long[] {rows, most} : new long[] {most};
        return new Tensor(tensor.name(), DataType.BYTES, shape, out.flip());
    }

    /** The places of the largest, the largest first; of equals the first. */
    private static List<Integer> largest(
            DataType type, ByteBuffer data, int from, int width, int most) {
        Comparator<Integer> smallestFirst =
                (a, b) -> {
                    int order = compare(type, data, from + a, from + b);
                    return order != 0 ? order : Integer.compare(b, a);
                };
        var kept = new PriorityQueue<Integer>(Math.max(1, most), smallestFirst);
        for (int i = 0; i < width && most > 0; i++) {
            if (kept.size() < most) {
                kept.add(i);
            } else if (smallestFirst.compare(i, kept.element()) > 0) {
                kept.remove();
                kept.add(i);
            }
        }
        var order = new ArrayList<>(kept);
        order.sort(smallestFirst.reversed());
        return order;
    }

    private static int compare(DataType type, ByteBuffer data, int a, int b) {
        int first = a * type.size();
        int second = b * type.size();
        return switch (type) {
            case FP32 -> Float.compare(data.getFloat(first), data.getFloat(second));
            case FP64 -> Double.compare(data.getDouble(first), data.getDouble(second));
            case UINT64 -> Long.compareUnsigned(data.getLong(first), data.getLong(second));
            default -> Long.compare(integer(type, data, a), integer(type, data, b));
        };
    }

    private static String value(DataType type, ByteBuffer data, int index) {
        return switch (type) {
            // As Triton prints them.
            case FP32 -> String.format(java.util.Locale.ROOT, "%f", data.getFloat(index * 4));
            case FP64 -> String.format(java.util.Locale.ROOT, "%f", data.getDouble(index * 8));
            case UINT64 -> Long.toUnsignedString(data.getLong(index * 8));
            default -> Long.toString(integer(type, data, index));
        };
    }

    private static long integer(DataType type, ByteBuffer data, int index) {
        return switch (type) {
            case BOOL, UINT8 -> data.get(index) & 0xFF;
            case INT8 -> data.get(index);
            case UINT16 -> data.getShort(index * 2) & 0xFFFF;
            case INT16 -> data.getShort(index * 2);
            case UINT32 -> Integer.toUnsignedLong(data.getInt(index * 4));
            case INT32 -> data.getInt(index * 4);
            case INT64, UINT64 -> data.getLong(index * 8);
            case FP16, BF16, FP32, FP64, BYTES ->
                    throw new IllegalArgumentException(type + " (expected: an integer)");
        };
    }
}
