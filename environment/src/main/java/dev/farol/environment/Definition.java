package dev.farol.environment;

import org.jspecify.annotations.Nullable;

/**
 * What the user wrote.
 *
 * @param condaFile YAML (or the same as JSON) of a conda environment; null means an environment
 *     with only an interpreter, as an image without a conda file has
 * @param source how to call it in messages, for example {@code environment/conda.yaml} or {@code
 *     azureml:env:1}
 */
public record Definition(@Nullable String condaFile, String source) {}
