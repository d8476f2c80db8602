package dev.farol.kit;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** Folders that hold secrets. */
public final class PrivateFolder {
    private PrivateFolder() {}

    /**
     * Makes the folder where it is missing: at no moment can anyone but its owner look into it.
     *
     * @throws FileAlreadyExistsException when something that is no folder stands in its place, or
     *     in that of a folder above it
     */
    public static void create(Path folder) throws IOException {
        if (Files.isDirectory(folder)) {
            return;
        }
        Path parent = folder.toAbsolutePath().getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        try {
            if (folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
                Files.createDirectory(
                        folder,
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rwx------")));
            } else {
                Files.createDirectory(folder);
            }
        } catch (FileAlreadyExistsException there) {
            // Whoever was quicker made it the same way, unless it is no folder at all.
            if (!Files.isDirectory(folder)) {
                throw there;
            }
        }
    }
}
