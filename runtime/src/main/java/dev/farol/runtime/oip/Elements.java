package dev.farol.runtime.oip;

import dev.farol.runtime.tensor.DataType;
import dev.farol.runtime.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Whether bytes that came are the elements of a tensor. */
final class Elements {
    private Elements() {}

    /** The number of elements that the shape tells, which no one has sent yet. */
    static long check(String input, DataType type, long[] shape) {
        try {
            return Math.multiplyExact(Tensor.elements(shape), Math.max(1, type.size()));
        } catch (IllegalArgumentException negative) {
            throw Refused.invalid(
                    "shape of input '"
                            + input
                            + "' is "
                            + Arrays.toString(shape)
                            + " (expected: no negative extent)");
        } catch (ArithmeticException tooMany) {
            throw Refused.invalid(
                    "shape of input '"
                            + input
                            + "' is "
                            + Arrays.toString(shape)
                            + ", which no request can fill");
        }
    }

    /** A tensor of binary data. */
    static Tensor raw(String input, DataType type, long[] shape, ByteBuffer data) {
        long expected = check(input, type, shape);
        if (type == DataType.BYTES) {
            strings(input, expected, data.duplicate().order(ByteOrder.LITTLE_ENDIAN));
        } else if (data.remaining() != expected) {
            throw Refused.invalid(
                    "unexpected total byte size "
                            + data.remaining()
                            + " for input '"
                            + input
                            + "', expecting "
                            + expected);
        } else if (type == DataType.BOOL) {
            booleans(input, data.duplicate());
        }
        return new Tensor(input, type, shape, data);
    }

    private static void strings(String input, long elements, ByteBuffer data) {
        long seen = 0;
        while (data.hasRemaining()) {
            if (data.remaining() < 4) {
                throw Refused.invalid(
                        "incomplete string length indicator for inference input '"
                                + input
                                + "', expecting 4 bytes but only "
                                + data.remaining()
                                + " bytes available");
            }
            long length = Integer.toUnsignedLong(data.getInt());
            if (length > data.remaining()) {
                throw Refused.invalid(
                        "incomplete string data for inference input '"
                                + input
                                + "', expecting string of length "
                                + length
                                + " but only "
                                + data.remaining()
                                + " bytes available");
            }
            data.position(data.position() + (int) length);
            seen++;
        }
        if (seen != elements) {
            throw Refused.invalid(
                    "expected "
                            + elements
                            + " string elements for inference input '"
                            + input
                            + "', got "
                            + seen);
        }
    }

    private static void booleans(String input, ByteBuffer data) {
        while (data.hasRemaining()) {
            byte value = data.get();
            if (value != 0 && value != 1) {
                throw Refused.invalid(
                        "input '"
                                + input
                                + "' holds the byte "
                                + (value & 0xFF)
                                + " (expected: BOOL, 0 or 1)");
            }
        }
    }

    /** Whether there are as many elements as the shape tells. */
    static boolean fits(DataType type, long[] shape, ByteBuffer data) {
        long elements = Tensor.elements(shape);
        if (type != DataType.BYTES) {
            return data.remaining() == elements * type.size();
        }
        ByteBuffer rest = data.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        long seen = 0;
        while (rest.hasRemaining()) {
            int length = rest.getInt();
            rest.position(rest.position() + length);
            seen++;
        }
        return seen == elements;
    }

    /** Whether every element is UTF-8. */
    static boolean isText(Tensor tensor) {
        ByteBuffer rest = tensor.data();
        var decoder = StandardCharsets.UTF_8.newDecoder();
        try {
            while (rest.hasRemaining()) {
                int length = rest.getInt();
                var _ = decoder.decode(rest.slice(rest.position(), length));
                rest.position(rest.position() + length);
            }
            return true;
        } catch (CharacterCodingException binary) {
            return false;
        }
    }
}
