package dev.farol.environment.local;

import dev.farol.environment.definition.Requirement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The admin's requirement overrides. What a definition asks for itself is replaced in the text;
 * what other packages ask for is only known after a resolution, so that one may have to be
 * repeated.
 */
record Overrides(Map<String, String> rules) {
    private static final Pattern NAME_ONLY = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");
    private static final Pattern LEADING_NAME =
            Pattern.compile("^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?");

    Overrides {
        var normal = new LinkedHashMap<String, String>();
        rules.forEach((name, text) -> normal.put(Requirement.normal(name), text.strip()));
        rules = normal;
    }

    /** The requirements with what the rules make of them; tells each change. */
    List<Requirement> direct(List<Requirement> requirements, List<String> notes) {
        var result = new ArrayList<Requirement>();
        for (Requirement requirement : requirements) {
            String rule = rule(requirement.name());
            if (rule == null) {
                result.add(requirement);
                continue;
            }
            notes.add(
                    "'"
                            + requirement.original()
                            + "' is "
                            + (rule.isEmpty() ? "left out" : "replaced by '" + rule + "'")
                            + " (requirement override)");
            if (!rule.isEmpty()) {
                result.add(replaced(requirement, rule));
            }
        }
        return result;
    }

    /** Another name keeps the version asked for; a whole requirement stands for itself. */
    private static Requirement replaced(Requirement requirement, String rule) {
        String text =
                NAME_ONLY.matcher(rule).matches()
                        ? LEADING_NAME
                                .matcher(requirement.text())
                                .replaceFirst(Matcher.quoteReplacement(rule))
                        : rule;
        return requirement.withText(nameOf(rule), text);
    }

    /** Names that must not be installed, as far as they can be said before a resolution. */
    Set<String> excluded() {
        Set<String> names = new LinkedHashSet<>();
        rules.forEach(
                (name, text) -> {
                    if (text.isEmpty() && !name.contains("*")) {
                        names.add(name);
                    }
                });
        return names;
    }

    /** Lines of uv's overrides file: rules that keep the name. */
    List<String> versions() {
        return rules.entrySet().stream()
                .filter(rule -> !rule.getValue().isEmpty())
                .filter(rule -> nameOf(rule.getValue()).equals(rule.getKey()))
                .filter(rule -> !NAME_ONLY.matcher(rule.getValue()).matches())
                .map(Map.Entry::getValue)
                .toList();
    }

    /**
     * What to change after a resolution brought these pinned packages.
     *
     * @param pinned requirement lines
     * @return names to exclude, with what is installed in their place, empty for nothing
     */
    Map<String, String> transitive(List<String> pinned) {
        var changes = new LinkedHashMap<String, String>();
        for (String line : pinned) {
            String name = nameOf(line);
            String rule = rule(name);
            if (rule == null || nameOf(rule).equals(name)) {
                continue;
            }
            Matcher version = Pattern.compile("==(\\S+)").matcher(line);
            boolean sameVersion = NAME_ONLY.matcher(rule).matches() && version.find();
            changes.put(name, sameVersion ? rule + "==" + version.group(1) : rule);
        }
        return changes;
    }

    private @Nullable String rule(String name) {
        String exact = rules.get(name);
        if (exact != null) {
            return exact;
        }
        for (Map.Entry<String, String> rule : rules.entrySet()) {
            if (rule.getKey().contains("*")
                    && name.matches(rule.getKey().replace(".", "\\.").replace("*", ".*"))) {
                return rule.getValue();
            }
        }
        return null;
    }

    static String nameOf(String requirement) {
        Matcher name = LEADING_NAME.matcher(requirement);
        return name.find() ? Requirement.normal(name.group()) : "";
    }
}
