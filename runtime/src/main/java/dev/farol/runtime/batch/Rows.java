package dev.farol.runtime.batch;

import dev.farol.runtime.tensor.DataType;
import dev.farol.runtime.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** Puts tensors together along their first extent, and takes them apart. */
final class Rows {
    /** How far apart two results of the same rows may be: sums are made in another order. */
    private static final double TOLERANCE = 1e-4;

    private Rows() {}

    /** How many rows all of these have; -1 when they are not of one number. */
    static long count(List<Tensor> tensors) {
        long rows = -1;
        for (Tensor tensor : tensors) {
            if (tensor.rank() == 0 || (rows >= 0 && tensor.extent(0) != rows)) {
                return -1;
            }
            rows = tensor.extent(0);
        }
        return rows;
    }

    /** Tensors of one name, type and row shape. */
    static Tensor join(List<Tensor> parts) {
        Tensor first = parts.getFirst();
        long[] shape = first.shape();
        shape[0] = 0;
        int size = 0;
        for (Tensor part : parts) {
            shape[0] += part.extent(0);
            size = Math.addExact(size, part.bytes());
        }
        ByteBuffer data = ByteBuffer.allocate(size);
        for (Tensor part : parts) {
            data.put(part.data());
        }
        return new Tensor(first.name(), first.type(), shape, data.flip());
    }

    /** The pieces of these many rows each, which together are all. */
    static List<Tensor> split(Tensor whole, List<Long> rows) {
        ByteBuffer data = whole.data();
        long[] shape = whole.shape();
        long perRow = 1;
        for (int axis = 1; axis < shape.length; axis++) {
            perRow *= shape[axis];
        }
        var pieces = new ArrayList<Tensor>();
        for (long count : rows) {
            int from = data.position();
            int to =
                    whole.type() == DataType.BYTES
                            ? behind(data, from, count * perRow)
                            : from + (int) (count * perRow * whole.type().size());
            long[] piece = shape.clone();
            piece[0] = count;
            pieces.add(new Tensor(whole.name(), whole.type(), piece, data.slice(from, to - from)));
            data.position(to);
        }
        return pieces;
    }

    private static int behind(ByteBuffer data, int from, long elements) {
        int at = from;
        for (long i = 0; i < elements; i++) {
            at += 4 + data.getInt(at);
        }
        return at;
    }

    /** Whether these are the same results, but for the rounding of sums. */
    static boolean alike(List<Tensor> some, List<Tensor> others) {
        if (some.size() != others.size()) {
            return false;
        }
        for (int i = 0; i < some.size(); i++) {
            if (!alike(some.get(i), others.get(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean alike(Tensor one, Tensor other) {
        if (one.type() != other.type() || !java.util.Arrays.equals(one.shape(), other.shape())) {
            return false;
        }
        ByteBuffer a = one.data().order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer b = other.data().order(ByteOrder.LITTLE_ENDIAN);
        switch (one.type()) {
            case FP32 -> {
                while (a.hasRemaining()) {
                    if (apart(a.getFloat(), b.getFloat(), TOLERANCE)) {
                        return false;
                    }
                }
            }
            case FP64 -> {
                while (a.hasRemaining()) {
                    if (apart(a.getDouble(), b.getDouble(), TOLERANCE)) {
                        return false;
                    }
                }
            }
            case FP16 -> {
                while (a.hasRemaining()) {
                    if (apart(
                            Float.float16ToFloat(a.getShort()),
                            Float.float16ToFloat(b.getShort()),
                            1e-2)) {
                        return false;
                    }
                }
            }
            case BF16 -> {
                while (a.hasRemaining()) {
                    if (apart(
                            Float.intBitsToFloat(a.getShort() << 16),
                            Float.intBitsToFloat(b.getShort() << 16),
                            1e-1)) {
                        return false;
                    }
                }
            }
            case BYTES -> {
                while (a.hasRemaining()) {
                    ByteBuffer left = element(a);
                    ByteBuffer right = element(b);
                    // JSON texts with numbers in them differ in their last digits.
                    boolean json = left.hasRemaining() && left.get(left.position()) == '{';
                    if (!json && !left.equals(right)) {
                        return false;
                    }
                }
            }
            default -> {
                return a.equals(b);
            }
        }
        return true;
    }

    private static ByteBuffer element(ByteBuffer data) {
        int size = data.getInt();
        ByteBuffer element = data.slice(data.position(), size);
        data.position(data.position() + size);
        return element;
    }

    private static boolean apart(double a, double b, double tolerance) {
        if (Double.isNaN(a) || Double.isNaN(b) || Double.isInfinite(a) || Double.isInfinite(b)) {
            return Double.compare(a, b) != 0;
        }
        return Math.abs(a - b) > tolerance * Math.max(Math.max(Math.abs(a), Math.abs(b)), 1e-2);
    }
}
