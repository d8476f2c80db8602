package dev.farol.backend.local;

import dev.farol.backend.InstanceSpec;
import dev.farol.kit.Json;
import dev.farol.kit.Trees;
import dev.farol.spec.ReplicaSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The files of an instance: what its replica reads, writes and leaves. */
final class InstanceFolder {
    private static final String LOGS = "logs";

    private final Path root;
    private final Path run;

    InstanceFolder(Path root, Path run) {
        this.root = root;
        this.run = run;
    }

    /** Where the instance in this folder writes its logs. */
    static Path logsIn(Path root) {
        return root.resolve(LOGS);
    }

    Path root() {
        return root;
    }

    Path run() {
        return run;
    }

    Path logs() {
        return logsIn(root);
    }

    Path faults() {
        return logs().resolve("replica.err");
    }

    ConsoleLog console() {
        return new ConsoleLog(logs());
    }

    PidFile pids() {
        return new PidFile(root);
    }

    void create(InstanceSpec spec) throws IOException {
        Files.createDirectories(logs());
        Leftovers.sign(root, spec.deployment());
    }

    /** Makes all ready for a start. */
    Path prepare(ReplicaSpec spec) throws IOException {
        Trees.delete(run);
        Files.createDirectories(run);
        pids().clear();
        Path file = root.resolve("replica.json");
        Files.writeString(file, Json.STRICT.writeValueAsString(spec), StandardCharsets.UTF_8);
        return file;
    }

    /** The last lines that the replica itself wrote to its standard error. */
    List<String> lastFaults(int lines) {
        return new ConsoleLog(logs(), "replica.err").tail(lines);
    }

    /** Deletes everything but the logs, which go to the archive. */
    void clear(InstanceSpec spec, LogArchive archive) throws IOException {
        Trees.delete(run);
        archive.take(spec.id(), spec.deployment(), logs());
        Trees.delete(root);
    }
}
