package dev.farol.kit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * A file that the first of several processes makes, whole, and the others then find. A hard link is
 * the system's "only if there is none"; no lock is held, so none can be left behind.
 */
public final class OnceFile {
    private OnceFile() {}

    /** Gives the file this content, unless it is there. */
    public static void create(Path file, String content, boolean secret) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        Path temporary =
                Files.createTempFile(
                        folder, "." + file.getFileName(), ".tmp", attributes(file, secret));
        try {
            try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
                ByteBuffer bytes = StandardCharsets.UTF_8.encode(content);
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(true);
            }
            publish(temporary, file);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    private static void publish(Path temporary, Path file) throws IOException {
        try {
            Files.createLink(file, temporary);
        } catch (FileAlreadyExistsException e) {
            return; // another was first; its content counts
        } catch (FileSystemException | UnsupportedOperationException e) {
            if (!Files.exists(file)) {
                Files.move(temporary, file); // no hard links here
            }
        }
    }

    private static FileAttribute<?>[] attributes(Path file, boolean secret) {
        if (!file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            return new FileAttribute<?>[0];
        }
        Set<PosixFilePermission> permissions =
                PosixFilePermissions.fromString(secret ? "rw-------" : "rw-r--r--");
        return new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(permissions)};
    }
}
