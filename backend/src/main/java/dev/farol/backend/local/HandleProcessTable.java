package dev.farol.backend.local;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What the JDK tells on every system: no memory, no sessions, no environments; so limits of memory
 * are not watched where only this is to be had.
 */
final class HandleProcessTable implements ProcessTable {
    @Override
    public Optional<Entry> find(long pid) {
        return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).map(HandleProcessTable::entry);
    }

    @Override
    public Map<Long, Entry> all() {
        var entries = new HashMap<Long, Entry>();
        try (Stream<ProcessHandle> processes = ProcessHandle.allProcesses()) {
            processes.forEach(process -> entries.put(process.pid(), entry(process)));
        }
        return entries;
    }

    @Override
    public long proportionalBytes(Entry entry) {
        return entry.residentBytes();
    }

    @Override
    public Optional<String> variable(long pid, String name) {
        return Optional.empty();
    }

    @Override
    public List<String> commandLine(long pid) {
        return ProcessHandle.of(pid)
                .map(ProcessHandle::info)
                .map(
                        info ->
                                Stream.concat(
                                                info.command().stream(),
                                                info.arguments().stream().flatMap(Arrays::stream))
                                        .toList())
                .orElse(List.of());
    }

    private static Entry entry(ProcessHandle process) {
        ProcessHandle.Info info = process.info();
        String start =
                "at:"
                        + info.startInstant()
                                .map(Instant::toEpochMilli)
                                .map(String::valueOf)
                                .orElse("?");
        return new Entry(
                new ProcessId(process.pid(), start),
                process.parent().map(ProcessHandle::pid).orElse(0L),
                0,
                0,
                info.totalCpuDuration().orElse(Duration.ZERO));
    }
}
