package dev.farol.cli.arm;

/**
 * Ends a verb: what is printed after {@code ERROR:} and the exit code, 1 for what was asked or what
 * failed, 2 for a wrong command line, 3 for what does not exist.
 */
public class CommandFailed extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int exitCode;

    public CommandFailed(int exitCode, String text) {
        super(text);
        this.exitCode = exitCode;
    }

    public static CommandFailed failed(String text) {
        return new CommandFailed(1, text);
    }

    public int exitCode() {
        return exitCode;
    }
}
