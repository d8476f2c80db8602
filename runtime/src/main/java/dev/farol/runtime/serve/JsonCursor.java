package dev.farol.runtime.serve;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Walks over JSON text in UTF-8 by bytes. Takes what Python's parser takes: also NaN, Infinity and
 * -Infinity. Made for long arrays of numbers, of which nothing is kept but the numbers.
 */
final class JsonCursor {
    /** Deeper than this nothing that is meant for a model nests. */
    private static final int DEEPEST = 200;

    private static final double[] POWERS = new double[23];

    static {
        double power = 1;
        for (int i = 0; i < POWERS.length; i++) {
            POWERS[i] = power;
            power *= 10;
        }
    }

    private final byte[] text;
    private int at;

    JsonCursor(ByteBuffer body) {
        ByteBuffer view = body.duplicate();
        text = new byte[view.remaining()];
        view.get(text);
    }

    /** A fault of the text, with its place. */
    static final class Malformed extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Malformed(String message) {
            super(message, null, false, false);
        }
    }

    int at() {
        return at;
    }

    void go(int position) {
        at = position;
    }

    /** The next byte that is no blank; 0 at the end. */
    int peek() {
        while (at < text.length) {
            byte b = text[at];
            if (b != ' ' && b != '\n' && b != '\t' && b != '\r') {
                return b;
            }
            at++;
        }
        return 0;
    }

    boolean take(char wanted) {
        if (peek() == wanted) {
            at++;
            return true;
        }
        return false;
    }

    void expect(char wanted) {
        if (!take(wanted)) {
            throw unexpected("'" + wanted + "'");
        }
    }

    Malformed unexpected(String wanted) {
        int next = peek();
        String found =
                next == 0
                        ? "the end"
                        : next >= ' ' && next < 127 ? "'" + (char) next + "'" : "byte " + (next & 255);
        return new Malformed(found + " at byte " + at + " (expected: " + wanted + ")");
    }

    void end() {
        if (peek() != 0 || at < text.length) {
            throw unexpected("the end");
        }
    }

    String string() {
        expect('"');
        int begin = at;
        while (at < text.length && text[at] != '"' && text[at] != '\\') {
            at++;
        }
        if (at < text.length && text[at] == '"') {
            return new String(text, begin, at++ - begin, StandardCharsets.UTF_8);
        }
        return escaped(begin);
    }

    private String escaped(int begin) {
        var string = new StringBuilder(new String(text, begin, at - begin, StandardCharsets.UTF_8));
        int plain = at;
        while (at < text.length && text[at] != '"') {
            if (text[at] != '\\') {
                at++;
                continue;
            }
            string.append(new String(text, plain, at - plain, StandardCharsets.UTF_8));
            at++;
            string.append(escape());
            plain = at;
        }
        if (at >= text.length) {
            throw new Malformed("the string that begins at byte " + (begin - 1) + " has no end");
        }
        string.append(new String(text, plain, at - plain, StandardCharsets.UTF_8));
        at++;
        return string.toString();
    }

    private char escape() {
        byte kind = at < text.length ? text[at++] : 0;
        return switch (kind) {
            case '"', '\\', '/' -> (char) kind;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> {
                if (at + 4 > text.length) {
                    throw unexpected("four hexadecimal digits");
                }
                int code = 0;
                for (int i = 0; i < 4; i++) {
                    int digit = Character.digit(text[at], 16);
                    if (digit < 0) {
                        throw unexpected("four hexadecimal digits");
                    }
                    code = code * 16 + digit;
                    at++;
                }
                yield (char) code;
            }
            default -> throw new Malformed("'\\' before byte " + at + " begins no known escape");
        };
    }

    /** Whether a number comes, or one of the three words for a float that is none. */
    boolean atNumber() {
        int next = peek();
        return next == '-' || next >= '0' && next <= '9' || next == 'N' || next == 'I';
    }

    /** As {@link Double#parseDouble} reads it. */
    double number() {
        int next = peek();
        int begin = at;
        boolean negative = next == '-';
        if (negative) {
            at++;
            next = at < text.length ? text[at] : 0;
        }
        if (next == 'N' || next == 'I') {
            return word(begin, negative);
        }
        long mantissa = 0;
        int digits = 0;
        int scale = 0;
        int first = at;
        while (at < text.length && text[at] >= '0' && text[at] <= '9') {
            mantissa = mantissa * 10 + (text[at] - '0');
            digits++;
            at++;
        }
        if (at == first) {
            throw unexpected("a number");
        }
        if (text[first] == '0' && at - first > 1) {
            at = first;
            throw new Malformed("a number at byte " + begin + " begins with 0");
        }
        if (at < text.length && text[at] == '.') {
            at++;
            int fraction = at;
            while (at < text.length && text[at] >= '0' && text[at] <= '9') {
                mantissa = mantissa * 10 + (text[at] - '0');
                digits++;
                at++;
            }
            scale = fraction - at;
            if (scale == 0) {
                throw unexpected("a digit");
            }
        }
        if (at < text.length && (text[at] == 'e' || text[at] == 'E')) {
            return slow(begin);
        }
        // Up to here everything is exact: one rounding at the end, as it must be.
        if (digits <= 15 && scale >= -22) {
            double value = scale == 0 ? mantissa : mantissa / POWERS[-scale];
            return negative ? -value : value;
        }
        return Double.parseDouble(ascii(begin, at));
    }

    private double slow(int begin) {
        at++;
        if (at < text.length && (text[at] == '+' || text[at] == '-')) {
            at++;
        }
        int digits = at;
        while (at < text.length && text[at] >= '0' && text[at] <= '9') {
            at++;
        }
        if (at == digits) {
            throw unexpected("a digit");
        }
        return Double.parseDouble(ascii(begin, at));
    }

    private double word(int begin, boolean negative) {
        if (!negative && isNext("NaN")) {
            return Double.NaN;
        }
        if (isNext("Infinity")) {
            return negative ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
        }
        at = begin;
        throw unexpected("a value");
    }

    /** The characters of the number that comes, for types that hold more than a double. */
    String numberText() {
        peek();
        int begin = at;
        double unused = number();
        return Double.isFinite(unused) ? ascii(begin, at) : Double.toString(unused);
    }

    private String ascii(int begin, int end) {
        return new String(text, begin, end - begin, StandardCharsets.ISO_8859_1);
    }

    boolean isNext(String word) {
        peek();
        if (at + word.length() > text.length) {
            return false;
        }
        for (int i = 0; i < word.length(); i++) {
            if (text[at + i] != word.charAt(i)) {
                return false;
            }
        }
        at += word.length();
        return true;
    }

    /** Goes past the value that comes. */
    void skip() {
        skip(0);
    }

    private void skip(int depth) {
        if (depth > DEEPEST) {
            throw new Malformed("nested deeper than " + DEEPEST + " at byte " + at);
        }
        switch (peek()) {
            case '"' -> skipString();
            case '[' -> {
                at++;
                if (!take(']')) {
                    do {
                        skip(depth + 1);
                    } while (take(','));
                    expect(']');
                }
            }
            case '{' -> {
                at++;
                if (!take('}')) {
                    do {
                        peek();
                        skipString();
                        expect(':');
                        skip(depth + 1);
                    } while (take(','));
                    expect('}');
                }
            }
            default -> {
                if (!isNext("true") && !isNext("false") && !isNext("null")) {
                    if (!atNumber()) {
                        throw unexpected("a value");
                    }
                    number();
                }
            }
        }
    }

    private void skipString() {
        int begin = at;
        if (at >= text.length || text[at] != '"') {
            throw unexpected("'\"'");
        }
        at++;
        while (at < text.length && text[at] != '"') {
            at += text[at] == '\\' ? 2 : 1;
        }
        if (at >= text.length) {
            throw new Malformed("the string that begins at byte " + begin + " has no end");
        }
        at++;
    }
}
