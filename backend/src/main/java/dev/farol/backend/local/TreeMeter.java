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

    private final ProcessTable table;
    private Map<ProcessId, Duration> before = Map.of();
    private long beforeNanos;

    TreeMeter(ProcessTable table) {
        this.table = table;
    }

    Usage measure(Collection<ProcessId> processes, long nowNanos) {
        var cpu = new HashMap<ProcessId, Duration>();
        long resident = 0;
        Duration used = Duration.ZERO;
        for (ProcessId id : processes) {
            Entry entry = find(id);
            if (entry != null) {
                resident += entry.residentBytes();
                cpu.put(id, entry.cpu());
                used = used.plus(entry.cpu().minus(before.getOrDefault(id, entry.cpu())));
            }
        }
        double elapsed = Math.max(1, nowNanos - beforeNanos);
        double cores = before.isEmpty() ? 0 : used.toNanos() / elapsed;
        before = cpu;
        beforeNanos = nowNanos;
        return new Usage(resident, cores);
    }

    /** The memory with shared pages counted once in sum; costs more than {@link #measure}. */
    long proportionalBytes(Collection<ProcessId> processes) {
        long bytes = 0;
        for (ProcessId id : processes) {
            Entry entry = find(id);
            bytes += entry == null ? 0 : table.proportionalBytes(entry);
        }
        return bytes;
    }

    private @org.jspecify.annotations.Nullable Entry find(ProcessId id) {
        return table.find(id.pid()).filter(entry -> entry.id().equals(id)).orElse(null);
    }
}
