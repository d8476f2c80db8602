package dev.farol.backend.local;

import dev.farol.backend.local.ReplicaEvent.WorkerState;
import dev.farol.backend.verdict.Cause;
import dev.farol.spec.Phase;
import dev.farol.spec.ReplicaSpec;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One run of an instance's replica, and what became known of it. Belongs to its supervisor. */
final class Attempt {
    private final int number;
    private final ProcessTable table;
    private final ProcessTree tree;
    private final TreeMeter meter;
    private final PidFile pids;
    private final ConsoleLog.Mark logMark;
    private final long kernelKills;
    private final Map<Long, ProcessId> workers = new HashMap<>();

    private @Nullable ReplicaSpec spec;
    private @Nullable Process process;
    private Phase phase = Phase.ENVIRONMENT;
    private ReplicaEvent.@Nullable Listening address;
    private ReplicaEvent.@Nullable Failed failed;
    private @Nullable Integer workerExit;
    private Cause.@Nullable OverMemory overMemory;
    private long lastScan;

    /**
     * @param kernelKills how many processes the kernel had killed for memory before
     */
    Attempt(
            int number,
            ProcessTable table,
            ProcessTree tree,
            InstanceFolder folder,
            long kernelKills) {
        this.number = number;
        this.table = table;
        this.tree = tree;
        this.meter = new TreeMeter();
        this.pids = folder.pids();
        this.logMark = folder.console().mark();
        this.kernelKills = kernelKills;
    }

    void started(ReplicaSpec startedWith, Process replica) {
        spec = startedWith;
        process = replica;
        phase = Phase.CODE;
        note(replica.pid());
    }

    /** Takes in what the replica said. */
    void said(ReplicaEvent event) {
        switch (event) {
            case ReplicaEvent.Listening listening -> address = listening;
            case ReplicaEvent.InPhase step -> phase = step.phase();
            case ReplicaEvent.Ready ready -> phase = Phase.PROBE;
            case ReplicaEvent.Failed failure -> {
                failed = failure;
                phase = failure.phase();
            }
            case ReplicaEvent.Worker worker -> workerSaid(worker);
        }
    }

    private void workerSaid(ReplicaEvent.Worker worker) {
        switch (worker.state()) {
            case STARTED -> {
                ProcessId id = note(worker.pid());
                if (id != null) {
                    workers.put(worker.pid(), id);
                }
            }
            case READY -> {
                workerExit = null;
                overMemory = null;
            }
            case EXITED -> {
                workers.remove(worker.pid());
                workerExit = worker.exitCode();
            }
        }
    }

    private @Nullable ProcessId note(long pid) {
        ProcessId id = table.find(pid).map(ProcessTable.Entry::id).orElse(null);
        if (id != null) {
            tree.add(id);
            pids.add(id);
        }
        return id;
    }

    TreeMeter.Usage measure(SharedScan.Snapshot scan) {
        if (scan.nanos() != lastScan) {
            tree.grow(scan.all());
            lastScan = scan.nanos();
        }
        return meter.measure(tree.living(), System.nanoTime());
    }

    /** What the tree is charged for, shared pages counted once. */
    long exactBytes() {
        return tree.living().stream().mapToLong(table::proportionalBytes).sum();
    }

    /** Kills the workers with their families; without workers the replica. */
    void killForMemory(Cause.OverMemory reason) {
        overMemory = reason;
        Set<ProcessId> victims =
                workers.isEmpty()
                        ? tree.members()
                        : ProcessTree.family(workers.values(), table.all());
        victims.forEach(table::kill);
    }

    int number() {
        return number;
    }

    ProcessTree tree() {
        return tree;
    }

    ConsoleLog.Mark logMark() {
        return logMark;
    }

    long kernelKills() {
        return kernelKills;
    }

    Phase phase() {
        return phase;
    }

    void phase(Phase reached) {
        phase = reached;
    }

    @Nullable ReplicaSpec spec() {
        return spec;
    }

    @Nullable Process process() {
        return process;
    }

    ReplicaEvent.@Nullable Listening address() {
        return address;
    }

    ReplicaEvent.@Nullable Failed failed() {
        return failed;
    }

    @Nullable Integer workerExit() {
        return workerExit;
    }

    Cause.@Nullable OverMemory overMemory() {
        return overMemory;
    }

    static boolean crashed(ReplicaEvent.Worker worker) {
        return worker.state() == WorkerState.EXITED
                && worker.exitCode() != null
                && worker.exitCode() != 0;
    }
}
