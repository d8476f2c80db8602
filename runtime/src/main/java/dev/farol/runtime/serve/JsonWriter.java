package dev.farol.runtime.serve;

import dev.farol.kit.Json;
import dev.farol.runtime.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** JSON as bytes, made of tensors. A float that is no number is written as Python does: NaN. */
final class JsonWriter {
    private byte[] out = new byte[512];
    private int size;

    ByteBuffer bytes() {
        return ByteBuffer.wrap(out, 0, size);
    }

    JsonWriter raw(String ascii) {
        int length = ascii.length();
        room(length);
        for (int i = 0; i < length; i++) {
            out[size++] = (byte) ascii.charAt(i);
        }
        return this;
    }

    JsonWriter raw(byte[] text) {
        room(text.length);
        System.arraycopy(text, 0, out, size, text.length);
        size += text.length;
        return this;
    }

    JsonWriter quoted(String text) {
        return raw(Json.STRICT.writeValueAsBytes(text));
    }

    private void room(int bytes) {
        if (out.length - size < bytes) {
            out = Arrays.copyOf(out, Math.addExact(Math.max(out.length * 2, size), bytes));
        }
    }

    /** All elements as nested arrays. */
    JsonWriter nested(Tensor tensor, boolean json) {
        return nested(elements(tensor, json), tensor.shape(), 0);
    }

    /**
     * The elements that come, as nested arrays of the extents from {@code axis} on.
     */
    JsonWriter nested(Elements elements, long[] shape, int axis) {
        if (axis == shape.length) {
            elements.next(this);
            return this;
        }
        raw("[");
        for (long i = 0; i < shape[axis]; i++) {
            if (i > 0) {
                raw(", ");
            }
            nested(elements, shape, axis + 1);
        }
        return raw("]");
    }

    /** Writes one element after the other. */
    @FunctionalInterface
    interface Elements {
        void next(JsonWriter into);
    }

    /**
     * @param json whether the elements are JSON texts themselves
     */
    static Elements elements(Tensor tensor, boolean json) {
        ByteBuffer data = tensor.data();
        return switch (tensor.type()) {
            case FP32 -> into -> into.number(data.getFloat());
            case FP64 -> into -> into.number(data.getDouble());
            case FP16 -> into -> into.number(Float.float16ToFloat(data.getShort()));
            case BF16 -> into -> into.number(Float.intBitsToFloat(data.getShort() << 16));
            case BOOL -> into -> into.raw(data.get() != 0 ? "true" : "false");
            case INT8 -> into -> into.raw(Integer.toString(data.get()));
            case INT16 -> into -> into.raw(Integer.toString(data.getShort()));
            case INT32 -> into -> into.raw(Integer.toString(data.getInt()));
            case INT64 -> into -> into.raw(Long.toString(data.getLong()));
            case UINT8 -> into -> into.raw(Integer.toString(data.get() & 0xff));
            case UINT16 -> into -> into.raw(Integer.toString(data.getShort() & 0xffff));
            case UINT32 -> into -> into.raw(Integer.toUnsignedString(data.getInt()));
            case UINT64 -> into -> into.raw(Long.toUnsignedString(data.getLong()));
            case BYTES ->
                    into -> {
                        byte[] text = new byte[data.getInt()];
                        data.get(text);
                        if (json) {
                            into.raw(text);
                        } else {
                            into.quoted(new String(text, StandardCharsets.UTF_8));
                        }
                    };
        };
    }

    private void number(float value) {
        raw(Float.toString(value));
    }

    private void number(double value) {
        raw(Double.toString(value));
    }

}
