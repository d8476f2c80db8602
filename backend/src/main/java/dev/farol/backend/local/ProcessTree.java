package dev.farol.backend.local;

import dev.farol.backend.local.ProcessTable.Entry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/**
 * The processes that belong together although the system may not say so: what was started, what was
 * reported (workers are children of a zygote), their descendants, the members of sessions that they
 * lead, and every process that carries the mark in its environment. Not thread-safe.
 */
final class ProcessTree {
    /** The variable that marks the processes of an instance. */
    static final String MARK = "FAROL_INSTANCE";

    private static final Duration ROUND = Duration.ofMillis(10);

    private final ProcessTable table;
    private final Predicate<String> mark;
    private final Set<ProcessId> members = new LinkedHashSet<>();

    /**
     * @param mark tells from the value of {@link #MARK} that a process belongs here
     */
    ProcessTree(ProcessTable table, Predicate<String> mark) {
        this.table = table;
        this.mark = mark;
    }

    void add(ProcessId id) {
        members.add(id);
    }

    Set<ProcessId> members() {
        return Set.copyOf(members);
    }

    /** Takes in the family of the members, as the snapshot shows it. */
    void grow(Map<Long, Entry> all) {
        members.addAll(family(members, all));
    }

    /** Lets go of the dead, and tells what the others use. */
    List<Entry> living() {
        var living = new ArrayList<Entry>();
        members.removeIf(
                id -> {
                    Entry entry = table.find(id.pid()).orElse(null);
                    boolean lives = entry != null && entry.id().equals(id);
                    if (lives) {
                        living.add(entry);
                    }
                    return !lives;
                });
        return living;
    }

    /** The given processes and all that stem from them. */
    static Set<ProcessId> family(Collection<ProcessId> roots, Map<Long, Entry> all) {
        var found = new LinkedHashSet<ProcessId>(roots);
        var pids = new HashSet<Long>();
        roots.forEach(id -> pids.add(id.pid()));
        boolean grew = true;
        while (grew) {
            grew = false;
            for (Entry entry : all.values()) {
                boolean child = pids.contains(entry.parent());
                // A session's number stays taken while a member lives, so it is still theirs.
                boolean inSession = pids.contains(entry.session());
                if ((child || inSession) && found.add(entry.id())) {
                    pids.add(entry.id().pid());
                    grew = true;
                }
            }
        }
        return found;
    }

    /**
     * Kills everything and waits until it is gone, as long as {@code limit} allows.
     *
     * @return the processes that are still there; empty means that all is well
     */
    Set<ProcessId> end(Duration limit) {
        long until = System.nanoTime() + limit.toNanos();
        while (true) {
            Map<Long, Entry> all = table.all();
            grow(all);
            adoptMarked(all);
            if (living().isEmpty()) {
                return Set.of();
            }
            members.forEach(table::kill);
            if (System.nanoTime() - until > 0) {
                return members();
            }
            LockSupport.parkNanos(ROUND.toNanos());
        }
    }

    private void adoptMarked(Map<Long, Entry> all) {
        Set<Long> own = ancestry(all);
        for (Entry entry : all.values()) {
            long pid = entry.id().pid();
            if (!own.contains(pid) && table.variable(pid, MARK).filter(mark).isPresent()) {
                members.add(entry.id());
            }
        }
    }

    /** This process and those above it: Farol may itself run inside an instance. */
    private static Set<Long> ancestry(Map<Long, Entry> all) {
        var own = new HashSet<Long>();
        Entry entry = all.get(ProcessHandle.current().pid());
        while (entry != null && own.add(entry.id().pid())) {
            entry = all.get(entry.parent());
        }
        return own;
    }
}
