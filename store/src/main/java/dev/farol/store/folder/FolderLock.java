package dev.farol.store.folder;

import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * One process owns the folder: whoever opens it removes temporary files and nameless contents,
 * which another could be about to use. The system frees the lock of a dead process.
 */
final class FolderLock implements AutoCloseable {
    private final FileChannel file;

    private FolderLock(FileChannel file) {
        this.file = file;
    }

    static FolderLock take(Path root) throws IOException {
        FileChannel file =
                FileChannel.open(
                        root.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        boolean locked = false;
        try {
            FileLock lock = file.tryLock();
            locked = lock != null;
        } catch (OverlappingFileLockException e) {
            throw inUse(root);
        } finally {
            if (!locked) {
                file.close();
            }
        }
        if (!locked) {
            throw inUse(root);
        }
        return new FolderLock(file);
    }

    private static FarolException inUse(Path root) {
        return new FarolException(
                ErrorCode.UNAVAILABLE,
                "Another process uses '" + root + "'. Stop it, or choose another folder.");
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
