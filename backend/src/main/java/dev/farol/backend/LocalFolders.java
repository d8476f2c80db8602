package dev.farol.backend;

import java.nio.file.Path;

/**
 * Where the backend keeps what, all below one home.
 *
 * @param home names the installation: its hash marks the processes that belong to it
 * @param instances a folder for each instance, gone when the instance is
 * @param run sockets; a folder with a short path takes its place where this one's is too long
 * @param environmentStates per environment what its zygote imports ({@code <key>/imports.json})
 * @param logs the logs of instances that are gone, and of zygotes
 */
public record LocalFolders(Path home, Path instances, Path run, Path environmentStates, Path logs) {
    public static LocalFolders below(Path home) {
        Path absolute = home.toAbsolutePath().normalize();
        return new LocalFolders(
                absolute,
                absolute.resolve("instances"),
                absolute.resolve("run"),
                absolute.resolve("envs-state"),
                absolute.resolve("logs"));
    }

    public Path instance(String id) {
        return instances.resolve(id);
    }

    public Path environmentState(String key) {
        return environmentStates.resolve(key);
    }
}
