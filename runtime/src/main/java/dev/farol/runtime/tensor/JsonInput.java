package dev.farol.runtime.tensor;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A cursor over JSON in UTF-8: what a request of tensors is read with, by hand, because a parser of
 * trees takes several times as long for a matrix of numbers. The methods that begin with {@code
 * take} move on; a fault says at which byte.
 */
public final class JsonInput {
    private static final int MAX_DEPTH = 64;

    /** So many bytes, at least, are looked at for a number that is read in words. */
    private static final int LONGEST = 40;

    /** More digits in all are not usual. */
    private static final int USUAL = 18;

    private static final long[] TENS = {
        1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000
    };

    private final byte[] bytes;
    private final int end;
    private final int begin;
    private final Number skipped = new Number();
    private int at;

    public JsonInput(ByteBuffer body) {
        if (body.hasArray()) {
            bytes = body.array();
            begin = body.arrayOffset() + body.position();
            end = begin + body.remaining();
        } else {
            bytes = new byte[body.remaining()];
            body.duplicate().get(bytes);
            begin = 0;
            end = bytes.length;
        }
        at = begin;
    }

    /** The next byte that is no space, without taking it; -1 at the end. */
    public int peek() {
        while (at < end) {
            byte next = bytes[at];
            if (next != ' ' && next != '\n' && next != '\r' && next != '\t') {
                return next & 0xFF;
            }
            at++;
        }
        return -1;
    }

    /** How many bytes lie behind the cursor. */
    public int position() {
        return at - begin;
    }

    /** How many bytes lie before the cursor. */
    int left() {
        return end - at;
    }

    /** Takes the cursor to where it was at some {@link #position}. */
    public void back(int position) {
        at = begin + position;
    }

    /** Takes this byte if it is the next. */
    public boolean take(char expected) {
        if (peek() == expected) {
            at++;
            return true;
        }
        return false;
    }

    /**
     * Takes this byte.
     *
     * @throws MalformedJson when another is next
     */
    public void expect(char expected) {
        if (!take(expected)) {
            throw fault("expected '" + expected + "'");
        }
    }

    /**
     * Goes on in an object whose brace was taken: takes the next name and its colon; null at the
     * closing brace, which is taken.
     *
     * @param first whether no member was taken yet
     */
    public @Nullable String takeName(boolean first) {
        if (take('}')) {
            return null;
        }
        if (!first) {
            expect(',');
        }
        String name = takeString();
        expect(':');
        return name;
    }

    /**
     * Goes on in an array whose bracket was taken; false at the closing bracket, which is taken.
     *
     * @param first whether no element was taken yet
     */
    public boolean takeElement(boolean first) {
        if (take(']')) {
            return false;
        }
        if (!first) {
            expect(',');
            if (peek() == ']') {
                throw fault("expected a value");
            }
        }
        return true;
    }

    public String takeString() {
        if (peek() != '"') {
            throw fault("expected a string");
        }
        int from = ++at;
        while (at < end && bytes[at] != '"' && bytes[at] != '\\') {
            if (bytes[at] >= 0 && bytes[at] < ' ') {
                throw fault("a control character in a string");
            }
            at++;
        }
        if (at >= end) {
            throw fault("a string that does not end");
        }
        if (bytes[at] == '"') {
            return new String(bytes, from, at++ - from, StandardCharsets.UTF_8);
        }
        return escaped(from);
    }

    private String escaped(int from) {
        var text = new StringBuilder();
        int plain = from;
        while (at < end && bytes[at] != '"') {
            if (bytes[at] >= 0 && bytes[at] < ' ') {
                throw fault("a control character in a string");
            }
            if (bytes[at] == '\\') {
                text.append(new String(bytes, plain, at - plain, StandardCharsets.UTF_8));
                at++;
                text.append(takeEscape());
                plain = at;
            } else {
                at++;
            }
        }
        if (at >= end) {
            throw fault("a string that does not end");
        }
        return text.append(new String(bytes, plain, at++ - plain, StandardCharsets.UTF_8))
                .toString();
    }

