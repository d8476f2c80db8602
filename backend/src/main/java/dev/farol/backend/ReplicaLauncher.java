package dev.farol.backend;

import dev.farol.spec.ReplicaSpec;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Knows how a replica is started on this machine. */
@FunctionalInterface
public interface ReplicaLauncher {
    /**
     * @param specFile holds {@code spec} as JSON
     */
    Command command(ReplicaSpec spec, Path specFile);

    /**
     * How a replica is started ahead of need: it reads the path of its spec file as the first line
     * of its stdin. Null means that none is.
     */
    default @Nullable Command standby() {
        return null;
    }
}
