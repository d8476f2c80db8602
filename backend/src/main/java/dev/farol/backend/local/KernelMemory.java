package dev.farol.backend.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the kernel tells of memory that ran out. */
final class KernelMemory {
    private static final List<Path> COUNTERS =
            List.of(
                    Path.of("/proc/vmstat"),
                    Path.of("/sys/fs/cgroup/memory.events"),
                    Path.of("/sys/fs/cgroup/memory/memory.oom_control"));
    private static final Pattern KILLS = Pattern.compile("(?m)^oom_kill (\\d+)$");
    private static final Pattern PRESSURE = Pattern.compile("(?m)^some avg10=(\\d+\\.\\d+)");
    private static final double HIGH_PRESSURE_PERCENT = 10;

    /** How many processes the kernel killed for memory since it started, as far as it tells. */
    long kills() {
        return COUNTERS.stream().mapToLong(file -> (long) number(file, KILLS)).sum();
    }

    /** Whether a process that got SIGKILL after {@code killsBefore} was seen died for memory. */
    boolean explainsKillSince(long killsBefore) {
        return kills() > killsBefore
                || number(Path.of("/proc/pressure/memory"), PRESSURE) > HIGH_PRESSURE_PERCENT;
    }

    private static double number(Path file, Pattern pattern) {
        try {
            Matcher match = pattern.matcher(Files.readString(file));
            return match.find() ? Double.parseDouble(match.group(1)) : 0;
        } catch (IOException notOnThisMachine) {
            return 0;
        }
    }
}
