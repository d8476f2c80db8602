package dev.farol.app;

import dev.farol.kit.Json;
import dev.farol.runtime.ReplicaConfig;
import dev.farol.runtime.ReplicaProcess;
import dev.farol.runtime.python.PythonConfig;
import dev.farol.runtime.python.PythonRuntime;
import dev.farol.runtime.python.PythonSources;
import dev.farol.spec.ReplicaSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * {@code farol replica --spec FILE}: the inference server of one instance, started by the backend.
 */
final class ReplicaRole {
    private ReplicaRole() {}

    static int run(String[] arguments) throws IOException {
        if (arguments.length != 2 || !arguments[0].equals("--spec")) {
            System.err.println(
                    "Usage: farol replica --spec FILE (the backend starts it; see docs/architecture.md)");
            return 2;
        }
        var spec =
                Json.STRICT.readValue(Files.readString(Path.of(arguments[1])), ReplicaSpec.class);
        Path sources = PythonSources.unpack(Path.of(spec.logDir()).resolveSibling("python"));
        return ReplicaProcess.run(
                spec,
                ReplicaConfig.DEFAULTS.withVersion(Distribution.version()),
                PythonRuntime.factory(PythonConfig.DEFAULTS, sources));
    }
}
