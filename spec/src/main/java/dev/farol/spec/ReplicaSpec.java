package dev.farol.spec;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a replica needs to know to serve: written by the backend as {@code replica.json} into the
 * instance's folder, read by {@code farol replica}. Paths are absolute, on the machine of the
 * instance. It serves either a scoring script or a native model.
 *
 * @param instance the instance's id
 * @param endpoint and {@code deployment}: names, for logs and headers
 * @param script the scoring script; null for a native model
 * @param nativeModel the native model; null for a scoring script
 * @param modelDir what AZUREML_MODEL_DIR says; null when the deployment has no model
 * @param environmentVariables of the deployment; they win over everything that Farol sets
 * @param runDir a folder of the instance with a short path: sockets go there
 * @param logDir a folder of the instance: {@code console.log} and its rotated predecessors go there
 */
public record ReplicaSpec(
        String instance,
        String endpoint,
        String deployment,
        @Nullable Script script,
        @Nullable NativeModel nativeModel,
        @Nullable String modelDir,
        Map<String, String> environmentVariables,
        RequestSettings requestSettings,
        Duration startTimeout,
        String runDir,
        String logDir) {
    public ReplicaSpec {
        environmentVariables = Map.copyOf(environmentVariables);
        if ((script == null) == (nativeModel == null)) {
            throw new IllegalArgumentException(
                    "script, nativeModel (expected: exactly one of them)");
        }
    }

    /**
     * Served by Python workers.
     *
     * @param python the interpreter of the environment
     * @param environmentKey names the environment; instances of one key may share a zygote
     * @param zygoteSocket where the zygote of the environment listens; null means workers are
     *     started afresh
     * @param appRoot the code folder: working directory and first entry of sys.path (AML_APP_ROOT)
     * @param scoringScript relative to {@code appRoot}
     * @param workers how many processes run the script (WORKER_COUNT)
     */
    public record Script(
            String python,
            String environmentKey,
            @Nullable String zygoteSocket,
            String appRoot,
            String scoringScript,
            int workers) {}

    /**
     * Served by an engine in the replica itself.
     *
     * @param name as the Open Inference Protocol calls it; of a repository, what its models lie in
     * @param path of the model's file, or of the repository's folder
     * @param threads how many calls compute at once; 0 means as many as the machine has cores
     */
    public record NativeModel(Kind kind, String name, String path, int threads) {
        /** Of as many threads as the machine has cores. */
        public NativeModel(Kind kind, String name, String path) {
            this(kind, name, path, 0);
        }

        /** How many calls compute at once. */
        public int places() {
            return threads > 0 ? threads : Runtime.getRuntime().availableProcessors();
        }

        /** What lies at the path. */
        public enum Kind {
            /** A file in the ONNX format. */
            ONNX,
            /** A folder laid out as Triton's model repository. */
            TRITON
        }
    }

    /**
     * The script of a replica that serves one.
     *
     * @throws IllegalStateException for a native model
     */
    public Script requireScript() {
        if (script == null) {
            throw new IllegalStateException(instance + " serves no scoring script");
        }
        return script;
    }

    /**
     * The model of a replica that serves one natively.
     *
     * @throws IllegalStateException for a scoring script
     */
    public NativeModel requireNativeModel() {
        if (nativeModel == null) {
            throw new IllegalStateException(instance + " serves no native model");
        }
        return nativeModel;
    }
}
