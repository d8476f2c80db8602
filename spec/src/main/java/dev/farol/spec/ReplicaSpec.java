package dev.farol.spec;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a replica needs to know to serve: written by the backend as {@code replica.json} into the
 * instance's folder, read by {@code farol replica}. Paths are absolute, on the machine of the
 * instance.
 *
 * @param instance the instance's id
 * @param endpoint and {@code deployment}: names, for logs and headers
 * @param python the interpreter of the environment
 * @param environmentKey names the environment; instances of one key may share a zygote
 * @param zygoteSocket where the zygote of the environment listens; null means workers are started
 *     afresh
 * @param appRoot the code folder: working directory and first entry of sys.path (AML_APP_ROOT)
 * @param scoringScript relative to {@code appRoot}
 * @param modelDir what AZUREML_MODEL_DIR says; null when the deployment has no model
 * @param environmentVariables of the deployment; they win over everything that Farol sets
 * @param workers how many processes run the script (WORKER_COUNT)
 * @param runDir a folder of the instance with a short path: sockets go there
 * @param logDir a folder of the instance: {@code console.log} and its rotated predecessors go there
 */
public record ReplicaSpec(
        String instance,
        String endpoint,
        String deployment,
        String python,
        String environmentKey,
        @Nullable String zygoteSocket,
        String appRoot,
        String scoringScript,
        @Nullable String modelDir,
        Map<String, String> environmentVariables,
        int workers,
        RequestSettings requestSettings,
        Duration startTimeout,
        String runDir,
        String logDir) {
    public ReplicaSpec {
        environmentVariables = Map.copyOf(environmentVariables);
    }
}
