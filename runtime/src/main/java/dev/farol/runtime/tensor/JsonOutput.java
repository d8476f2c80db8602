package dev.farol.runtime.tensor;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** JSON in UTF-8, growing. Nothing is checked: whoever writes knows where a comma belongs. */
public final class JsonOutput {
    private static final int LONGEST = 20;
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.ISO_8859_1);

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
        return ascii(Float.toString(value));
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
