package dev.farol.cli;

import dev.farol.spec.ProbeSettings;
import dev.farol.spec.RequestSettings;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a deployment on this machine needs to run without a Farol behind it. Paths are absolute.
 *
 * @param code the user's own folder: the script runs in it, not in a copy; null when an MLflow
 *     model is all that there is
 * @param scoringScript relative to {@code code}; null without one
 * @param model a file or a folder; null when there is none
 * @param condaFile its text; null means an environment of the bare interpreter
 * @param environmentLabel how messages call the environment; null when the model's own files say
 *     what it needs
 */
public record LocalPlan(
        String endpoint,
        String deployment,
        @Nullable String code,
        @Nullable String scoringScript,
        @Nullable String model,
        @Nullable String condaFile,
        @Nullable String environmentLabel,
        Map<String, String> environmentVariables,
        String instanceType,
        RequestSettings requestSettings,
        ProbeSettings liveness,
        ProbeSettings readiness) {
    public LocalPlan {
        environmentVariables = Map.copyOf(environmentVariables);
    }
}
