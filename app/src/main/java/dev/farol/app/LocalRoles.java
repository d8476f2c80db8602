package dev.farol.app;

import dev.farol.backend.Backend;
import dev.farol.backend.BackendConfig;
import dev.farol.backend.Backends;
import dev.farol.backend.CheckLauncher;
import dev.farol.backend.Command;
import dev.farol.backend.Launchers;
import dev.farol.backend.LocalFolders;
import dev.farol.backend.ReplicaLauncher;
import dev.farol.backend.ZygoteLauncher;
import dev.farol.environment.Artifacts;
import dev.farol.environment.Host;
import dev.farol.runtime.python.PythonCheck;
import dev.farol.runtime.python.PythonSources;
import dev.farol.runtime.python.PythonZygote;
import dev.farol.spec.ReplicaSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntSupplier;

/** How this machine runs instances: which programs a replica, a zygote and a check are. */
final class LocalRoles {
    private LocalRoles() {}

    /**
     * This machine; where it has no Python, one comes through the Maven wrapper and the user's own
     * settings for it.
     */
    static Host host(Home home) {
        var variables = new HashMap<>(System.getenv());
        variables.put("JAVA_HOME", System.getProperty("java.home"));
        return Host.current(
                Artifacts.maven(
                        Distribution.root().resolve("mvnw"),
                        home.folder().resolve("cache").resolve("artifacts"),
                        variables));
    }

    static Backend backend(Home home, BackendConfig config, InstantSource clock)
            throws IOException {
        return backend(
                home, LocalFolders.below(home.folder()), config, new JavaReplica(home), clock);
    }

    /**
     * A backend for one deployment in a folder of its own.
     *
     * @param port where its replica answers, asked at every start of it
     */
    static Backend keeper(
            Home home,
            LocalFolders folders,
            BackendConfig config,
            IntSupplier port,
            InstantSource clock)
            throws IOException {
        ReplicaLauncher replica =
                (spec, file) ->
                        JavaReplica.role(
                                home, "--spec", file.toString(), Integer.toString(port.getAsInt()));
        return backend(home, folders, config, replica, clock);
    }

    private static Backend backend(
            Home home,
            LocalFolders folders,
            BackendConfig config,
            ReplicaLauncher replica,
            InstantSource clock)
            throws IOException {
        Path sources = PythonSources.unpack(home.pythonSources());
        ZygoteLauncher zygote =
                (python, socket, imports) ->
                        new Command(
                                PythonZygote.command(python, sources, socket, imports),
                                PythonZygote.environment(python));
        CheckLauncher check =
                spec ->
                        spec.nativeModel() == null
                                ? new Command(
                                        PythonCheck.command(spec, sources),
                                        spec.environmentVariables())
                                : JavaReplica.check(home, spec.nativeModel());
        return Backends.local(config, folders, new Launchers(replica, zygote, check), clock);
    }

    /** A replica is this distribution in another role. */
    private record JavaReplica(Home home) implements ReplicaLauncher {
        @Override
        public Command command(ReplicaSpec spec, Path file) {
            return role(home, "--spec", file.toString());
        }

        @Override
        public Command standby() {
            return role(home, "--standby");
        }

        /** Loads the model in the foreground, and says what became of it. */
        static Command check(Home home, ReplicaSpec.NativeModel model) {
            // By the launcher: the class path of a replica's whole command fills a screen.
            return new Command(
                    List.of(
                            Distribution.root().resolve("farol").toString(),
                            "replica",
                            "--check",
                            model.kind().name(),
                            model.path()),
                    Map.of("FAROL_HOME", home.folder().toString()));
        }

        private static Command role(Home home, String... arguments) {
            var command = new ArrayList<>(Distribution.java("replica"));
            // Before the main class, which is the last.
            command.add(
                    command.size() - 1, "-D" + NativeReplica.CACHE + "=" + home.nativeLibraries());
            command.add("replica");
            command.addAll(List.of(arguments));
            return new Command(command, Map.of());
        }
    }
}
