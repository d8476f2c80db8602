package dev.farol.backend;

import dev.farol.spec.ReplicaSpec.NativeModel;
import java.nio.file.Path;

/** What an instance serves. */
public sealed interface Program {
    /**
     * A scoring script in Python workers.
     *
     * @param environmentKey names the environment that {@code python} belongs to
     * @param appRoot the code folder, writable
     * @param scoringScript relative to {@code appRoot}
     */
    record Script(Path python, String environmentKey, Path appRoot, String scoringScript)
            implements Program {}

    /** A model that the replica computes itself. */
    record Native(NativeModel.Kind kind, String name, Path path) implements Program {}
}
