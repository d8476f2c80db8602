package dev.farol.cli.yaml;

import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One thing that is wrong with a definition.
 *
 * @param key the dotted path of the key; empty for the whole document
 * @param expected what would have been right; null when the problem says it
 */
public record Violation(At at, String key, String problem, @Nullable String expected) {
    @Override
    public String toString() {
        return at
                + ": "
                + (key.isEmpty() ? "" : key + ": ")
                + problem
                + (expected == null ? "" : " (expected: " + expected + ")");
    }

    /** Every violation on a line of its own, in the order of each file. */
    public static String text(List<Violation> violations) {
        List<String> sources =
                violations.stream().map(one -> one.at().source()).distinct().toList();
        return violations.stream()
                .sorted(
                        Comparator.comparing((Violation one) -> sources.indexOf(one.at().source()))
                                .thenComparing(one -> one.at().line())
                                .thenComparing(one -> one.at().column()))
                .map(Violation::toString)
                .collect(Collectors.joining("\n"));
    }
}
