package dev.farol.control.arm;

import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import dev.farol.spec.Problem;
import java.util.ArrayList;
import java.util.List;

/** Everything that is wrong with one request, gathered so that its sender hears of it at once. */
final class Violations {
    private final List<Problem> found = new ArrayList<>();

    /**
     * @param pointer the JSON pointer of the value
     * @param message names the value and what was expected
     */
    void add(String pointer, String message) {
        add(ErrorCode.INVALID_ARGUMENT, pointer, message);
    }

    void add(ErrorCode code, String pointer, String message) {
        found.add(Problem.at(code, pointer, message));
    }

    void add(Problem problem) {
        found.add(problem);
    }

    /** A new collection that begins with these. */
    Violations copy() {
        var copy = new Violations();
        copy.found.addAll(found);
        return copy;
    }

    /**
     * @throws FarolException holding all of them, when there are any; with their own code when they
     *     share one
     */
    void raise() {
        if (found.isEmpty()) {
            return;
        }
        ErrorCode first = found.getFirst().code();
        boolean shared = found.stream().allMatch(problem -> problem.code() == first);
        throw new FarolException(Problem.all(shared ? first : ErrorCode.INVALID_ARGUMENT, found));
    }
}
