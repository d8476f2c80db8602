package dev.farol.backend;

import dev.farol.backend.local.LocalBackend;
import java.time.InstantSource;

/** Opens backends. */
public final class Backends {
    private Backends() {}

    /**
     * Instances as processes of this machine. Ends what an earlier run of this home left behind.
     *
     * @throws dev.farol.spec.FarolException {@code Conflict} when another process keeps instances
     *     of this home, {@code ServiceUnavailable} when its folders cannot be used
     */
    public static Backend local(
            BackendConfig config, LocalFolders folders, Launchers launchers, InstantSource clock) {
        return LocalBackend.start(config, folders, launchers, clock);
    }
}
