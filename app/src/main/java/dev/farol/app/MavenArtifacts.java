package dev.farol.app;

import dev.farol.environment.Artifacts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Fetches a library by name through the Maven wrapper that Farol is built with, and so through whatever mirror and
 * credentials the user's Maven knows.
 */
record MavenArtifacts(Home home) implements Artifacts {
    @Override
    public Path fetch(String coordinates) throws IOException, InterruptedException {
        Path root = Distribution.root();
        Path target = home.folder().resolve("cache").resolve("artifacts");
        Files.createDirectories(target);
        Distribution.output(
                List.of(
                        root.resolve("mvnw").toString(),
                        "-q",
                        "-N",
                        "dependency:copy",
                        "-Dartifact=" + coordinates,
                        "-DoutputDirectory=" + target,
                        "-Dmdep.useBaseVersion=true"),
                root);
        String[] parts = coordinates.split(":", -1);
        String name = parts[1] + "-" + parts[2] + (parts.length > 4 ? "-" + parts[4] : "") + ".jar";
        Path file = target.resolve(name);
        if (!Files.exists(file)) {
            throw new IOException("Maven answered well and left no " + name + " in " + target);
        }
        return file;
    }
}
