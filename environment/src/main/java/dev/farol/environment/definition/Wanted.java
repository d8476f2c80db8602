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
 */
public record Wanted(
        String source,
        @Nullable PythonSpec python,
        List<Requirement> requirements,
        List<String> sources,
        boolean prereleases,
        List<String> notes) {
    public Wanted {
        requirements = List.copyOf(requirements);
        sources = List.copyOf(sources);
        notes = List.copyOf(notes);
    }

    /**
     * Reads a conda file, or a pip requirements file where the source's name ends in {@code .txt}.
     *
     * @throws dev.farol.spec.FarolException with every violation, each with its line
     */
    public static Wanted of(Definition definition) {
        String source = definition.source();
        String text = definition.condaFile();
        var gathering = new Gathering(source);
        if (text != null) {
            if (source.endsWith(".txt")) {
                gathering.pipText(text);
            } else {
                new CondaFile(gathering).read(text);
            }
        }
        return gathering.done();
    }
}
