package dev.farol.environment.definition;

import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import dev.farol.spec.Problem;
import java.util.List;
import java.util.stream.Collectors;

/** Makes the one error out of everything that is wrong with a definition. */
public final class InvalidDefinition {
    private InvalidDefinition() {}

    /** {@code environment/conda.yaml:7: 'scikit-lern==1.7.0' …}, one line per violation. */
    public static FarolException of(String source, List<Violation> violations) {
        List<Problem> problems =
                violations.stream()
                        .map(
                                violation -> {
                                    String file = violation.file();
                                    String place =
                                            place(file == null ? source : file, violation.line());
                                    return Problem.at(
                                            ErrorCode.ENVIRONMENT_UNRESOLVABLE,
                                            place,
                                            place + ": " + violation.message());
                                })
                        .toList();
        if (problems.size() == 1) {
            return new FarolException(problems.getFirst());
        }
        String all = problems.stream().map(Problem::message).collect(Collectors.joining("\n"));
        return new FarolException(
                new Problem(
                        ErrorCode.ENVIRONMENT_UNRESOLVABLE,
                        problems.size() + " problems:\n" + all,
                        source,
                        problems));
    }

    public static String place(String source, int line) {
        return line > 0 ? source + ":" + line : source;
    }
}
