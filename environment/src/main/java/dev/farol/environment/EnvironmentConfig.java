package dev.farol.environment;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Settings of the room, key {@code environment}.
 *
 * @param uv the uv to use; null means the one on PATH, else one installed under the home folder
 * @param uvVersion the version that is installed where none is found
 * @param interpreters executables, or folders with a {@code bin/python3}, that go before all others
 * @param discover whether to look for further interpreters on the machine
 * @param pythonDownload whether uv may download an interpreter where there is no other at all
 * @param defaultPython the version taken, or the nearest to it, where a definition names none
 * @param requirementOverrides package name, or a pattern with {@code *}, to what is installed in
 *     its place: another name ({@code tensorflow} to {@code tensorflow-cpu}), a requirement ({@code
 *     torch} to {@code torch==2.7.1}), or the empty text to leave it out
 * @param torchBackend uv's {@code --torch-backend}, such as {@code cpu}; null means the index
 *     decides
 * @param importOnce whether the packages asked for are imported once after a build
 * @param resolveLimit how long asking the index may take
 * @param buildLimit how long a build may take
 */
public record EnvironmentConfig(
        @Nullable Path uv,
        String uvVersion,
        List<Path> interpreters,
        boolean discover,
        boolean pythonDownload,
        String defaultPython,
        Map<String, String> requirementOverrides,
        @Nullable String torchBackend,
        boolean importOnce,
        Duration resolveLimit,
        Duration buildLimit) {
    public static final EnvironmentConfig DEFAULTS =
            new EnvironmentConfig(
                    null,
                    "0.13.9",
                    List.of(),
                    true,
                    false,
                    "3.12",
                    Map.of(),
                    null,
                    true,
                    Duration.ofMinutes(10),
                    Duration.ofMinutes(60));

    public EnvironmentConfig {
        interpreters = List.copyOf(interpreters);
        requirementOverrides =
                Collections.unmodifiableMap(new LinkedHashMap<>(requirementOverrides));
    }

    public EnvironmentConfig withInterpreters(List<Path> only) {
        return new EnvironmentConfig(
                uv,
                uvVersion,
                only,
                false,
                pythonDownload,
                defaultPython,
                requirementOverrides,
                torchBackend,
                importOnce,
                resolveLimit,
                buildLimit);
    }

    public EnvironmentConfig withOverrides(Map<String, String> overrides) {
        return new EnvironmentConfig(
                uv,
                uvVersion,
                interpreters,
                discover,
                pythonDownload,
                defaultPython,
                overrides,
                torchBackend,
                importOnce,
                resolveLimit,
                buildLimit);
    }
}
