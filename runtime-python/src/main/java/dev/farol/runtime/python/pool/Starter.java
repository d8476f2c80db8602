package dev.farol.runtime.python.pool;

import dev.farol.kit.Json;
import dev.farol.runtime.python.BaseEnvironment;
import dev.farol.runtime.python.launch.Order;
import dev.farol.spec.ReplicaSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Turns the spec of a replica into orders for its workers. */
final class Starter {
    private final ReplicaSpec spec;
    private final ReplicaSpec.Script script;
    private final Path frames;
    private final Map<String, String> environment;
    private final List<String> own;

    /**
     * @param frames the socket that workers connect to
     */
    Starter(ReplicaSpec spec, Path frames, Map<String, String> machine) {
        this.spec = spec;
        this.script = spec.requireScript();
        this.frames = frames;
        var ours = new TreeMap<String, String>();
        ours.put("AML_APP_ROOT", script.appRoot());
        ours.put("AZUREML_ENTRY_SCRIPT", script.scoringScript());
        if (!spec.endpoint().isEmpty()) {
            ours.put("SERVICE_NAME", spec.endpoint());
        }
        ours.put("WORKER_COUNT", Integer.toString(script.workers()));
        if (spec.modelDir() != null) {
            ours.put("AZUREML_MODEL_DIR", spec.modelDir());
        }
        ours.putAll(spec.environmentVariables());
        this.own = List.copyOf(ours.keySet());
        var all = new TreeMap<>(BaseEnvironment.of(machine, Path.of(script.python())));
        all.putAll(ours);
        this.environment = all;
    }

    Order order(Worker worker, Path log) {
        var launch =
                Json.object()
                        .put("id", worker.id)
                        .put("socket", frames.toString())
                        .put("log", log.toString())
                        .put("mark", worker.mark.file().toString())
                        .put("appRoot", script.appRoot())
                        .put("entryScript", script.scoringScript())
                        .put("modelDir", spec.modelDir())
                        .put("startTimeout", spec.startTimeout().toMillis() / 1000.0)
                        .put(
                                "requestTimeout",
                                spec.requestSettings().requestTimeout().toMillis() / 1000.0);
        return new Order(worker.id, launch, environment, own, worker.fresh);
    }
}
