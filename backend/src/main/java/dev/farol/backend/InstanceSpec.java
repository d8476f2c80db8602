package dev.farol.backend;

import dev.farol.spec.ProbeSettings;
import dev.farol.spec.RequestSettings;
import dev.farol.spec.ResourceId;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An instance to keep alive.
 *
 * @param id unique on this backend for ever, file-name safe, for example {@code
 *     credit-blue-3-0-x7f2}
 * @param deployment whose instance it is
 * @param modelDir the value for AZUREML_MODEL_DIR; null when there is no model
 * @param instanceType names the memory and CPU that it may use
 */
public record InstanceSpec(
        String id,
        ResourceId deployment,
        Program program,
        @Nullable Path modelDir,
        Map<String, String> environmentVariables,
        String instanceType,
        RequestSettings requestSettings,
        ProbeSettings liveness,
        ProbeSettings readiness) {
    public InstanceSpec {
        environmentVariables = Map.copyOf(environmentVariables);
    }
}
