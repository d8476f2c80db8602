package dev.farol.control.template;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** What stands between {@code [} and {@code ]} in a template, parsed. */
sealed interface Expression {
    /** A text or a whole number. */
    record Literal(JsonNode value) implements Expression {}

    /** A function with its arguments. */
    record Call(String function, List<Expression> arguments) implements Expression {}

    /** A property or an element of what another expression answers. */
    record Part(Expression of, Expression key) implements Expression {}

    /** Whether a text of a template is an expression. */
    static boolean is(String text) {
        return text.startsWith("[") && text.endsWith("]") && !text.startsWith("[[");
    }

    /**
     * @param text with its brackets
     * @throws BadExpression when it is none
     */
    static Expression parse(String text) {
        var parser = new Parser(text.substring(1, text.length() - 1));
        Expression whole = parser.expression();
        parser.end();
        return whole;
    }

    /** Reads from left to right. */
    final class Parser {
        private static final int MAX_DEPTH = 100;

        private final String text;
        private int at;
        private int depth;

        private Parser(String text) {
            this.text = text;
        }

        Expression expression() {
            if (++depth > MAX_DEPTH) {
                throw new BadExpression("an expression with more than " + MAX_DEPTH + " levels");
            }
            Expression found = primary();
            while (true) {
                if (take('.')) {
                    found = new Part(found, literal(word()));
                } else if (take('[')) {
                    Expression key = expression();
                    expect(']');
                    found = new Part(found, key);
                } else {
                    depth--;
                    return found;
                }
            }
        }

        private Expression primary() {
            skip();
            if (at >= text.length()) {
                throw wrong("a value");
            }
            char first = text.charAt(at);
            if (first == '\'') {
                return literal(quoted());
            }
            if (first == '-' || Character.isDigit(first)) {
                return number();
            }
            String name = word();
            expect('(');
            List<Expression> arguments = new ArrayList<>();
            if (!take(')')) {
                do {
                    arguments.add(expression());
                } while (take(','));
                expect(')');
            }
            return new Call(name, List.copyOf(arguments));
        }

        private String quoted() {
            var value = new StringBuilder();
            at++;
            while (at < text.length()) {
                char next = text.charAt(at++);
                if (next != '\'') {
                    value.append(next);
                } else if (at < text.length() && text.charAt(at) == '\'') {
                    value.append(next);
                    at++;
                } else {
                    return value.toString();
                }
            }
            throw wrong("a closing quote");
        }

        private Expression number() {
            int from = at++;
            while (at < text.length() && Character.isDigit(text.charAt(at))) {
                at++;
            }
            String digits = text.substring(from, at);
            if (!digits.matches("-?[0-9]{1,9}")) {
                throw new BadExpression("'" + digits + "' (expected: a whole number)");
            }
            return new Literal(JsonNodeFactory.instance.numberNode(Integer.parseInt(digits)));
        }

        private String word() {
            skip();
            int from = at;
            while (at < text.length()
                    && (Character.isLetterOrDigit(text.charAt(at)) || text.charAt(at) == '_')) {
                at++;
            }
            if (from == at) {
                throw wrong("a name");
            }
            return text.substring(from, at);
        }

        private static Expression literal(String value) {
            return new Literal(JsonNodeFactory.instance.stringNode(value));
        }

        private void expect(char wanted) {
            if (!take(wanted)) {
                throw wrong("'" + wanted + "'");
            }
        }

        private boolean take(char wanted) {
            skip();
            boolean there = at < text.length() && text.charAt(at) == wanted;
            at += there ? 1 : 0;
            return there;
        }

        private void skip() {
            while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
                at++;
            }
        }

        void end() {
            skip();
            if (at < text.length()) {
                throw wrong("the end");
            }
        }

        private BadExpression wrong(String expected) {
            return new BadExpression(
                    "an expression that cannot be read at character "
                            + (at + 2)
                            + " (expected: "
                            + expected
                            + ")");
        }
    }
}
