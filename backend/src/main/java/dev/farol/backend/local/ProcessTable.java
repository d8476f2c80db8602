package dev.farol.backend.local;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The processes of this machine as they are now. Dead ones that nobody reaped yet are not in it.
 */
interface ProcessTable {
    /**
     * One process.
     *
     * @param session the id of its session's leader, or 0 when sessions are not known
     * @param residentBytes 0 when not known
     * @param cpu user and system time since its start
     */
    record Entry(ProcessId id, long parent, long session, long residentBytes, Duration cpu) {}

    Optional<Entry> find(long pid);

    /** Every process, by pid. Reads the whole machine: not for every tick. */
    Map<Long, Entry> all();

    /**
     * What the process alone is charged for: shared pages count by their share. Costs more than
     * {@link #find}; the resident size where the machine does not tell.
     */
    long proportionalBytes(Entry entry);

    /** A variable of the environment that the process was started with, when that can be read. */
    Optional<String> variable(long pid, String name);

    /** The command line, for people; empty when it cannot be read. */
    List<String> commandLine(long pid);

    default boolean alive(ProcessId id) {
        return find(id.pid()).filter(entry -> entry.id().equals(id)).isPresent();
    }

    /** SIGKILL, if the process is still this one. */
    default void kill(ProcessId id) {
        if (id.pid() != ProcessHandle.current().pid() && alive(id)) {
            ProcessHandle.of(id.pid()).ifPresent(ProcessHandle::destroyForcibly);
        }
    }

    static ProcessTable ofThisMachine() {
        boolean linux =
                System.getProperty("os.name", "").toLowerCase(Locale.ROOT).contains("linux");
        return linux ? new LinuxProcessTable() : new HandleProcessTable();
    }
}
