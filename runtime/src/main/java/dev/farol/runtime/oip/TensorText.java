package dev.farol.runtime.oip;

import dev.farol.runtime.tensor.DataType;
import dev.farol.runtime.tensor.Tensor;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The elements of tensors as JSON, flat or nested. */
final class TensorText {
    private static final int MAX_FAST_DIGITS = 15;
    private static final double[] TENS = {
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15
    };

    private TensorText() {}

    /** The element of a type that is an integer, but for UINT64. */
    static long integer(DataType type, ByteBuffer data, int index) {
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

    /**
     * Reads the array that the cursor stands at.
     *
     * @param input for messages
     * @throws Refused when it is not so many elements of the type
     */
    static ByteBuffer read(JsonCursor json, DataType type, long[] shape, String input) {
        long elements = Tensor.elements(shape);
        if (type == DataType.FP16 || type == DataType.BF16) {
            throw Refused.invalid(
                    "sending "
                            + type
                            + " data via JSON is not supported. Please use the binary data format"
                            + " for input '"
                            + input
                            + "'");
        }
        // An element takes a character at least: a shape alone allocates nothing.
        if (elements > json.remaining()) {
            throw count(input, shape);
        }
        int width = type == DataType.BYTES ? 16 : type.size();
        var sink = new Sink((int) Math.min(Integer.MAX_VALUE - 8L, elements * width));
        int depth = 0;
        long seen = 0;
        boolean wantsElement = true;
        boolean afterComma = false;
        do {
            switch (json.peek()) {
                case '[' -> {
                    if (!wantsElement) {
                        throw json.broken("',' expected");
                    }
                    json.advance();
                    depth++;
                    wantsElement = true;
                    afterComma = false;
                }
                case ']' -> {
                    if (afterComma) {
                        throw json.broken("an element expected");
                    }
                    json.advance();
                    depth--;
                    wantsElement = false;
                }
                case ',' -> {
                    if (wantsElement) {
                        throw json.broken("an element expected");
                    }
                    json.advance();
                    wantsElement = true;
                    afterComma = true;
                }
                case 0 -> throw json.broken("the array does not end");
                default -> {
                    if (!wantsElement || depth == 0) {
                        throw json.broken(depth == 0 ? "an array expected" : "',' expected");
                    }
                    seen++;
                    if (seen > elements) {
                        throw count(input, shape);
                    }
                    element(json, type, sink, input);
                    wantsElement = false;
                    afterComma = false;
                }
            }
        } while (depth > 0);
        if (seen != elements) {
            throw count(input, shape);
        }
        return sink.data();
    }

    private static Refused count(String input, long[] shape) {
        return Refused.invalid(
                "Unable to parse 'data': Shape does not match true shape of 'data' field (input '"
                        + input
                        + "', shape "
                        + ServedModel.told(shape)
                        + ")");
    }

    private static void element(JsonCursor json, DataType type, Sink sink, String input) {
        switch (type) {
            case BYTES -> {
                if (json.peek() != '"') {
                    throw element(plain(json, type, input), type, input);
                }
                byte[] text = json.string().getBytes(StandardCharsets.UTF_8);
                sink.integer(text.length, 4);
                sink.bytes(text);
            }
            case BOOL -> {
                String text = plain(json, type, input);
                if (!text.equals("true") && !text.equals("false")) {
                    throw element(text, type, input);
                }
                sink.integer(text.equals("true") ? 1 : 0, 1);
            }
            case FP32 -> sink.integer(Float.floatToRawIntBits(single(json, input)), 4);
            case FP64 -> sink.integer(Double.doubleToRawLongBits(twice(json, input)), 8);
            default -> sink.integer(whole(json, type, input), type.size());
        }
    }

    private static String plain(JsonCursor json, DataType type, String input) {
        char first = json.peek();
        if (first == '"' || first == '{') {
            throw element(first == '{' ? "an object" : "a string", type, input);
        }
        String text = json.scalar();
        if (text.isEmpty()) {
            throw json.broken("an element expected");
        }
        return text;
    }

    private static Refused element(String text, DataType type, String input) {
        return Refused.invalid(
                "Unable to parse 'data': "
                        + (text.length() > 40 ? text.substring(0, 40) + "…" : text)
                        + " is no element of '"
                        + input
                        + "' (expected: "
                        + type
                        + ")");
    }

    private static long whole(JsonCursor json, DataType type, String input) {
        int from = json.position();
        boolean negative = json.raw() == '-';
        if (negative) {
            json.advance();
        }
        long value = 0;
        int digits = 0;
        int first = json.raw();
        for (int c = first; c >= '0' && c <= '9' && digits < 18; c = json.raw()) {
            value = value * 10 + c - '0';
            digits++;
            json.advance();
        }
        int next = json.raw();
        boolean ends =
                next == ','
                        || next == ']'
                        || next == ' '
                        || next == '\n'
                        || next == '\r'
                        || next == '\t';
        if (ends && digits > 0 && (digits == 1 || first != '0')) {
            long signed = negative ? -value : value;
            if (holds(type, signed)) {
                return signed;
            }
        }
        json.position(from);
        String text = plain(json, type, input);
        if (!text.matches("-?(0|[1-9][0-9]{0,30})")) {
            throw element(text, type, input);
        }
        var big = new BigInteger(text);
        boolean fits =
                type == DataType.UINT64
                        ? big.signum() >= 0 && big.bitLength() <= 64
                        : big.bitLength() <= 63 && holds(type, big.longValue());
        if (!fits) {
            throw element(text, type, input);
        }
        return big.longValue();
    }

    private static boolean holds(DataType type, long value) {
        return switch (type) {
            case UINT8 -> value >= 0 && value <= 0xFF;
            case UINT16 -> value >= 0 && value <= 0xFFFF;
            case UINT32 -> value >= 0 && value <= 0xFFFFFFFFL;
            case UINT64 -> value >= 0;
            case INT8 -> value == (byte) value;
            case INT16 -> value == (short) value;
            case INT32 -> value == (int) value;
            default -> true;
        };
    }

    private static float single(JsonCursor json, String input) {
        int from = json.position();
        long mantissa = decimal(json);
        if (mantissa >= 0 && Math.abs(lastMantissa(mantissa)) < 1 << 24 && scale(mantissa) <= 10) {
            // Both are exact as floats, and so is their quotient rounded once.
            return (float) lastMantissa(mantissa) / (float) TENS[scale(mantissa)];
        }
        json.position(from);
        String text = number(json, DataType.FP32, input);
        return Float.parseFloat(text);
    }

    private static double twice(JsonCursor json, String input) {
        String text = number(json, DataType.FP64, input);
        return Double.parseDouble(text);
    }

    /**
     * Reads a number without a sign of few digits: the digits, shifted by the places after the
     * point; -1 for what has to be read otherwise.
     */
    private static long decimal(JsonCursor json) {
        long value = 0;
        int digits = 0;
        int scale = 0;
        boolean point = false;
        while (true) {
            int c = json.raw();
            if (c >= '0' && c <= '9') {
                if (digits == 1 && value == 0 && !point) {
                    return -1;
                }
                value = value * 10 + c - '0';
                digits++;
                scale += point ? 1 : 0;
                if (digits > MAX_FAST_DIGITS) {
                    return -1;
                }
            } else if (c == '.' && !point && digits > 0) {
                point = true;
            } else {
                break;
            }
            json.advance();
        }
        int c = json.raw();
        boolean ends = c == ',' || c == ']' || c == ' ' || c == '\n' || c == '\r' || c == '\t';
        return !ends || digits == 0 || (point && scale == 0) ? -1 : value << 4 | scale;
    }

    private static long lastMantissa(long packed) {
        return packed >> 4;
    }

    private static int scale(long packed) {
        return (int) (packed & 15);
    }

    private static String number(JsonCursor json, DataType type, String input) {
        String text = plain(json, type, input);
        boolean special = text.equals("NaN") || text.equals("Infinity") || text.equals("-Infinity");
        if (!special && !isNumber(text)) {
            throw element(text, type, input);
        }
        return text;
    }

    private static boolean isNumber(String text) {
        int at = 0;
        int length = text.length();
        if (at < length && text.charAt(at) == '-') {
            at++;
        }
        int digits = digits(text, at);
        if (digits == at || (digits > at + 1 && text.charAt(at) == '0')) {
            return false;
        }
        at = digits;
        if (at < length && text.charAt(at) == '.') {
            digits = digits(text, at + 1);
            if (digits == at + 1) {
                return false;
            }
            at = digits;
        }
        if (at < length && (text.charAt(at) == 'e' || text.charAt(at) == 'E')) {
            at++;
            if (at < length && (text.charAt(at) == '+' || text.charAt(at) == '-')) {
                at++;
            }
            digits = digits(text, at);
            if (digits == at) {
                return false;
            }
            at = digits;
        }
        return at == length;
    }

    private static int digits(String text, int from) {
        int at = from;
        while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
            at++;
        }
        return at;
    }

