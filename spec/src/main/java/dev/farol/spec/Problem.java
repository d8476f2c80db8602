package dev.farol.spec;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An error as ARM tells it (contracts §1.4): {@code {"error":{code,message,target,details}}}. The
 * renderer is in {@code wire}; this is the data.
 *
 * @param target a JSON pointer or a field name, where one is known
 * @param details one entry per violation when there are several
 */
public record Problem(
        ErrorCode code, String message, @Nullable String target, List<Problem> details) {
    public Problem {
        details = List.copyOf(details);
    }

    public static Problem of(ErrorCode code, String message) {
        return new Problem(code, message, null, List.of());
    }

    public static Problem at(ErrorCode code, String target, String message) {
        return new Problem(code, message, target, List.of());
    }

    /**
     * One problem for many violations: the message of a single one, or a count with the list in the
     * details.
     */
    public static Problem all(ErrorCode code, List<Problem> violations) {
        if (violations.size() == 1) {
            return violations.getFirst();
        }
        var message = new StringBuilder(violations.size() + " problems:");
        for (Problem violation : violations) {
            message.append(' ');
            if (violation.target() != null) {
                message.append(violation.target()).append(": ");
            }
            message.append(violation.message());
        }
        return new Problem(code, message.toString(), null, violations);
    }
}
