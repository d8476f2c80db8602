package dev.farol.cli.arm;

/** No answer came at all; a wait for an operation may try again. */
final class Unreachable extends CommandFailed {
    private static final long serialVersionUID = 1L;

    Unreachable(String text) {
        super(1, text);
    }
}
