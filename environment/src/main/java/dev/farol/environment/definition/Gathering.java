package dev.farol.environment.definition;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Collects what the lines of a definition ask for, and what is wrong with them. */
final class Gathering {
    private static final Pattern INCLUDE =
            Pattern.compile("(?:-r|--requirement|(-c|--constraint))[=\\s]*(\\S+)");

    private final String source;
    private final Map<String, String> files;
    private final Set<String> included = new HashSet<>();
    private final List<Requirement> requirements = new ArrayList<>();
    private final List<String> sources = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private final List<String> constraints = new ArrayList<>();
    private final List<Violation> violations = new ArrayList<>();
    private @Nullable PythonSpec python;
    private boolean prereleases;
    private @Nullable String file;
    private boolean constraining;

    /**
     * @param files texts that came along, by the names that lines call them
     */
    Gathering(String source, Map<String, String> files) {
        this.source = source;
        this.files = files;
    }

    void violation(int line, String message) {
        violations.add(new Violation(file, line, message));
    }

    void note(int line, String message) {
        String place = InvalidDefinition.place(file == null ? source : file, line);
        notes.add(place + ": " + message);
    }

    void conda(String text, int line) {
        try {
            MatchSpec spec = MatchSpec.parse(text);
            if (spec.name().equals("python")) {
                python = PythonSpec.parse(text, spec.version(), line);
            } else if (spec.name().equals("pip")) {
                note(line, "'" + text + "' is left out: packages are installed without it");
            } else if (CondaNames.isSystem(spec.name())) {
                note(line, "'" + text + "' is a system package, not a Python one: left out");
            } else {
                requirements.add(requirement(spec, text, line));
            }
        } catch (Refused refused) {
            violation(line, refused.reason());
        }
    }

    private Requirement requirement(MatchSpec spec, String text, int line) {
        String name = CondaNames.onIndex(spec.name());
        if (!name.equals(spec.name())) {
            note(line, "'" + spec.name() + "' is '" + name + "' outside conda");
        }
        if (spec.build() != null) {
            note(line, "'" + text + "': the build '" + spec.build() + "' exists only in conda");
        }
        MatchSpec fitting = CondaNames.hasLongerVersions(name) ? spec.fuzzy() : spec;
        return new Requirement(
                line, text, Requirement.normal(name), name + fitting.extras() + fitting.version());
    }

    /** The interpreter of a {@code python_env.yaml}. */
    void python(String version, int line) {
        String original = "python: " + version;
        try {
            python =
                    PythonSpec.parse(
                            original, version.matches("\\d.*") ? "==" + version : version, line);
        } catch (Refused refused) {
            violation(line, refused.reason());
        }
    }

    /** Reads the file that the line names, if it came along. */
    private boolean include(String line) {
        Matcher matcher = INCLUDE.matcher(line.strip());
        String text = matcher.matches() ? files.get(plain(matcher.group(2))) : null;
        if (text == null) {
            return false;
        }
        if (included.add(plain(matcher.group(2)))) {
            String before = file;
            boolean constrained = constraining;
            file = plain(matcher.group(2));
            constraining |= matcher.group(1) != null;
            pipText(text);
            file = before;
            constraining = constrained;
        }
        return true;
    }

    private static String plain(String name) {
        return name.startsWith("./") ? name.substring(2) : name;
    }

    private void take(Requirement requirement) {
        if (constraining) {
            constraints.add(requirement.text());
        } else {
            requirements.add(requirement);
        }
    }

    void pip(String text, int line) {
        if (include(text)) {
            return;
        }
        try {
            switch (PipLine.parse(text)) {
                case PipLine.Nothing nothing -> {}
                case PipLine.Source place -> sources.add(place.text());
                case PipLine.Prereleases wanted -> prereleases = true;
                case PipLine.Package wanted ->
                        take(
                                new Requirement(
                                        file, line, text.strip(), wanted.name(), wanted.text()));
            }
        } catch (Refused refused) {
            violation(line, refused.reason());
        }
    }

    /** A whole requirements file; a backslash at the end of a line continues it. */
    void pipText(String text) {
        var pending = new StringBuilder();
        int number = 0;
        int first = 1;
        for (String line : text.lines().toList()) {
            number++;
            if (pending.isEmpty()) {
                first = number;
            }
            if (line.endsWith("\\")) {
                pending.append(line, 0, line.length() - 1).append(' ');
                continue;
            }
            pip(pending.append(line).toString(), first);
            pending.setLength(0);
        }
        if (!pending.isEmpty()) {
            pip(pending.toString(), first);
        }
    }

    /** What Farol needs beside. */
    void more(List<String> lines) {
        file = "Farol's own packages";
        for (int i = 0; i < lines.size(); i++) {
            pip(lines.get(i), i + 1);
        }
        file = null;
    }

    Wanted done() {
        if (!violations.isEmpty()) {
            throw InvalidDefinition.of(source, violations);
        }
        return new Wanted(source, python, requirements, sources, prereleases, notes, constraints);
    }
}