    /** Writes the elements flat, as Triton does. */
    static void write(StringBuilder json, Tensor tensor) {
        DataType type = tensor.type();
        if (type == DataType.FP16 || type == DataType.BF16) {
            throw Refused.invalid(
                    "sending "
                            + type
                            + " data via JSON is not supported. Please use the binary data format"
                            + " for output '"
                            + tensor.name()
                            + "'");
        }
        ByteBuffer data = tensor.data();
        int elements = Math.toIntExact(tensor.elements());
        json.append('[');
        for (int i = 0; i < elements; i++) {
            if (i > 0) {
                json.append(',');
            }
            switch (type) {
                case BOOL -> json.append(data.get(i) != 0);
                case FP32 -> json.append(data.getFloat(i * 4));
                case FP64 -> json.append(data.getDouble(i * 8));
                case UINT64 -> json.append(Long.toUnsignedString(data.getLong(i * 8)));
                case BYTES -> string(json, data, tensor.name());
                default -> json.append(integer(type, data, i));
            }
        }
        json.append(']');
    }

    private static void string(StringBuilder json, ByteBuffer data, String output) {
        int length = data.getInt();
        ByteBuffer bytes = data.slice(data.position(), length);
        data.position(data.position() + length);
        try {
            quote(json, StandardCharsets.UTF_8.newDecoder().decode(bytes).toString());
        } catch (CharacterCodingException binary) {
            throw Refused.invalid(
                    "output '"
                            + output
                            + "' holds bytes that are no UTF-8 and cannot be JSON: ask for it as"
                            + " binary data");
        }
    }

