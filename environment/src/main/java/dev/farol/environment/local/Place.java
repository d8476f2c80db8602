package dev.farol.environment.local;

import dev.farol.environment.PythonEnvironment;
import dev.farol.environment.process.FolderLock;
import dev.farol.kit.AtomicFile;
import dev.farol.kit.Json;
import dev.farol.kit.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where one environment is, and whether it is complete.
 *
 * <p>It is built where it stays, not beside and then renamed: an environment has its own path in
 * the first lines of its scripts, in its activation and in what packages remember of themselves. So
 * a folder alone says nothing; complete is one with the marker file, which is written last. Whoever
 * finds a folder without it, and gets the lock, removes it and starts again.
 *
 * @param envs holds all environments
 */
record Place(Path envs, String key) {
    private static final Pattern KEY = Pattern.compile("[0-9a-f]{16,128}");
    private static final Logger log = LoggerFactory.getLogger(Place.class);
    private static final String MARKER = "farol-environment.json";

    Place {
        if (!isKey(key)) {
            throw new IllegalArgumentException("Not a key of an environment: " + key);
        }
    }

    /** What the marker says, for people. */
    record Marker(
            String key,
            String pythonPath,
            String pythonVersion,
            int packages,
            List<String> notes) {}

    static boolean isKey(String name) {
        return KEY.matcher(name).matches();
    }

    Path folder() {
        return envs.resolve(key);
    }

    Path python() {
        return folder().resolve("bin/python");
    }

    /** Locked by the process that builds or removes the environment. */
    Path lock() {
        return envs.resolve(".locks").resolve(key);
    }

    /** Locked as long as uv writes into the folder, even when the process that started it died. */
    Path running() {
        return envs.resolve(".locks").resolve(key + ".running");
    }

    /** The interpreter behind the link may have been removed since; then nothing is complete. */
    boolean isComplete() {
        return Files.exists(folder().resolve(MARKER)) && Files.isExecutable(python());
    }

    /** Notes that somebody uses it; nothing happens where there is none. */
    void used(Instant now) throws IOException {
        try {
            Files.setLastModifiedTime(folder().resolve(MARKER), FileTime.from(now));
        } catch (NoSuchFileException absent) {
            log.debug("{} is not there to be used", folder(), absent);
        }
    }

    /** Whether it was used since; one without a marker never was. */
    static boolean usedSince(Path folder, Instant time) throws IOException {
        try {
            return !Files.getLastModifiedTime(folder.resolve(MARKER)).toInstant().isBefore(time);
        } catch (NoSuchFileException absent) {
            return false;
        }
    }

    PythonEnvironment environment() {
        return new PythonEnvironment(key, folder(), python());
    }

    void complete(Marker marker) throws IOException {
        AtomicFile.write(folder().resolve(MARKER), Json.STRICT.writeValueAsString(marker));
    }

    /** Empties the place; waits first for a uv whose Farol was killed. */
    void clear() throws IOException, InterruptedException {
        Files.deleteIfExists(folder().resolve(MARKER));
        FolderLock.acquire(running()).close();
        Trees.delete(folder());
    }
}
