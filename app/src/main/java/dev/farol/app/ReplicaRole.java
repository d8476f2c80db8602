package dev.farol.app;

import dev.farol.kit.Json;
import dev.farol.runtime.ModelRuntime;
import dev.farol.runtime.ReplicaConfig;
import dev.farol.runtime.ReplicaProcess;
import dev.farol.runtime.python.PythonConfig;
import dev.farol.runtime.python.PythonRuntime;
import dev.farol.runtime.python.PythonSources;
import dev.farol.spec.ReplicaSpec;
import dev.farol.wire.EventLoop;
import dev.farol.wire.Listen;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * {@code farol replica --spec FILE [PORT]}: the inference server of one instance, started by the
 * backend. Without a port it takes any free one.
 */
final class ReplicaRole {
    private ReplicaRole() {}

    static int run(String[] arguments) throws IOException {
        if (arguments.length == 3 && arguments[0].equals("--check")) {
            return NativeReplica.check(arguments[1], Path.of(arguments[2]));
        }
        boolean standby = arguments.length == 1 && arguments[0].equals("--standby");
        if (!standby && (arguments.length < 2 || !arguments[0].equals("--spec"))) {
            System.err.println(
                    "Usage: farol replica --spec FILE (the backend starts it; see docs/architecture.md)");
            return 2;
        }
        String file = standby ? awaited() : arguments[1];
        if (file == null) {
            return 0;
        }
        var spec = Json.STRICT.readValue(Files.readString(Path.of(file)), ReplicaSpec.class);
        int port = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 0;
        return ReplicaProcess.run(
                spec,
                ReplicaConfig.DEFAULTS
                        .withVersion(Distribution.version())
                        .withListen(new Listen("127.0.0.1", port, null)),
                factory(spec));
    }

    /** Nothing of the other kind of runtime is loaded. */
    private static ModelRuntime.Factory factory(ReplicaSpec spec) throws IOException {
        if (spec.nativeModel() != null) {
            return NativeReplica.factory();
        }
        Path sources = PythonSources.unpack(Path.of(spec.logDir()).resolveSibling("python"));
        return PythonRuntime.factory(PythonConfig.DEFAULTS, sources);
    }

    /**
     * Does what every replica does first, then waits for the path of a spec file on stdin; null
     * when the parent went away instead. Reads no byte beyond the line: what follows is the
     * liveness pipe.
     */
    private static @Nullable String awaited() throws IOException {
        EventLoop.start().close();
        Json.STRICT.readerFor(ReplicaSpec.class);
        var line = new ByteArrayOutputStream();
        for (int next = System.in.read(); next != '\n'; next = System.in.read()) {
            if (next < 0) {
                return null;
            }
            line.write(next);
        }
        return line.toString(StandardCharsets.UTF_8);
    }
}