    private char takeEscape() {
        int kind = at < end ? bytes[at++] : -1;
        return switch (kind) {
            case '"', '\\', '/' -> (char) kind;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> takeUnit();
            default -> throw fault("an escape that JSON does not have");
        };
    }

    private char takeUnit() {
        int unit = 0;
        for (int i = 0; i < 4; i++) {
            int digit = at < end ? Character.digit(bytes[at], 16) : -1;
            if (digit < 0) {
                throw fault("expected four hexadecimal digits");
            }
            unit = unit << 4 | digit;
            at++;
        }
        return (char) unit;
    }

    /** Takes this word if it is next, as {@code true}, {@code null} and {@code NaN} are. */
    public boolean takeWord(String word) {
        if (peek() != word.charAt(0) || end - at < word.length()) {
            return false;
        }
        for (int i = 1; i < word.length(); i++) {
            if (bytes[at + i] != word.charAt(i)) {
                return false;
            }
        }
        at += word.length();
        return true;
    }

    public boolean takeBoolean() {
        if (takeWord("true")) {
            return true;
        }
        if (takeWord("false")) {
            return false;
        }
        throw fault("expected true or false");
    }

    /** A whole number that a long holds. */
    public long takeLong() {
        return takeNumber(new Number()).toLong(this);
    }

    /** Takes any value and forgets it. */
    public void skip() {
        skip(0);
    }

    /**
     * Takes a value that is going to be read: finds its end by brackets and quotes alone, several
     * times as fast as {@link #skip}, which checks what it forgets.
     */
    public void pass() {
        int first = peek();
        if (first != '[' && first != '{') {
            skip(0);
            return;
        }
        int depth = 0;
        while (at < end) {
            switch (bytes[at++]) {
                case '[', '{' -> depth++;
                case ']', '}' -> {
                    if (--depth == 0) {
                        return;
                    }
                }
                case '"' -> passString();
                default -> {}
            }
        }
        throw fault("a value that does not end");
    }

    private void passString() {
        while (at < end) {
            byte next = bytes[at++];
            if (next == '"') {
                return;
            }
            if (next == '\\') {
                at++;
            }
        }
        throw fault("a string that does not end");
    }

    private void skip(int depth) {
        if (depth > MAX_DEPTH) {
            throw fault("nested too deep");
        }
        switch (peek()) {
            case '{' -> {
                at++;
                for (String name = takeName(true); name != null; name = takeName(false)) {
                    skip(depth + 1);
                }
            }
            case '[' -> {
                at++;
                for (boolean more = takeElement(true); more; more = takeElement(false)) {
                    skip(depth + 1);
                }
            }
            case '"' -> {
                String _ = takeString();
            }
            case 't', 'f' -> {
                boolean _ = takeBoolean();
            }
            case 'n' -> {
                if (!takeWord("null")) {
                    throw fault("expected a value");
                }
            }
            default -> {
                Number _ = takeNumber(skipped);
            }
        }
    }

    /**
     * Requires that nothing follows.
     *
     * @throws MalformedJson when something does
     */
    public void end() {
        if (peek() >= 0) {
            throw fault("something after the end");
        }
    }

    /** A number as it is written: {@code mantissa * 10^exponent}, if that is exact. */
    static final class Number {
        private static final int DIGITS = 19;

        private int from;
        private int length;
        private long mantissa;
        private int exponent;
        private boolean negative;
        private boolean whole;
        private boolean exact;
        private double special;
        private boolean isSpecial;

        private void special(double value) {
            isSpecial = true;
            special = value;
        }

        double toDouble(JsonInput in) {
            if (isSpecial) {
                return special;
            }
            if (exact) {
                double value = Decimals.nearest(mantissa, exponent);
                if (!Double.isNaN(value)) {
                    return negative ? -value : value;
                }
            }
            return Double.parseDouble(text(in));
        }

        /**
         * Rounds a double that is a few units off at most: right unless the double lies next to the
         * middle between two floats, then the digits decide.
         */
        float toFloat(JsonInput in) {
            if (isSpecial) {
                return (float) special;
            }
            if (exact && Decimals.near(exponent)) {
                double value = Decimals.near(mantissa, exponent);
                if (Decimals.sureFloat(value)) {
                    return (float) (negative ? -value : value);
                }
            }
            return Float.parseFloat(text(in));
        }

