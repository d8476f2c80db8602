package dev.farol.kit;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One at a time, over all threads and processes of this machine, while a lock file is held. The
 * system lets go of it when a process ends, however it ends.
 */
public final class ExclusiveFile {
    /** A process holds a file lock as a whole: its threads take turns before they ask for one. */
    private static final ReentrantLock TURN = new ReentrantLock();

    private ExclusiveFile() {}

    /** What is done while the lock is held. */
    @FunctionalInterface
    public interface Work<T> {
        T run() throws IOException;
    }

    /** Makes the lock file, and its folder, when there is none; leaves them there. */
    public static <T> T holding(Path lockFile, Work<T> work) throws IOException {
        Files.createDirectories(
                Objects.requireNonNull(
                        lockFile.toAbsolutePath().getParent(), "a file, not a root"));
        TURN.lock();
        try (FileChannel channel =
                        FileChannel.open(
                                lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = channel.lock()) {
            Objects.requireNonNull(lock, "the lock of " + lockFile);
            return work.run();
        } finally {
            TURN.unlock();
        }
    }
}
