package dev.farol.environment;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** uv for tests: installed by the room itself, once per build folder. */
public final class RealUv {
    private static final Path HOME = Path.of("target/tools-home").toAbsolutePath();

    private RealUv() {}

    public static EnvironmentConfig config() throws IOException {
        Path uv = HOME.resolve("tools/uv-" + EnvironmentConfig.DEFAULTS.uvVersion() + "/bin/uv");
        if (!Files.isExecutable(uv)) {
            try (Environments environments =
                    Environments.local(
                            EnvironmentConfig.DEFAULTS,
                            HOME,
                            host(HOME, Map.of("PATH", "/usr/bin:/bin")))) {
                environments.resolve(new Definition("dependencies: [six]", "six"), line -> {});
            }
        }
        return with(uv, true, List.of());
    }

    public static EnvironmentConfig with(Path uv, boolean discover, List<Path> interpreters) {
        EnvironmentConfig defaults = EnvironmentConfig.DEFAULTS;
        return new EnvironmentConfig(
                uv,
                defaults.uvVersion(),
                interpreters,
                discover,
                false,
                defaults.defaultPython(),
                Map.of(),
                null,
                true,
                defaults.resolveLimit(),
                defaults.buildLimit());
    }

    /** This machine, with a user home of the test's own: no cache of uv's, no other settings. */
    public static Host host(Path userHome, Map<String, String> changes) {
        var variables = new HashMap<>(System.getenv());
        variables.keySet().removeIf(name -> name.startsWith("UV_") || name.startsWith("XDG_"));
        variables.put("HOME", userHome.toString());
        variables.putIfAbsent(
                "PYENV_ROOT", Path.of(System.getProperty("user.home"), ".pyenv").toString());
        variables.put("PYTHONDONTWRITEBYTECODE", "1");
        variables.putAll(changes);
        Path config = Path.of(System.getProperty("user.home"), ".config/pip/pip.conf");
        if (Files.exists(config)) {
            variables.putIfAbsent("PIP_CONFIG_FILE", config.toString());
        }
        return new Host(
                variables,
                userHome,
                Host.platform(System.getProperty("os.name"), System.getProperty("os.arch")),
                maven(userHome.resolve("fetched")));
    }

    /** The wrapper of this build. */
    public static Artifacts maven(Path folder) {
        var variables = new HashMap<>(System.getenv());
        variables.put("JAVA_HOME", System.getProperty("java.home"));
        Path root = Path.of(System.getProperty("farol.root", ".."));
        return Artifacts.maven(root.resolve("mvnw").toAbsolutePath(), folder, variables);
    }
}
