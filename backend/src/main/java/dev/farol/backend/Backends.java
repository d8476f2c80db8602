package dev.farol.backend;

import dev.farol.backend.local.LocalBackend;
import java.time.InstantSource;
import java.util.List;

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

    /**
     * Ends the processes that an earlier run of this home left behind, as the next start would: for
     * who does not start it again. Its sockets go with them; its other files stay.
     *
     * @throws dev.farol.spec.FarolException as {@link #local} does
     */
    public static void endLeftovers(LocalFolders folders) {
        LocalBackend.endLeftovers(folders);
    }

    /**
     * The newest lines of an instance's console, read where it is kept: for who has no backend, as
     * another process has it. Empty when there is none.
     */
    public static List<String> console(LocalFolders folders, String instanceId, int lines) {
        return LocalBackend.console(folders, instanceId, lines);
    }
}
