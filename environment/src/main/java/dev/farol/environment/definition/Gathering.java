package dev.farol.environment.definition;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Collects what the lines of a definition ask for, and what is wrong with them. */
final class Gathering {
    private final String source;
    private final List<Requirement> requirements = new ArrayList<>();
    private final List<String> sources = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private final List<Violation> violations = new ArrayList<>();
    private @Nullable PythonSpec python;
    private boolean prereleases;

    Gathering(String source) {
        this.source = source;
    }

    void violation(int line, String message) {
        violations.add(new Violation(line, message));
    }

    void note(int line, String message) {
        notes.add(InvalidDefinition.place(source, line) + ": " + message);
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

    void pip(String text, int line) {
        try {
            switch (PipLine.parse(text)) {
                case PipLine.Nothing nothing -> {}
                case PipLine.Source place -> sources.add(place.text());
                case PipLine.Prereleases wanted -> prereleases = true;
                case PipLine.Package wanted ->
                        requirements.add(
                                new Requirement(line, text.strip(), wanted.name(), wanted.text()));
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

    Wanted done() {
        if (!violations.isEmpty()) {
            throw InvalidDefinition.of(source, violations);
        }
        return new Wanted(source, python, requirements, sources, prereleases, notes);
    }
}
