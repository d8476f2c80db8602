package dev.farol.environment.interpreter;

import dev.farol.environment.definition.PythonSpec;
import dev.farol.environment.definition.PythonVersion;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Chooses among interpreters. Pure. */
final class Chooser {
    static final PythonVersion OLDEST = new PythonVersion(3, 8, 0);
    private static final Comparator<Interpreter> BY_VERSION =
            Comparator.comparing(Interpreter::version);

    private Chooser() {}

    /**
     * The newest that fits; where none does, the nearest: a newer patch of the same minor version,
     * an older patch of it, else the nearest minor version, of two equally near the newer.
     *
     * @param interpreters not empty; of equal versions the first is taken
     * @param wanted null where any will do
     * @param preferred taken, or the nearest to it, where the choice is free
     */
    static Choice choose(
            List<Interpreter> interpreters, @Nullable PythonSpec wanted, PythonSpec preferred) {
        if (wanted == null) {
            Interpreter taken = choose(interpreters, preferred, preferred).interpreter();
            return new Choice(
                    taken,
                    "no version of Python is asked for: " + taken.version() + " is taken",
                    versions(interpreters));
        }
        List<Interpreter> fitting =
                interpreters.stream()
                        .filter(interpreter -> wanted.accepts(interpreter.version()))
                        .toList();
        if (!fitting.isEmpty()) {
            return new Choice(
                    newest(wanted.isPin() ? fitting : narrowed(fitting, preferred)),
                    null,
                    versions(interpreters));
        }
        Interpreter nearest = nearest(interpreters, wanted.anchor());
        return new Choice(
                nearest,
                "'"
                        + wanted.original()
                        + "' is asked for and not on this machine: Python "
                        + nearest.version()
                        + " is taken (found: "
                        + versions(interpreters)
                        + ")",
                versions(interpreters));
    }

    /** A range often allows what is too new to have packages: the preferred one if it is inside. */
    private static List<Interpreter> narrowed(List<Interpreter> fitting, PythonSpec preferred) {
        List<Interpreter> narrow =
                fitting.stream()
                        .filter(interpreter -> preferred.accepts(interpreter.version()))
                        .toList();
        return narrow.isEmpty() ? fitting : narrow;
    }

    private static Interpreter nearest(List<Interpreter> interpreters, PythonVersion wanted) {
        List<Interpreter> same =
                interpreters.stream().filter(one -> one.version().sameMinor(wanted)).toList();
        if (!same.isEmpty()) {
            return same.stream()
                    .filter(one -> one.version().compareTo(wanted) > 0)
                    .min(BY_VERSION)
                    .orElseGet(() -> newest(same));
        }
        Comparator<Interpreter> near =
                Comparator.comparingInt(one -> distance(one.version(), wanted));
        Interpreter minor =
                interpreters.stream().min(near.thenComparing(BY_VERSION.reversed())).orElseThrow();
        return newest(
                interpreters.stream()
                        .filter(one -> one.version().sameMinor(minor.version()))
                        .toList());
    }

    private static int distance(PythonVersion one, PythonVersion other) {
        return Math.abs(one.major() - other.major()) * 1000
                + Math.abs(one.minor() - Math.max(other.minor(), 0));
    }

    private static Interpreter newest(List<Interpreter> interpreters) {
        Interpreter best = interpreters.getFirst();
        for (Interpreter next : interpreters) {
            if (next.version().compareTo(best.version()) > 0) {
                best = next;
            }
        }
        return best;
    }

    private static String versions(List<Interpreter> interpreters) {
        return interpreters.stream()
                .map(Interpreter::version)
                .distinct()
                .sorted()
                .map(PythonVersion::toString)
                .collect(Collectors.joining(", "));
    }
}
