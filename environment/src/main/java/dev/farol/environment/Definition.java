package dev.farol.environment;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the user wrote.
 *
 * @param condaFile YAML (or the same as JSON) of a conda environment, or what {@code form} says;
 *     null means an environment with only an interpreter, as an image without a conda file has
 * @param source how to call it in messages, for example {@code environment/conda.yaml} or {@code
 *     azureml:env:1}
 * @param form of the text
 * @param files texts that came along, by the names that {@code -r} and {@code -c} call them
 * @param samePython whether another minor version of Python than the one asked for is of no use, as
 *     for what was pickled
 * @param more what Farol itself needs beside all that, as lines for pip
 */
public record Definition(
        @Nullable String condaFile,
        String source,
        Form form,
        Map<String, String> files,
        boolean samePython,
        List<String> more) {
    /** How the text is to be read. */
    public enum Form {
        CONDA,
        REQUIREMENTS,
        /** MLflow's {@code python_env.yaml}: an interpreter, and lines for pip. */
        PYTHON_ENV
    }

    public Definition {
        files = Map.copyOf(files);
        more = List.copyOf(more);
    }

    /** What the user wrote, and nothing more. */
    public Definition(
            @Nullable String condaFile,
            String source,
            Form form,
            Map<String, String> files,
            boolean samePython) {
        this(condaFile, source, form, files, samePython, List.of());
    }

    /** The same with these lines for pip. */
    public Definition with(List<String> lines) {
        return new Definition(condaFile, source, form, files, samePython, lines);
    }

    /** A conda file, or a pip requirements file where the source's name ends in {@code .txt}. */
    public Definition(@Nullable String condaFile, String source) {
        this(
                condaFile,
                source,
                source.endsWith(".txt") ? Form.REQUIREMENTS : Form.CONDA,
                Map.of(),
                false);
    }
}