        long toLong(JsonInput in) {
            if (whole && exact && exponent == 0 && !isSpecial && mantissa >= 0) {
                return negative ? -mantissa : mantissa;
            }
            if (whole && !isSpecial) {
                try {
                    return Long.parseLong(text(in));
                } catch (NumberFormatException tooLarge) {
                    throw in.fault(text(in) + " (expected: a whole number of 64 bits)");
                }
            }
            throw in.fault(text(in) + " (expected: a whole number)");
        }

        /** As the bits of an unsigned number. */
        long toUnsigned(JsonInput in) {
            if (whole && !isSpecial && !(negative && mantissa != 0)) {
                if (exact && mantissa >= 0) {
                    return mantissa;
                }
                try {
                    return Long.parseUnsignedLong(text(in));
                } catch (NumberFormatException tooLarge) {
                    throw in.fault(text(in) + " (expected: a whole number of 64 bits)");
                }
            }
            throw in.fault(text(in) + " (expected: a whole number of 0 or more)");
        }

        private String text(JsonInput in) {
            return new String(in.bytes, from, length, StandardCharsets.ISO_8859_1);
        }
    }

    /**
     * Takes numbers, each with the comma behind it, as long as they are of the usual form: at most
     * a space before, up to seven digits, a point and decimals, up to eighteen digits in all. The
     * first that is not is left to {@link #takeNumber}, and so is the last of an array.
     *
     * @param type FP32, FP64, INT64, INT32 or UINT8; of others none is taken
     * @param into takes as many as it has room for
     * @return how many
     */
    int takeUsual(DataType type, ByteBuffer into) {
        boolean whole = type == DataType.INT64 || type == DataType.INT32 || type == DataType.UINT8;
        if (!whole && type != DataType.FP32 && type != DataType.FP64) {
            return 0;
        }
        byte[] in = bytes;
        byte[] out = into.array();
        int size = type.size();
        int to = into.arrayOffset() + into.position();
        int last = into.arrayOffset() + into.limit() - size;
        int safe = end - LONGEST;
        int taken = 0;
        int begin = at;
        while (to <= last && begin <= safe) {
            int here = in[begin] == ' ' ? begin + 1 : begin;
            long word = Decimals.word(in, here);
            // The next number can be begun before this one is worked out.
            int length = Decimals.find(word, Decimals.COMMAS);
            int next = here + length + 1;
            int negative = (int) ((((word & 0xFF) ^ '-') - 1) >>> 63);
            here += negative;
            long mantissa;
            int decimals;
            if (length < 8) {
                // One word: the digits behind the point move to its place.
                word >>>= 8 * negative;
                length -= negative;
                int point = Math.min(Decimals.find(word, Decimals.POINTS), length);
                decimals = Math.max(length - point - 1, 0);
                int digits = point + decimals;
                long before = (1L << (8 * point)) - 1;
                long joined = (word & before) | (word >>> 8 & ~before);
                if (point == 0
                        || Decimals.digits(joined) < digits
                        || ((byte) word == '0' && point > 1)
                        || point == length - 1) {
                    break;
                }
                mantissa = Decimals.value(joined, digits);
            } else {
                word = Decimals.word(in, here);
                int point = Decimals.digits(word);
                int from = here + point + 1;
                next = here - negative + 8 + Decimals.comma(in, here - negative + 8) + 1;
                decimals = next - 1 - from;
                if (point == 0
                        || in[here + point] != '.'
                        || ((byte) word == '0' && point > 1)
                        || point + decimals > USUAL) {
                    break;
                }
                mantissa = Decimals.value(word, point);
                int rest = decimals;
                word = Decimals.word(in, from);
                while (rest > 8 && Decimals.digits(word) == 8) {
                    mantissa = mantissa * 100_000_000 + Decimals.value(word, 8);
                    rest -= 8;
                    from += 8;
                    word = Decimals.word(in, from);
                }
                if (rest < 1 || rest > Decimals.digits(word)) {
                    break;
                }
                mantissa = mantissa * TENS[rest] + Decimals.value(word, rest);
            }
            if (whole) {
                long value = (mantissa ^ -negative) + negative;
                if (decimals > 0 || (size == 1 && (value & ~0xFFL) != 0)) {
                    break;
                }
                switch (size) {
                    case 8 -> Decimals.LONG.set(out, to, value);
                    case 4 -> Decimals.INT.set(out, to, (int) value);
                    default -> out[to] = (byte) value;
                }
            } else if (size == 4) {
                double value = Decimals.near(mantissa, -decimals);
                if (!Decimals.sureFloat(value)) {
                    break;
                }
                int bits = Float.floatToRawIntBits((float) value);
                Decimals.INT.set(out, to, bits | negative << 31);
            } else {
                double value = Decimals.nearest(mantissa, -decimals);
                if (Double.isNaN(value)) {
                    break;
                }
                long bits = Double.doubleToRawLongBits(value);
                Decimals.LONG.set(out, to, bits | (long) negative << 63);
            }
            begin = next;
            to += size;
            taken++;
        }
        at = begin;
        into.position(to - into.arrayOffset());
        return taken;
    }

