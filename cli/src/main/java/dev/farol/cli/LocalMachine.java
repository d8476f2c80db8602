package dev.farol.cli;

import java.nio.file.Path;

/**
 * Runs deployments on this machine, each in the background and in a folder of its own, without a
 * Farol behind them.
 */
public interface LocalMachine {
    /**
     * Starts it; nothing may run in the folder.
     *
     * @param home whose environments are used and added to
     */
    void start(Path home, Path folder, LocalPlan plan);

    LocalState state(Path folder);

    /** Ends what runs in the folder and waits until it is gone. */
    void stop(Path folder);

    /** The newest lines that the scoring script and its server wrote. */
    String console(Path folder, int lines);

    /** The newest lines that were said while the environment was made. */
    String preparation(Path folder, int lines);
}
