package dev.farol.backend;

import dev.farol.spec.ReplicaSpec;
import java.nio.file.Path;

/** Knows how a replica is started on this machine. */
@FunctionalInterface
public interface ReplicaLauncher {
    /**
     * @param specFile holds {@code spec} as JSON
     */
    Command command(ReplicaSpec spec, Path specFile);
}
