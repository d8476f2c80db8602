package dev.farol.environment.definition;

/**
 * A line that cannot be taken; caught where the lines are gathered, so that all are told at once.
 */
final class Refused extends Exception {
    private static final long serialVersionUID = 1L;

    private final String reason;

    Refused(String reason) {
        super(reason);
        this.reason = reason;
    }

    String reason() {
        return reason;
    }
}
