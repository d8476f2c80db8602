package dev.farol.environment.uv;

import dev.farol.environment.Host;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** The environment variables that uv, and the programs that it starts, run with. */
final class UvVariables {
    /** Settings of uv that would change what Farol asks it to do. */
    private static final Set<String> OURS =
            Set.of(
                    "UV_SYSTEM_PYTHON",
                    "UV_MANAGED_PYTHON",
                    "UV_NO_MANAGED_PYTHON",
                    "UV_OVERRIDE",
                    "UV_EXCLUDE",
                    "UV_CONSTRAINT",
                    "UV_LINK_MODE",
                    "UV_COMPILE_BYTECODE",
                    "UV_REQUIRE_HASHES",
                    "UV_NO_VERIFY_HASHES",
                    "UV_WORKING_DIRECTORY",
                    "UV_WORKING_DIR",
                    "UV_NO_CACHE",
                    "UV_CACHE_DIR",
                    "UV_TORCH_BACKEND",
                    "UV_ENV_FILE",
                    "UV_CUSTOM_COMPILE_COMMAND",
                    "VIRTUAL_ENV",
                    "CONDA_PREFIX",
                    "CONDA_DEFAULT_ENV",
                    // Makes Python write .pyc files that it must verify at each import.
                    "SOURCE_DATE_EPOCH");

    private UvVariables() {}

    /**
     * @param cache where uv keeps packages: on the file system of the environments, so that it can
     *     link instead of copy
     */
    static Map<String, String> of(Host host, Path cache) {
        var variables = python(host.variables());
        variables
                .keySet()
                .removeIf(
                        name ->
                                OURS.contains(name)
                                        || name.startsWith("UV_PYTHON")
                                        || name.startsWith("UV_VENV")
                                        || name.startsWith("UV_PROJECT"));
        variables.putAll(
                PipSettings.read(
                                host.variables(),
                                host.userHome(),
                                host.platform().startsWith("macosx"))
                        .forUv(host.variables()));
        if (variables.containsKey("UV_INDEX") || variables.containsKey("UV_EXTRA_INDEX_URL")) {
            variables.putIfAbsent("UV_INDEX_STRATEGY", "unsafe-best-match");
        }
        variables.put("UV_CACHE_DIR", cache.toString());
        variables.put("UV_PYTHON_DOWNLOADS", "never");
        return variables;
    }

    /**
     * The user's variables without those that change how Python works: with PYTHONDONTWRITEBYTECODE
     * no compiled file would ever be written.
     */
    static Map<String, String> python(Map<String, String> variables) {
        var clean = new LinkedHashMap<>(variables);
        clean.keySet().removeIf(name -> name.startsWith("PYTHON") || name.startsWith("__PYVENV"));
        return clean;
    }
}
