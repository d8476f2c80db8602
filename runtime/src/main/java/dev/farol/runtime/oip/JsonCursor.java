package dev.farol.runtime.oip;

import dev.farol.kit.Json;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Walks over JSON without making a tree of it: values that are not looked at cost a scan, and the
 * data of tensors is read where it stands. What it steps over is not checked.
 */
final class JsonCursor {
    private final byte[] bytes;
    private final int end;
    private int at;

    JsonCursor(byte[] bytes, int from, int to) {
        this.bytes = bytes;
        this.at = from;
        this.end = to;
    }

    static JsonCursor of(ByteBuffer text) {
        if (text.hasArray()) {
            int from = text.arrayOffset() + text.position();
            return new JsonCursor(text.array(), from, from + text.remaining());
        }
        byte[] copy = new byte[text.remaining()];
        text.duplicate().get(copy);
        return new JsonCursor(copy, 0, copy.length);
    }

    /** What is wrong, and where. */
    Refused broken(String what) {
        return Refused.invalid(
                "failed to parse the request JSON buffer: " + what + " at " + Math.min(at, end));
    }

    /** The next character that is no blank, which stays the next; 0 at the end. */
    char peek() {
        while (at < end && bytes[at] <= ' ' && bytes[at] >= 0) {
            at++;
        }
        return at < end ? (char) (bytes[at] & 0xFF) : 0;
    }

    /** Steps over this character. */
    void expect(char wanted) {
        if (peek() != wanted) {
            throw broken("'" + wanted + "' expected");
        }
        at++;
    }

    /** Steps over the character if it is the next. */
    boolean skipIf(char wanted) {
        if (peek() != wanted) {
            return false;
        }
        at++;
        return true;
    }

    /** Calls for each member with its name, standing at its value, which must be stepped over. */
    void object(Consumer<String> member) {
        expect('{');
        if (skipIf('}')) {
            return;
        }
        do {
            String name = string();
            expect(':');
            member.accept(name);
        } while (skipIf(','));
        expect('}');
    }

    /** Calls for each element, standing at it; it must be stepped over. */
    void array(Runnable element) {
        expect('[');
        if (skipIf(']')) {
            return;
        }
        do {
            element.run();
        } while (skipIf(','));
        expect(']');
    }

    String string() {
        JsonNode node = value();
        if (!node.isString()) {
            throw broken("a string expected");
        }
        return node.stringValue();
    }

    /** The value here as a tree. */
    JsonNode value() {
        JsonCursor slice = skip();
        try {
            return Json.STRICT.readTree(slice.bytes, slice.at, slice.end - slice.at);
        } catch (JacksonException wrong) {
            throw broken("no JSON value");
        }
    }

    /** Nothing but blanks may follow. */
    void finish() {
        if (peek() != 0) {
            throw broken("nothing more expected");
        }
    }

    int remaining() {
        return end - at;
    }

    /** Steps over the value here, which is left to be read. */
    JsonCursor skip() {
        char first = peek();
        int from = at;
        switch (first) {
            case '"' -> skipString();
            case '[', '{' -> skipNested();
            case 0, ',', ':', ']', '}' -> throw broken("a value expected");
            default -> skipScalar();
        }
        return new JsonCursor(bytes, from, at);
    }

    private void skipScalar() {
        while (at < end
                && (Character.isLetterOrDigit(bytes[at]) || "+-.".indexOf(bytes[at]) >= 0)) {
            at++;
        }
        if (at < end && bytes[at] < 0) {
            throw broken("a value expected");
        }
    }

    private void skipString() {
        at++;
        while (at < end && bytes[at] != '"') {
            at += bytes[at] == '\\' ? 2 : 1;
        }
        if (at >= end) {
            at = end;
            throw broken("the string does not end");
        }
        at++;
    }

    private void skipNested() {
        int depth = 0;
        do {
            if (at >= end) {
                throw broken("the value does not end");
            }
            switch (bytes[at]) {
                case '"' -> {
                    skipString();
                    continue;
                }
                case '[', '{' -> depth++;
                case ']', '}' -> depth--;
                default -> {}
            }
            at++;
        } while (depth > 0);
    }

    /** The text of the scalar here, stepped over. */
    String scalar() {
        peek();
        int from = at;
        skipScalar();
        return new String(bytes, from, at - from, StandardCharsets.ISO_8859_1);
    }

    /** The next byte, blanks included, which stays the next; -1 at the end. */
    int raw() {
        return at < end ? bytes[at] : -1;
    }

    void advance() {
        at++;
    }

    int position() {
        return at;
    }

    void position(int to) {
        at = to;
    }
}
