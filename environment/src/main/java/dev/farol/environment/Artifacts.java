package dev.farol.environment;

import dev.farol.environment.interpreter.MavenArtifacts;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/**
 * Fetches a file by its Maven coordinates, through whatever Maven configuration the user has. It is
 * asked only where a machine has no Python at all.
 */
@FunctionalInterface
public interface Artifacts {
    /**
     * Through a Maven command.
     *
     * @param maven {@code mvnw} or {@code mvn}
     * @param folder where the files are put
     * @param variables of the process, with a JAVA_HOME that Maven can run on
     */
    static Artifacts maven(Path maven, Path folder, Map<String, String> variables) {
        return new MavenArtifacts(maven, folder, variables);
    }

    /**
     * The file, on this machine.
     *
     * @param coordinates {@code group:artifact:version:jar:classifier}
     * @throws IOException naming what went wrong, for people
     */
    Path fetch(String coordinates) throws IOException, InterruptedException;
}
