package dev.farol.backend.local;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads {@code /proc}. */
final class LinuxProcessTable implements ProcessTable {
    private static final Path PROC = Path.of("/proc");
    // What the kernel shows to programs is in hundredths of a second on every architecture.
    private static final long TICK_MILLIS = 10;

    private final String boot;
    private final long pageBytes;

    LinuxProcessTable() {
        this.boot = read(PROC.resolve("sys/kernel/random/boot_id")).strip().replaceAll("-.*", "");
        this.pageBytes =
                read(PROC.resolve("self/smaps"))
                        .lines()
                        .filter(line -> line.startsWith("KernelPageSize:"))
                        .findFirst()
                        .map(line -> kilobytes(line))
                        .orElse(4096L);
    }

    @Override
    public Optional<Entry> find(long pid) {
        return parse(pid, read(PROC.resolve(pid + "/stat")));
    }

    @Override
    public Map<Long, Entry> all() {
        var entries = new HashMap<Long, Entry>();
        try (var folders = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path folder : folders) {
                long pid = Long.parseLong(String.valueOf(folder.getFileName()));
                find(pid).ifPresent(entry -> entries.put(pid, entry));
            }
        } catch (IOException | DirectoryIteratorException unreadable) {
            throw new IllegalStateException("/proc cannot be listed", unreadable);
        }
        return entries;
    }

    @Override
    public long proportionalBytes(Entry entry) {
        return read(PROC.resolve(entry.id().pid() + "/smaps_rollup"))
                .lines()
                .filter(line -> line.startsWith("Pss:"))
                .findFirst()
                .map(LinuxProcessTable::kilobytes)
                .orElse(entry.residentBytes());
    }

    @Override
    public Optional<String> variable(long pid, String name) {
        String start = name + "=";
        return Arrays.stream(read(PROC.resolve(pid + "/environ")).split("\0"))
                .filter(variable -> variable.startsWith(start))
                .map(variable -> variable.substring(start.length()))
                .findFirst();
    }

    @Override
    public List<String> commandLine(long pid) {
        String line = read(PROC.resolve(pid + "/cmdline"));
        return line.isEmpty() ? List.of() : List.of(line.split("\0"));
    }

    /** The fields of {@code /proc/<pid>/stat}, counted after the name, which may hold anything. */
    private Optional<Entry> parse(long pid, String stat) {
        int nameEnd = stat.lastIndexOf(')');
        if (nameEnd < 0) {
            return Optional.empty();
        }
        String[] fields = stat.substring(nameEnd + 1).strip().split(" ");
        if (fields.length < 22 || fields[0].equals("Z") || fields[0].equals("X")) {
            return Optional.empty();
        }
        long ticks = Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
        return Optional.of(
                new Entry(
                        new ProcessId(pid, boot + ":" + fields[19]),
                        Long.parseLong(fields[1]),
                        Long.parseLong(fields[3]),
                        Long.parseLong(fields[21]) * pageBytes,
                        Duration.ofMillis(ticks * TICK_MILLIS)));
    }

    private static long kilobytes(String line) {
        return Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024;
    }

    /** A file of /proc; empty when the process is gone or somebody else's. */
    private static String read(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        } catch (IOException gone) {
            return "";
        }
    }
}
