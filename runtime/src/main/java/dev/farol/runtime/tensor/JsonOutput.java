package dev.farol.runtime.tensor;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** JSON in UTF-8, growing. Nothing is checked: whoever writes knows where a comma belongs. */
public final class JsonOutput {
    private static final int LONGEST = 20;
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.ISO_8859_1);

    private static final int[] TENS = {
        1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000
    };

    private byte[] bytes = new byte[512];
    private int size;

    public JsonOutput put(char ascii) {
        room(1);
        bytes[size++] = (byte) ascii;
        return this;
    }

    /** Text of ASCII, as it is. */
    @SuppressWarnings("deprecation") // The copy of the low bytes is what is meant.
    public JsonOutput ascii(String text) {
        int length = text.length();
        room(length);
        text.getBytes(0, length, bytes, size);
        size += length;
        return this;
    }

    public JsonOutput number(long value) {
        room(LONGEST);
        if (value < 0) {
            if (value == Long.MIN_VALUE) {
                return ascii(Long.toString(value));
            }
            bytes[size++] = '-';
            value = -value;
        }
        int digits = 1;
        for (long rest = value; rest >= 10; rest /= 10) {
            digits++;
        }
        long rest = value;
        for (int i = size + digits - 1; i >= size; i--) {
            bytes[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        size += digits;
        return this;
    }

    /**
     * The shortest text that reads back as the same float.
     *
     * @param nan in place of what is no number; null means as Python writes it
     */
    public JsonOutput number(float value, @Nullable String nan) {
        if (!Float.isFinite(value)) {
            return ascii(nan == null ? Float.toString(value) : nan);
        }
        int bits = Float.floatToRawIntBits(value);
        if ((bits & 0x7F80_0000) == 0) {
            return ascii(Float.toString(value));
        }
        room(LONGEST);
        if (bits < 0) {
            bytes[size++] = '-';
        }
        long decimal = Shortest.decimal(bits);
        decimal((int) decimal, (int) (decimal >> 32));
        return this;
    }

    /**
     * As Java writes a float: with a point and a digit behind it, and with an exponent when it is
     * below a thousandth or has more than seven digits before the point.
     */
    private void decimal(int digits, int exponent) {
        int rest = digits;
        int power = exponent;
        for (int tenth = rest / 10; tenth * 10 == rest; tenth = rest / 10) {
            rest = tenth;
            power++;
        }
        int count = count(rest);
        int point = count + power;
        if (point > 7 || point < -2) {
            scientific(rest, count, point - 1);
        } else if (power >= 0) {
            for (int i = 0; i < power; i++) {
                rest *= 10;
            }
            digits(rest, point);
            bytes[size++] = '.';
            bytes[size++] = '0';
        } else if (point > 0) {
            int unit = TENS[-power];
            int whole = rest / unit;
            digits(whole, point);
            bytes[size++] = '.';
            digits(rest - whole * unit, -power);
        } else {
            bytes[size++] = '0';
            bytes[size++] = '.';
            digits(rest, -power);
        }
    }

    private void scientific(int digits, int count, int exponent) {
        int unit = TENS[count - 1];
        int first = digits / unit;
        bytes[size++] = (byte) ('0' + first);
        bytes[size++] = '.';
        digits(digits - first * unit, Math.max(count - 1, 1));
        bytes[size++] = 'E';
        number(exponent);
    }

    private static int count(int number) {
        int count = 1;
        while (count < TENS.length && number >= TENS[count]) {
            count++;
        }
        return count;
    }

    /** So many digits, the first of them perhaps zeros. */
    private void digits(int number, int count) {
        int rest = number;
        for (int i = size + count - 1; i >= size; i--) {
            int tenth = rest / 10;
            bytes[i] = (byte) ('0' + rest - tenth * 10);
            rest = tenth;
        }
        size += count;
    }

    /** The same of a double. */
    public JsonOutput number(double value, @Nullable String nan) {
        if (!Double.isFinite(value)) {
            return ascii(nan == null ? Double.toString(value) : nan);
        }
        return ascii(Double.toString(value));
    }

    /** A string in quotes. */
    public JsonOutput string(String text) {
        return string(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }

    /** UTF-8 as a string in quotes; what is no UTF-8 becomes U+FFFD. */
    public JsonOutput string(ByteBuffer utf8) {
        ByteBuffer text = utf8.duplicate();
        if (!ascii(text)) {
            text =
                    ByteBuffer.wrap(
                            StandardCharsets.UTF_8
                                    .decode(text)
                                    .toString()
                                    .getBytes(StandardCharsets.UTF_8));
        }
        put('"');
        while (text.hasRemaining()) {
            byte next = text.get();
            room(6);
            if (next == '"' || next == '\\') {
                bytes[size++] = '\\';
                bytes[size++] = next;
            } else if (next >= 0 && next < ' ') {
                ascii("\\u00");
                bytes[size++] = HEX[next >> 4];
                bytes[size++] = HEX[next & 15];
            } else {
                bytes[size++] = next;
            }
        }
        return put('"');
    }

    private static boolean ascii(ByteBuffer text) {
        for (int i = text.position(); i < text.limit(); i++) {
            if (text.get(i) < 0) {
                return false;
            }
        }
        return true;
    }

    /** What was written so far; must not be written to afterwards. */
    public ByteBuffer bytes() {
        return ByteBuffer.wrap(bytes, 0, size).slice();
    }

    private void room(int more) {
        if (bytes.length - size < more) {
            long twice = Math.max(bytes.length * 2L, size + (long) more);
            bytes = Arrays.copyOf(bytes, (int) Math.min(twice, Integer.MAX_VALUE - 8));
        }
    }
}
