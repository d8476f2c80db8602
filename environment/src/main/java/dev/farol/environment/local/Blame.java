package dev.farol.environment.local;

import dev.farol.environment.definition.InvalidDefinition;
import dev.farol.environment.definition.Requirement;
import dev.farol.environment.definition.Violation;
import dev.farol.environment.uv.Reason;
import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Finds the lines of a definition that a resolution failed for. Pure. */
final class Blame {
    private Blame() {}

    /** The requirements that no index knows. */
    static List<Requirement> unknown(List<Requirement> requirements, Reason reason) {
        return named(requirements, reason.unknown());
    }

    static Violation unknown(Requirement requirement) {
        return requirement.violation(
                "'"
                        + requirement.original()
                        + "' is not on the package index"
                        + FamiliarNames.near(requirement.name())
                                .map(name -> ": did you mean " + name + "?")
                                .orElse(""));
    }

    /**
     * Everything else that uv can say.
     *
     * @param python why another interpreter was taken than the one asked for, where one was
     */
    static Violation violation(
            List<Requirement> requirements, Reason reason, @Nullable String python) {
        List<Requirement> involved = named(requirements, reason.involved());
        String because =
                reason.text()
                        + (python == null || !reason.text().contains("Python")
                                ? ""
                                : " (" + python + ")");
        if (involved.isEmpty()) {
            return new Violation(0, "cannot be resolved: " + because);
        }
        Requirement first = involved.getFirst();
        String others =
                involved.stream()
                        .skip(1)
                        .map(other -> "'" + other.original() + "' (" + place(other) + ")")
                        .collect(Collectors.joining(", "));
        return first.violation(
                "'"
                        + first.original()
                        + "' cannot be had"
                        + (others.isEmpty() ? "" : " together with " + others)
                        + ": "
                        + because);
    }

    private static String place(Requirement requirement) {
        String file = requirement.file();
        return file == null
                ? "line " + requirement.line()
                : InvalidDefinition.place(file, requirement.line());
    }

    static FarolException unreachable(Reason reason) {
        return new FarolException(
                ErrorCode.ENVIRONMENT_UNRESOLVABLE,
                "The package index does not answer: "
                        + reason.text()
                        + ". Which one is asked is set in pip.conf or PIP_INDEX_URL; a lock that was"
                        + " made before is built without it.");
    }

    private static List<Requirement> named(List<Requirement> requirements, Set<String> names) {
        return requirements.stream()
                .filter(requirement -> names.contains(requirement.name()))
                .toList();
    }
}
