package dev.farol.environment.process;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * A file locked by this process: one at a time on the machine. The file stays when the lock goes,
 * since another process may wait at it; a killed process loses its locks.
 *
 * <p>Between threads of one process it is no lock: the operating system drops a process's locks on
 * a file when the process closes the file anywhere. Whoever uses it keeps its own threads apart.
 */
public final class FolderLock implements AutoCloseable {
    private static final long PAUSE_MILLIS = 50;

    private final FileChannel channel;

    private FolderLock(FileChannel channel) {
        this.channel = channel;
    }

    public static FolderLock acquire(Path file) throws IOException, InterruptedException {
        return acquire(file, () -> {});
    }

    /**
     * Waits for the lock. Asks again and again, because two users in one process (two tests on one
     * home folder) get an exception, not a place in the queue.
     *
     * @param waiting called once when the lock is not free at once
     */
    public static FolderLock acquire(Path file, Runnable waiting)
            throws IOException, InterruptedException {
        boolean told = false;
        while (true) {
            Optional<FolderLock> lock = tryAcquire(file);
            if (lock.isPresent()) {
                return lock.get();
            }
            if (!told) {
                waiting.run();
                told = true;
            }
            Thread.sleep(PAUSE_MILLIS);
        }
    }

    /** The lock, if nobody has it. */
    public static Optional<FolderLock> tryAcquire(Path file) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return Optional.of(new FolderLock(channel));
            }
        } catch (OverlappingFileLockException here) {
            // Another user in this process has it: the same as another process having it.
        }
        channel.close();
        return Optional.empty();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
