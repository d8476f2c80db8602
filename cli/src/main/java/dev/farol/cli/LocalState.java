package dev.farol.cli;

import dev.farol.spec.Verdict;
import org.jspecify.annotations.Nullable;

/**
 * How a deployment on this machine is.
 *
 * @param pid of the process that keeps it, or kept it; 0 when there was none
 * @param port where it answers; 0 before it does
 * @param progress the last thing that was said about its start; empty when nothing was
 * @param verdict why it did not start; null otherwise
 */
public record LocalState(
        Kind kind, long pid, int port, String progress, @Nullable Verdict verdict) {
    /** Where it stands. */
    public enum Kind {
        /** Its environment is being made, or its script is starting. */
        STARTING,
        /** It answers. */
        READY,
        /** It did not start; nothing of it runs. */
        FAILED,
        /** It was asked to stop, and did. */
        STOPPED,
        /** What kept it is gone without a word: the machine was restarted, or it was killed. */
        LOST
    }

    public static final LocalState NONE = new LocalState(Kind.STOPPED, 0, 0, "", null);

    /** Whether a process of it is there. */
    public boolean running() {
        return kind == Kind.STARTING || kind == Kind.READY;
    }
}
