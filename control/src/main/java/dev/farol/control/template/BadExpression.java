package dev.farol.control.template;

/** What is wrong with an expression; where it stands is said by whoever evaluates it. */
final class BadExpression extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean notOffered;

    BadExpression(String message) {
        this(message, false);
    }

    private BadExpression(String message, boolean notOffered) {
        super(message);
        this.notOffered = notOffered;
    }

    /** The expression is fine, and asks for what there is not. */
    static BadExpression notOffered(String message) {
        return new BadExpression(message, true);
    }

    boolean notOffered() {
        return notOffered;
    }

    String text() {
        String message = getMessage();
        return message == null ? "" : message;
    }
}
