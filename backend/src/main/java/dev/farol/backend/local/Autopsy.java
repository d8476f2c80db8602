package dev.farol.backend.local;

import dev.farol.backend.Command;
import dev.farol.backend.InstanceSpec;
import dev.farol.backend.verdict.Cause;
import dev.farol.backend.verdict.Failure;
import dev.farol.backend.verdict.ShellLine;
import dev.farol.spec.ErrorCode;
import dev.farol.spec.Phase;
import dev.farol.spec.ReplicaSpec;
import dev.farol.spec.Verdict;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Gathers what a failed run left and has it judged. */
final class Autopsy {
    /** Enough that a long traceback is whole. */
    private static final int LINES_READ = 200;

    private static final int SIGKILL = 137;

    private final InstanceSpec instance;
    private final InstanceFolder folder;
    private final Surroundings surroundings;

    Autopsy(InstanceSpec instance, InstanceFolder folder, Surroundings surroundings) {
        this.instance = instance;
        this.folder = folder;
        this.surroundings = surroundings;
    }

    /**
     * @param exitCode of the replica, when it ended
     */
    Verdict of(Attempt attempt, Cause cause, @Nullable Integer exitCode) {
        ReplicaEvent.Failed failed = attempt.failed();
        Integer code = exitCode(attempt, failed, cause, exitCode);
        List<String> log = folder.console().tail(LINES_READ, attempt.logMark());
        boolean memoryWasShort =
                code != null
                        && code == SIGKILL
                        && surroundings.kernel().explainsKillSince(attempt.kernelKills());
        ReplicaSpec replica = attempt.spec() == null ? unstarted() : attempt.spec();
        var failure =
                new Failure(
                        cause,
                        attempt.phase(),
                        failed == null ? null : failed.exception(),
                        failed == null ? null : failed.location(),
                        code,
                        failed == null ? null : failed.message(),
                        memoryWasShort,
                        log,
                        log.isEmpty() || failed == null ? folder.lastFaults(LINES_READ) : List.of(),
                        replica,
                        instance.instanceType());
        return surroundings.verdicts().compose(failure, reproduce(replica));
    }

    /** Something went wrong in the supervisor itself. */
    static Verdict ofFault(RuntimeException fault) {
        return Verdict.early(
                Phase.PROBE,
                ErrorCode.INTERNAL,
                "Farol failed to keep the instance: " + fault.getMessage(),
                "Look in Farol's own log.");
    }

    private static @Nullable Integer exitCode(
            Attempt attempt,
            ReplicaEvent.@Nullable Failed failed,
            Cause cause,
            @Nullable Integer replicaExit) {
        if (cause instanceof Cause.WorkerEnded || cause instanceof Cause.OverMemory) {
            return attempt.workerExit() == null ? replicaExit : attempt.workerExit();
        }
        if (failed == null) {
            return replicaExit;
        }
        if (failed.exitCode() != null) {
            return failed.exitCode();
        }
        return attempt.workerExit() == null ? replicaExit : attempt.workerExit();
    }

    private ReplicaSpec unstarted() {
        return ReplicaSpecs.of(
                instance,
                Optional.empty(),
                ReplicaSpecs.startTimeout(
                        instance.liveness(), surroundings.config().startTimeout()),
                folder,
                surroundings.markOf(instance.id()),
                surroundings.types());
    }

    private String reproduce(ReplicaSpec replica) {
        Command command = surroundings.launchers().check().command(replica);
        return ShellLine.of(command.environment(), command.arguments());
    }
}