    static void quote(StringBuilder json, String text) {
        json.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> json.append("\\\"");
                case '\\' -> json.append("\\\\");
                case '\n' -> json.append("\\n");
                case '\r' -> json.append("\\r");
                case '\t' -> json.append("\\t");
                default -> {
                    if (c < ' ') {
                        json.append(String.format(java.util.Locale.ROOT, "\\u%04x", (int) c));
                    } else {
                        json.append(c);
                    }
                }
            }
        }
        json.append('"');
    }

    /** Collects elements, little-endian; grows with what comes. */
    private static final class Sink {
        private byte[] bytes;
        private int size;

        Sink(int expected) {
            bytes = new byte[expected];
        }

        void integer(long value, int width) {
            ensure(width);
            for (int i = 0; i < width; i++) {
                bytes[size++] = (byte) (value >>> (8 * i));
            }
        }

        void bytes(byte[] more) {
            ensure(more.length);
            System.arraycopy(more, 0, bytes, size, more.length);
            size += more.length;
        }

        private void ensure(int more) {
            if (bytes.length - size < more) {
                bytes = Arrays.copyOf(bytes, Math.max(size + more, size * 2));
            }
        }

        ByteBuffer data() {
            return ByteBuffer.wrap(bytes, 0, size).slice().order(ByteOrder.LITTLE_ENDIAN);
        }
    }
}
