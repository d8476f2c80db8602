package dev.farol.environment.definition;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The interpreter that a definition asks for.
 *
 * @param original as the user wrote it, {@code python=3.11}
 * @param line of the definition, 0 where none
 * @param clauses all of them must hold; never empty
 */
public record PythonSpec(String original, int line, List<Clause> clauses) {
    private static final Pattern CLAUSE = Pattern.compile("(==|>=|<=|!=|~=|>|<)(.+)");

    public PythonSpec {
        clauses = List.copyOf(clauses);
    }

    /** One comparison. */
    public record Clause(String operator, PythonVersion version) {
        boolean accepts(PythonVersion full) {
            return switch (operator) {
                case "==" -> version.covers(full);
                case "!=" -> !version.covers(full);
                case "~=" ->
                        full.compareTo(version) >= 0
                                && full.major() == version.major()
                                && (version.patch() < 0 || full.minor() == version.minor());
                case ">=" -> full.compareTo(version) >= 0;
                case ">" -> full.compareTo(version) > 0 && !version.covers(full);
                case "<=" -> full.compareTo(version) <= 0 || version.covers(full);
                case "<" -> full.compareTo(version) < 0 && !version.covers(full);
                default -> throw new IllegalStateException("No such operator: " + operator);
            };
        }
    }

    /** Exactly this version, or any of it where it leaves parts open. */
    public static PythonSpec of(String version) {
        return new PythonSpec(
                "python=" + version, 0, List.of(new Clause("==", PythonVersion.parse(version))));
    }

    /**
     * @param version clauses of PEP 440; empty for any
     * @return null where any version will do
     */
    static @org.jspecify.annotations.Nullable PythonSpec parse(
            String original, String version, int line) throws Refused {
        if (version.isEmpty()) {
            return null;
        }
        List<Clause> clauses = new ArrayList<>();
        for (String text : version.split(",")) {
            Matcher matcher = CLAUSE.matcher(text);
            if (!matcher.matches()) {
                throw new Refused("'" + original + "': '" + text + "' is not a version of Python");
            }
            clauses.add(new Clause(matcher.group(1), PythonVersion.parse(matcher.group(2))));
        }
        var spec = new PythonSpec(original, line, clauses);
        if (spec.anchor().major() < 3) {
            throw new Refused("'" + original + "': Python 2 is not supported; 3.8 is the oldest");
        }
        return spec;
    }

    public boolean accepts(PythonVersion full) {
        return clauses.stream().allMatch(clause -> clause.accepts(full));
    }

    /** Whether one version is named, not a range. */
    public boolean isPin() {
        return clauses.stream().anyMatch(clause -> clause.operator().equals("=="));
    }

    /** The version that the nearest one is measured from. */
    public PythonVersion anchor() {
        return clauses.stream()
                .filter(clause -> !clause.operator().equals("!="))
                .findFirst()
                .orElse(clauses.getFirst())
                .version();
    }
}