    /** Reads into the same object again and again. */
    Number takeNumber(Number number) {
        int first = peek();
        int from = at;
        number.from = from;
        number.isSpecial = false;
        number.negative = first == '-';
        if (number.negative) {
            at++;
        }
        int next = at < end ? bytes[at] : -1;
        if (next < '0' || next > '9') {
            return takeSpecial(number, from);
        }
        long mantissa = 0;
        int digits = 0;
        int dropped = 0;
        int begin = at;
        while (at < end && (next = bytes[at]) >= '0' && next <= '9') {
            if (digits < Number.DIGITS) {
                mantissa = mantissa * 10 + (next - '0');
                digits += mantissa == 0 ? 0 : 1;
            } else {
                dropped++;
            }
            at++;
        }
        if (at - begin > 1 && bytes[begin] == '0') {
            at = from;
            throw fault("a number that begins with 0");
        }
        int exponent = dropped;
        number.whole = true;
        if (at < end && bytes[at] == '.') {
            number.whole = false;
            int point = ++at;
            while (at < end && (next = bytes[at]) >= '0' && next <= '9') {
                if (digits < Number.DIGITS) {
                    mantissa = mantissa * 10 + (next - '0');
                    digits += mantissa == 0 ? 0 : 1;
                    exponent--;
                } else {
                    dropped++;
                }
                at++;
            }
            if (at == point) {
                throw fault("expected a digit");
            }
        }
        if (at < end && (bytes[at] == 'e' || bytes[at] == 'E')) {
            number.whole = false;
            at++;
            exponent += takeExponent();
        }
        number.mantissa = mantissa;
        number.exponent = exponent;
        number.exact = dropped == 0 && mantissa >= 0;
        number.length = at - from;
        return number;
    }

    private int takeExponent() {
        boolean negative = false;
        if (at < end && (bytes[at] == '+' || bytes[at] == '-')) {
            negative = bytes[at++] == '-';
        }
        int begin = at;
        int value = 0;
        while (at < end && bytes[at] >= '0' && bytes[at] <= '9') {
            value = Math.min(100_000, value * 10 + (bytes[at] - '0'));
            at++;
        }
        if (at == begin) {
            throw fault("expected a digit");
        }
        return negative ? -value : value;
    }

    /** What Python writes where JSON has no number. */
    private Number takeSpecial(Number number, int from) {
        boolean infinite = takeWord("Infinity");
        if (!infinite && (number.negative || !takeWord("NaN"))) {
            at = from;
            throw fault("expected a number");
        }
        number.special(
                infinite
                        ? number.negative ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY
                        : Double.NaN);
        number.whole = false;
        number.length = at - from;
        return number;
    }

    MalformedJson fault(String what) {
        boolean ended = left() <= 0 && what.startsWith("expected");
        return new MalformedJson(
                "byte " + position() + " of the JSON: " + (ended ? "it ends, " : "") + what);
    }
}
