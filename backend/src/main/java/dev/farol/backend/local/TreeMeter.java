package dev.farol.backend.local;

import dev.farol.backend.local.ProcessTable.Entry;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/** Measures the memory and the CPU of a set of processes from look to look. Not thread-safe. */
final class TreeMeter {
    /**
     * A look.
     *
     * @param residentBytes pages that several processes share are counted for each
     * @param cores used since the look before
     */
    record Usage(long residentBytes, double cores) {
        static final Usage NONE = new Usage(0, 0);
    }

    private Map<ProcessId, Duration> before = Map.of();
    private long beforeNanos;

    Usage measure(Collection<Entry> processes, long nowNanos) {
        var cpu = new HashMap<ProcessId, Duration>();
        long resident = 0;
        Duration used = Duration.ZERO;
        for (Entry process : processes) {
            resident += process.residentBytes();
            cpu.put(process.id(), process.cpu());
            Duration last = before.getOrDefault(process.id(), process.cpu());
            used = used.plus(process.cpu().minus(last));
        }
        double elapsed = Math.max(1, nowNanos - beforeNanos);
        double cores = before.isEmpty() ? 0 : used.toNanos() / elapsed;
        before = cpu;
        beforeNanos = nowNanos;
        return new Usage(resident, cores);
    }
}
