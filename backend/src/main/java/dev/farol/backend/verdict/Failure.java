package dev.farol.backend.verdict;

import dev.farol.spec.Phase;
import dev.farol.spec.ReplicaSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that is known of a run that failed.
 *
 * @param phase how far it had come
 * @param exception and {@code location}: as the replica reported them
 * @param exitCode of the worker when it is known, else of the replica; 128 + signal when killed
 * @param memoryWasShort whether the kernel's counters support that a kill was for memory
 * @param log the console's last lines of this run, oldest first
 * @param faults the last lines that the replica itself wrote to its standard error
 */
public record Failure(
        Cause cause,
        Phase phase,
        @Nullable String exception,
        @Nullable String location,
        @Nullable Integer exitCode,
        @Nullable String message,
        boolean memoryWasShort,
        List<String> log,
        List<String> faults,
        ReplicaSpec replica,
        String instanceType) {
    public Failure {
        log = List.copyOf(log);
        faults = List.copyOf(faults);
    }
}
