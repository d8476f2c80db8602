package dev.farol.environment;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Fetches a file by its Maven coordinates, through whatever Maven configuration the user has. It is
 * asked only where a machine has no Python at all.
 */
@FunctionalInterface
public interface Artifacts {
    /**
     * The file, on this machine.
     *
     * @param coordinates {@code group:artifact:version:jar:classifier}
     * @throws IOException naming what went wrong, for people
     */
    Path fetch(String coordinates) throws IOException, InterruptedException;
}
