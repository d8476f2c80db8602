package dev.farol.runtime.triton;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Protobuf's text format as a tree, without a schema: names, values and the lines they stand on.
 */
final class TextProto {
    private static final int MAX_DEPTH = 32;

    private final Path file;
    private final String text;
    private int at;
    private int line = 1;

    private TextProto(Path file, String text) {
        this.file = file;
        this.text = text;
    }

    /** A field and one value of it; a list is several fields. */
    record Field(String name, int line, Value value) {}

    /** What a field has. */
    sealed interface Value {}

    /** A word or a number; a quoted one is text. */
    record Scalar(String text, boolean quoted) implements Value {}

    /** Fields in braces. */
    record Message(List<Field> fields) implements Value {}

    static List<Field> parse(Path file, String text) {
        var parser = new TextProto(file, text);
        List<Field> fields = parser.fields((char) 0, 0);
        parser.blanks();
        return fields;
    }

    private Unusable fault(String message) {
        return Unusable.at(file, line, message);
    }

    private char peek() {
        return at < text.length() ? text.charAt(at) : 0;
    }

    private void advance() {
        if (text.charAt(at) == '\n') {
            line++;
        }
        at++;
    }

    private void blanks() {
        while (at < text.length()) {
            char c = peek();
            if (c == '#') {
                while (at < text.length() && peek() != '\n') {
                    advance();
                }
            } else if (Character.isWhitespace(c)) {
                advance();
            } else {
                return;
            }
        }
    }

    private List<Field> fields(char close, int depth) {
        if (depth > MAX_DEPTH) {
            throw fault("nested deeper than " + MAX_DEPTH);
        }
        var fields = new ArrayList<Field>();
        while (true) {
            blanks();
            char c = peek();
            if (c == ';' || c == ',') {
                advance();
            } else if (at >= text.length()) {
                if (close != 0) {
                    throw fault("'" + close + "' expected before the end of the file");
                }
                return fields;
            } else if (c == close) {
                advance();
                return fields;
            } else {
                field(fields, depth);
            }
        }
    }

    private void field(List<Field> into, int depth) {
        int begin = line;
        String name = word();
        blanks();
        boolean colon = peek() == ':';
        if (colon) {
            advance();
            blanks();
        }
        if (peek() == '[') {
            advance();
            list(into, name, begin, depth);
        } else {
            into.add(new Field(name, begin, value(name, colon, depth)));
        }
    }

    private void list(List<Field> into, String name, int begin, int depth) {
        blanks();
        if (peek() == ']') {
            advance();
            return;
        }
        while (true) {
            blanks();
            into.add(new Field(name, line, value(name, true, depth)));
            blanks();
            if (peek() == ']') {
                advance();
                return;
            }
            if (peek() != ',') {
                throw fault("',' or ']' expected in the list '" + name + "' of line " + begin);
            }
            advance();
        }
    }

    private Value value(String name, boolean colon, int depth) {
        char c = peek();
        if (c == '{' || c == '<') {
            advance();
            return new Message(fields(c == '{' ? '}' : '>', depth + 1));
        }
        if (!colon) {
            throw fault("':' or '{' expected after '" + name + "'");
        }
        if (c == '"' || c == '\'') {
            var joined = new StringBuilder();
            while (peek() == '"' || peek() == '\'') {
                joined.append(quoted());
                blanks();
            }
            return new Scalar(joined.toString(), true);
        }
        return new Scalar(word(), false);
    }

    private String word() {
        int from = at;
        while (Character.isLetterOrDigit(peek()) || (peek() != 0 && "_.+-".indexOf(peek()) >= 0)) {
            advance();
        }
        if (from == at) {
            throw fault(
                    at < text.length()
                            ? "'" + peek() + "' (expected: a name or a value)"
                            : "the file ends (expected: a value)");
        }
        return text.substring(from, at);
    }

    private String quoted() {
        char quote = peek();
        advance();
        var plain = new StringBuilder();
        while (peek() != quote) {
            if (at >= text.length() || peek() == '\n') {
                throw fault("the text does not end");
            }
            if (peek() == '\\') {
                advance();
                escape(plain);
            } else {
                plain.append(peek());
                advance();
            }
        }
        advance();
        return plain.toString();
    }

    private void escape(StringBuilder plain) {
        char c = peek();
        switch (c) {
            case 'n' -> plain.append('\n');
            case 't' -> plain.append('\t');
            case 'r' -> plain.append('\r');
            case '\\', '"', '\'', '?' -> plain.append(c);
            default ->
                    throw fault(
                            "the escape \\" + c + " (expected: \\n, \\t, \\r, \\\\ or a quote)");
        }
        advance();
    }
}
