package dev.farol.cli.verb;

import java.util.List;

/**
 * A verb of a noun.
 *
 * @param example one command line, as the help shows it
 */
record Verb(String name, String about, String example, List<Flag> flags, Action action) {
    /** What a verb does; it ends normally or with a {@link dev.farol.cli.arm.CommandFailed}. */
    @FunctionalInterface
    interface Action {
        void run(Invocation invocation);
    }
}
