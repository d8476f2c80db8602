package dev.farol.backend.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The processes of an instance or a zygote, for the next run of Farol should this one be killed.
 */
final class PidFile {
    static final String NAME = "pids";

    private static final Logger LOG = LoggerFactory.getLogger(PidFile.class);

    private final Path file;

    PidFile(Path folder) {
        this.file = folder.resolve(NAME);
    }

    void clear() {
        try {
            Files.deleteIfExists(file);
        } catch (IOException fault) {
            LOG.warn("{} stays: {}", file, fault.toString());
        }
    }

    /** Notes a process. Not synced: it matters after a kill of this process, not of the machine. */
    void add(ProcessId id) {
        try {
            Files.writeString(
                    file, id.line() + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException fault) {
            LOG.warn("{} lacks process {}: {}", file, id.pid(), fault.toString());
        }
    }

    List<ProcessId> read() {
        try {
            return Files.readAllLines(file).stream()
                    .map(ProcessId::parse)
                    .flatMap(Optional::stream)
                    .toList();
        } catch (IOException none) {
            return List.of();
        }
    }
}
