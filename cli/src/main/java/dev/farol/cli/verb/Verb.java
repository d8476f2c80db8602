package dev.farol.cli.verb;

import java.util.List;

/**
 * A verb of a noun.
 *
 * @param name one word, or two with a blank between: {@code role assignment create} is the verb
 *     {@code assignment create} of {@code role}
 * @param example one command line, as the help shows it
 * @param later whether it only says that it comes later: then any words may follow it, and no help
 *     or completion offers it
 */
record Verb(
        String name, String about, String example, List<Flag> flags, Action action, boolean later) {
    Verb(String name, String about, String example, List<Flag> flags, Action action) {
        this(name, about, example, flags, action, false);
    }

    /** What a verb does; it ends normally or with a {@link dev.farol.cli.arm.CommandFailed}. */
    @FunctionalInterface
    interface Action {
        void run(Invocation invocation);
    }
}
