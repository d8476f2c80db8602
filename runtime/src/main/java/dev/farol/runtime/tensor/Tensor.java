package dev.farol.runtime.tensor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Elements of one type in row-major order.
 *
 * @param name of the input or output that it is for
 * @param shape without negative extents; empty for a scalar
 * @param data from position to limit, little-endian, as the binary extension of the Open Inference
 *     Protocol has it: a BOOL is a byte 0 or 1; an element of BYTES is its length as four bytes,
 *     then its bytes. Not to be changed; views of it have positions of their own.
 */
public record Tensor(String name, DataType type, long[] shape, ByteBuffer data) {
    public Tensor {
        shape = shape.clone();
        data = data.slice().order(ByteOrder.LITTLE_ENDIAN);
        long elements = elements(shape);
        if (type.size() > 0 && data.remaining() != elements * type.size()) {
            throw new IllegalArgumentException(
                    "'"
                            + name
                            + "' holds "
                            + data.remaining()
                            + " bytes (expected: "
                            + elements * type.size()
                            + ", for "
                            + type
                            + Arrays.toString(shape)
                            + ")");
        }
    }

    /** A view from the begin of the data, little-endian. */
    @Override
    public ByteBuffer data() {
        return data.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public long[] shape() {
        return shape.clone();
    }

    /** How many extents the shape has. */
    public int rank() {
        return shape.length;
    }

    /** One of the shape, without a copy of all. */
    public long extent(int axis) {
        return shape[axis];
    }

    /** How many bytes its elements take. */
    public int bytes() {
        return data.remaining();
    }

    public long elements() {
        return elements(shape);
    }

    /**
     * How many elements a tensor of this shape has.
     *
     * @throws IllegalArgumentException for a negative extent
     * @throws ArithmeticException for more elements than a long can count
     */
    public static long elements(long... shape) {
        boolean empty = false;
        for (long extent : shape) {
            if (extent < 0) {
                throw new IllegalArgumentException(
                        "the shape " + Arrays.toString(shape) + " has a negative extent");
            }
            empty |= extent == 0;
        }
        if (empty) {
            return 0;
        }
        long elements = 1;
        for (long extent : shape) {
            elements = Math.multiplyExact(elements, extent);
        }
        return elements;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Tensor tensor
                && name.equals(tensor.name)
                && type == tensor.type
                && Arrays.equals(shape, tensor.shape)
                && data.equals(tensor.data);
    }

    @Override
    public int hashCode() {
        return 31 * name.hashCode() + Arrays.hashCode(shape);
    }

    @Override
    public String toString() {
        return name + " " + type + Arrays.toString(shape);
    }
}
