package dev.farol.backend;

import java.nio.file.Path;

/** Knows how the zygote of an environment is started. */
@FunctionalInterface
public interface ZygoteLauncher {
    /**
     * @param socket where it is to listen
     * @param imports the file that tells what to import before the first fork; it may not exist yet
     */
    Command command(Path python, Path socket, Path imports);
}
