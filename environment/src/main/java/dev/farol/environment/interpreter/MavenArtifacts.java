package dev.farol.environment.interpreter;

import dev.farol.environment.Artifacts;
import dev.farol.environment.process.Command;
import dev.farol.environment.process.Commands;
import dev.farol.environment.process.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Fetches through a Maven command, so that the user's settings.xml (mirrors, credentials, proxies)
 * holds here too.
 *
 * @param maven {@code mvnw} or {@code mvn}
 * @param folder where the files are put
 * @param variables of the process, with a JAVA_HOME that Maven can run on
 */
public record MavenArtifacts(Path maven, Path folder, Map<String, String> variables)
        implements Artifacts {
    private static final Duration LIMIT = Duration.ofMinutes(10);
    private static final String COPY =
            "org.apache.maven.plugins:maven-dependency-plugin:3.11.0:copy";

    public MavenArtifacts {
        variables = Map.copyOf(variables);
    }

    @Override
    public Path fetch(String coordinates) throws IOException, InterruptedException {
        String[] parts = coordinates.split(":");
        if (parts.length != 5) {
            throw new IllegalArgumentException(
                    "Not group:artifact:version:jar:classifier: " + coordinates);
        }
        Path file = folder.resolve(parts[1] + "-" + parts[2] + "-" + parts[4] + "." + parts[3]);
        List<String> line =
                List.of(
                        maven.toString(),
                        "--quiet",
                        "--batch-mode",
                        "--no-transfer-progress",
                        COPY,
                        "-Dartifact=" + coordinates,
                        "-DoutputDirectory=" + folder.toAbsolutePath());
        try (Commands commands = new Commands()) {
            Outcome outcome =
                    commands.run(
                            new Command(line, variables, Files.createDirectories(folder), LIMIT));
            if (!outcome.succeeded() || !Files.isRegularFile(file)) {
                throw new IOException(
                        "Maven could not fetch "
                                + coordinates
                                + ": "
                                + outcome.output()
                                        .lines()
                                        .filter(said -> said.startsWith("[ERROR]"))
                                        .findFirst()
                                        .orElse("it ended with " + outcome.code()));
            }
        }
        return file;
    }
}
