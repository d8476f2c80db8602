package dev.farol.environment.definition;

import dev.farol.environment.Definition;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A definition, understood.
 *
 * @param source how to call the definition in messages
 * @param python the interpreter asked for; null when the definition names none
 * @param requirements packages, in the order of the definition
 * @param sources {@code --extra-index-url …} and the like, in the order of the definition
 * @param prereleases whether versions before a release are wanted
 * @param notes what a person should know
 * @param constraints which versions packages may have if they are installed, as pip reads it
 */
public record Wanted(
        String source,
        @Nullable PythonSpec python,
        List<Requirement> requirements,
        List<String> sources,
        boolean prereleases,
        List<String> notes,
        List<String> constraints) {
    public Wanted {
        requirements = List.copyOf(requirements);
        sources = List.copyOf(sources);
        notes = List.copyOf(notes);
        constraints = List.copyOf(constraints);
    }

    /**
     * Reads a definition in the form that it has.
     *
     * @throws dev.farol.spec.FarolException with every violation, each with its line
     */
    public static Wanted of(Definition definition) {
        String text = definition.condaFile();
        var gathering = new Gathering(definition.source(), definition.files());
        if (text != null) {
            switch (definition.form()) {
                case CONDA -> new CondaFile(gathering).read(text);
                case REQUIREMENTS -> gathering.pipText(text);
                case PYTHON_ENV -> new CondaFile(gathering).readPythonEnv(text);
            }
        }
        gathering.more(definition.more());
        return gathering.done();
    }
}
