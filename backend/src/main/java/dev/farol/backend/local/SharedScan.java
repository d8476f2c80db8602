package dev.farol.backend.local;

import dev.farol.backend.local.ProcessTable.Entry;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/** One reading of the whole process table for all instances that ask at about the same time. */
final class SharedScan {
    /**
     * A reading.
     *
     * @param nanos when it was taken, on the clock of {@link System#nanoTime}
     */
    record Snapshot(long nanos, Map<Long, Entry> all) {}

    private final ProcessTable table;
    private final ReentrantLock lock = new ReentrantLock();
    private Snapshot last;

    SharedScan(ProcessTable table) {
        this.table = table;
        this.last = new Snapshot(System.nanoTime(), table.all());
    }

    /** All processes, read at most {@code age} ago. */
    Snapshot notOlderThan(Duration age) {
        lock.lock();
        try {
            long now = System.nanoTime();
            if (now - last.nanos() > age.toNanos()) {
                last = new Snapshot(now, table.all());
            }
            return last;
        } finally {
            lock.unlock();
        }
    }
}
