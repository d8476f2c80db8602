package dev.farol.environment;

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
 */
public record Definition(
        @Nullable String condaFile,
        String source,
        Form form,
        Map<String, String> files,
        boolean samePython) {
    /** How the text is to be read. */
    public enum Form {
        CONDA,
        REQUIREMENTS,
        /** MLflow's {@code python_env.yaml}: an interpreter, and lines for pip. */
        PYTHON_ENV
    }

    public Definition {
        files = Map.copyOf(files);
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
