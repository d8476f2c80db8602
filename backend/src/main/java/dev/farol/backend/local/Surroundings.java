package dev.farol.backend.local;

import dev.farol.backend.BackendConfig;
import dev.farol.backend.InstanceTypes;
import dev.farol.backend.Launchers;
import dev.farol.backend.LocalFolders;
import dev.farol.backend.local.Transitions.Transition;
import dev.farol.backend.verdict.VerdictComposer;
import java.util.function.Consumer;

/**
 * What all supervisors of a backend share.
 *
 * @param homeMark ends the mark of every process of this home
 * @param observer is told each transition of each instance
 */
record Surroundings(
        BackendConfig config,
        LocalFolders folders,
        RunFolder run,
        Launchers launchers,
        ProcessLauncher processes,
        ProcessTable table,
        SharedScan scan,
        KernelMemory kernel,
        Zygotes zygotes,
        Standby standby,
        LogArchive archive,
        InstanceTypes types,
        VerdictComposer verdicts,
        String homeMark,
        Consumer<Transition> observer) {
    /** What the processes of an instance carry in their environment. */
    String markOf(String instance) {
        return instance + homeMark;
    }
}
