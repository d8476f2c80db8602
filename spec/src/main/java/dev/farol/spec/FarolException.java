package dev.farol.spec;

import org.jspecify.annotations.Nullable;

/**
 * The one exception that Farol throws for what a user or a dependency did; it carries the answer.
 */
public final class FarolException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Problem problem;

    public FarolException(Problem problem) {
        this(problem, null);
    }

    public FarolException(Problem problem, @Nullable Throwable cause) {
        super(problem.message(), cause);
        this.problem = problem;
    }

    public FarolException(ErrorCode code, String message) {
        this(Problem.of(code, message), null);
    }

    public FarolException(ErrorCode code, String target, String message) {
        this(Problem.at(code, target, message), null);
    }

    public Problem problem() {
        return problem;
    }

    public ErrorCode code() {
        return problem.code();
    }
}
