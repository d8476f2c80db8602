package dev.farol.cli;

import dev.farol.cli.verb.Commands;
import dev.farol.cli.verb.Runner;
import java.util.List;
import java.util.OptionalInt;
import picocli.CommandLine;

/**
 * The door of this room: {@code az ml}'s nouns and verbs as a picocli command line. The application
 * adds its own commands ({@code up}, {@code down} …) as further subcommands and executes it; the
 * exit codes are 0, 1 for a failure, 2 for a wrong command line, 3 for what does not exist.
 */
public final class Cli {
    private Cli() {}

    /**
     * Runs the verb of these arguments without building a command line, when they name one of ours
     * and are plainly right: the way to start fast. Nothing when they are not, or ask for help;
     * then {@link #create} explains.
     *
     * @return the exit code
     */
    public static OptionalInt run(CliContext context, List<String> arguments) {
        return new Runner(context).quick(arguments);
    }

    /** With everything in it: for help and completion. */
    public static CommandLine create(CliContext context) {
        return create(context, List.of());
    }

    /**
     * The same with only what these arguments need, which starts faster. Executing other arguments
     * with it is a mistake.
     */
    public static CommandLine create(CliContext context, List<String> arguments) {
        return new Commands(context).root(arguments);
    }

    /**
     * Adds a command of the application, which then prints and fails like the others: a {@link
     * dev.farol.spec.FarolException} is one {@code ERROR:} line and its exit code.
     */
    public static void add(CliContext context, CommandLine root, String name, CommandLine command) {
        new Commands(context).settle(command);
        root.addSubcommand(name, command);
    }
}
