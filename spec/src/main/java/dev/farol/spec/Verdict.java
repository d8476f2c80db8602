package dev.farol.spec;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Why a deployment did not come up, complete enough that nobody needs to open a log.
 *
 * @param phase the step that failed
 * @param code the error that the operation ends with
 * @param message one sentence: what happened
 * @param exception the first exception as Python prints its last line ({@code ModuleNotFoundError:
 *     No module named 'joblb'}), when there was one
 * @param location where it happened in the user's own file ({@code score.py:12 in init: import
 *     joblb}), when known
 * @param lastLines the last lines of the instance's log, oldest first, at most 20
 * @param exitCode the exit code of the process, or 128 + signal; null when no process ended
 * @param fix the likely remedy, one sentence
 * @param reproduce one local command that shows the same failure; null when there is nothing to run
 */
public record Verdict(
        Phase phase,
        ErrorCode code,
        String message,
        @Nullable String exception,
        @Nullable String location,
        List<String> lastLines,
        @Nullable Integer exitCode,
        String fix,
        @Nullable String reproduce) {
    public static final int MAX_LINES = 20;

    public Verdict {
        lastLines =
                lastLines.size() <= MAX_LINES
                        ? List.copyOf(lastLines)
                        : List.copyOf(
                                lastLines.subList(lastLines.size() - MAX_LINES, lastLines.size()));
    }

    /** A verdict that no process stands behind: something was wrong before one was started. */
    public static Verdict early(Phase phase, ErrorCode code, String message, String fix) {
        return new Verdict(phase, code, message, null, null, List.of(), null, fix, null);
    }

    /**
     * The verdict as the lines that a person reads in a terminal or in the error of an operation.
     */
    public String text() {
        var text = new StringBuilder(message);
        text.append("\n  phase:     ").append(phase.wire());
        if (exception != null) {
            text.append("\n  exception: ").append(exception);
        }
        if (location != null) {
            text.append("\n  at:        ").append(location);
        }
        if (exitCode != null) {
            text.append("\n  exit code: ").append(exitCode);
        }
        text.append("\n  fix:       ").append(fix);
        if (reproduce != null) {
            text.append("\n  reproduce: ").append(reproduce);
        }
        if (!lastLines.isEmpty()) {
            text.append("\n  last lines of the log:");
            for (String line : lastLines) {
                text.append("\n    ").append(line);
            }
        }
        return text.toString();
    }
}
