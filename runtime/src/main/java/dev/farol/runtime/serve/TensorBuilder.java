package dev.farol.runtime.serve;

import dev.farol.runtime.tensor.DataType;
import dev.farol.runtime.tensor.JsonInput;
import dev.farol.runtime.tensor.Tensor;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Gathers elements of one type, from JSON values or texts, as a tensor's bytes. Numbers become what
 * NumPy makes of them on the way to that type: a float is first a double.
 */
final class TensorBuilder {
    private final String name;
    private final DataType type;
    private ByteBuffer data;
    private int elements;

    TensorBuilder(String name, DataType type) {
        this.name = name;
        this.type = type;
        this.data = ByteBuffer.allocate(256).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** A value that is no element of this type. */
    static final class Misfit extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Misfit(String message) {
            super(message, null, false, false);
        }
    }

    int elements() {
        return elements;
    }

    Tensor tensor(long... shape) {
        return new Tensor(name, type, shape, data.duplicate().flip());
    }

    /** The bytes so far. */
    ByteBuffer bytes() {
        return data.duplicate().order(ByteOrder.LITTLE_ENDIAN).flip();
    }

    private ByteBuffer room(int bytes) {
        if (data.remaining() < bytes) {
            int size = Math.addExact(data.position(), bytes);
            byte[] larger =
                    Arrays.copyOf(
                            data.array(), (int) Math.min((long) size * 2, Integer.MAX_VALUE - 8));
            data = ByteBuffer.wrap(larger).order(ByteOrder.LITTLE_ENDIAN).position(data.position());
        }
        return data;
    }

    /**
     * Takes the scalar that comes.
     *
     * @param body what {@code json} walks over
     */
    void add(JsonInput json, ByteBuffer body) {
        switch (json.peek()) {
            case '"' -> text(json.takeString());
            case '{' -> throw misfit("an object");
            case '[' -> throw misfit("a list");
            case 't', 'f' -> flag(json.takeBoolean());
            default -> {
                if (json.takeWord("null")) {
                    missing();
                    return;
                }
                int begin = json.position();
                json.skip();
                byte[] digits = new byte[json.position() - begin];
                body.get(body.position() + begin, digits);
                number(new String(digits, StandardCharsets.ISO_8859_1));
            }
        }
    }

    /** Takes what stands in a cell of a table; an empty one is missing. */
    void cell(String text) {
        if (text.isEmpty() && type != DataType.BYTES) {
            missing();
        } else {
            text(text);
        }
    }

    /** Takes a value as Java has it; null is missing. */
    void value(@Nullable Object value) {
        switch (value) {
            case null -> missing();
            case Boolean flag -> flag(flag);
            case Number number when type == DataType.FP32 -> {
                room(4).putFloat((float) number.doubleValue());
                elements++;
            }
            case Number number when type == DataType.FP64 -> {
                room(8).putDouble(number.doubleValue());
                elements++;
            }
            case Number number -> number(number.toString());
            case byte[] bytes when type == DataType.BYTES -> {
                room(4 + bytes.length).putInt(bytes.length).put(bytes);
                elements++;
            }
            case byte[] bytes -> throw misfit("bytes");
            default -> text(value.toString());
        }
    }

    private void text(String text) {
        switch (type) {
            case BYTES -> {
                byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
                room(4 + bytes.length).putInt(bytes.length).put(bytes);
                elements++;
            }
            case BOOL -> {
                switch (text.strip()) {
                    case "true", "True", "1" -> flag(true);
                    case "false", "False", "0" -> flag(false);
                    default -> throw misfit("\"" + text + "\"");
                }
            }
            default -> number(text.strip());
        }
    }

    private void flag(boolean value) {
        if (type == DataType.BYTES) {
            text(value ? "True" : "False");
        } else if (type == DataType.BOOL) {
            room(1).put((byte) (value ? 1 : 0));
            elements++;
        } else {
            number(value ? "1" : "0");
        }
    }

    private void missing() {
        switch (type) {
            case FP32, FP64, FP16, BF16 -> number("NaN");
            default -> throw misfit("null");
        }
    }

    private void number(String text) {
        try {
            switch (type) {
                case FP32 -> room(4).putFloat((float) Double.parseDouble(text));
                case FP64 -> room(8).putDouble(Double.parseDouble(text));
                case FP16 ->
                        room(2).putShort(Float.floatToFloat16((float) Double.parseDouble(text)));
                case BF16 -> room(2).putShort(brain((float) Double.parseDouble(text)));
                case BOOL -> room(1).put((byte) (Double.parseDouble(text) != 0 ? 1 : 0));
                case BYTES -> {
                    text(text);
                    return;
                }
                default -> whole(text);
            }
        } catch (NumberFormatException | ArithmeticException none) {
            throw misfit(text.length() > 40 ? text.substring(0, 40) + "…" : text);
        }
        elements++;
    }

    /** The nearest value of 16 bits, ties to even. */
    private static short brain(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (Float.isNaN(value)) {
            return (short) 0x7fc0;
        }
        return (short) ((bits + 0x7fff + (bits >>> 16 & 1)) >>> 16);
    }

    private void whole(String text) {
        BigInteger value =
                text.length() <= 18
                                && text.chars().allMatch(c -> (c >= '0' && c <= '9') || c == '-')
                        ? BigInteger.valueOf(Long.parseLong(text))
                        : exact(text);
        boolean unsigned =
                switch (type) {
                    case UINT8, UINT16, UINT32, UINT64 -> true;
                    default -> false;
                };
        int bits = type.size() * 8;
        boolean fits =
                unsigned
                        ? value.signum() >= 0 && value.bitLength() <= bits
                        : value.bitLength() < bits;
        if (!fits) {
            throw new ArithmeticException(text);
        }
        long plain = value.longValue();
        ByteBuffer into = room(8);
        switch (type.size()) {
            case 1 -> into.put((byte) plain);
            case 2 -> into.putShort((short) plain);
            case 4 -> into.putInt((int) plain);
            default -> into.putLong(plain);
        }
    }

    private static BigInteger exact(String text) {
        var decimal = new BigDecimal(text);
        if (Math.abs((long) decimal.scale()) > 400) {
            throw new ArithmeticException(text);
        }
        return decimal.toBigIntegerExact();
    }

    Misfit misfit(String what) {
        return new Misfit("'" + name + "' holds " + what + " (expected: " + expected() + ")");
    }

    private String expected() {
        return switch (type) {
            case BYTES -> "a string";
            case BOOL -> "true or false";
            case FP16, BF16, FP32, FP64 -> "a number, for " + type;
            default -> "a whole number that " + type + " holds";
        };
    }
}
