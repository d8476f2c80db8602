package dev.farol.store.folder;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A folder that is filled with contents under the names of objects, never outside of itself. */
final class FileTree {
    private static final int LONGEST_SEGMENT = 255;

    private final Path root;
    private final BlobFiles blobs;

    FileTree(Path root, BlobFiles blobs) throws IOException {
        this.root = Files.createDirectory(root);
        this.blobs = blobs;
    }

    /**
     * Adds a file: a hard link to the content, or a copy where the file system has no links across.
     *
     * @param name below the root; one that ends with a slash is a folder
     * @throws dev.farol.spec.FarolException {@code BadArgument} when the name leads elsewhere
     */
    void add(String name, String sha256) throws IOException {
        boolean folder = name.endsWith("/");
        Path file = resolve(folder ? name.substring(0, name.length() - 1) : name);
        try {
            if (folder) {
                Files.createDirectories(file);
            } else {
                Files.createDirectories(file.getParent());
                link(blobs.path(sha256), file);
            }
        } catch (FileAlreadyExistsException e) {
            throw ObjectRefusal.notAFile(name, "another object has its place");
        }
    }

    private Path resolve(String name) {
        Path path = root;
        for (String segment : name.split("/", -1)) {
            path = path.resolve(checked(name, segment));
        }
        return path;
    }

    private Path checked(String name, String segment) {
        if (segment.isEmpty() || segment.equals(".") || segment.equals("..")) {
            throw ObjectRefusal.notAFile(name, "a segment is '" + segment + "'");
        }
        if (segment.getBytes(StandardCharsets.UTF_8).length > LONGEST_SEGMENT) {
            throw ObjectRefusal.notAFile(
                    name, "a segment is longer than " + LONGEST_SEGMENT + " bytes");
        }
        try {
            Path path = root.getFileSystem().getPath(segment);
            if (path.isAbsolute() || path.getRoot() != null || path.getNameCount() != 1) {
                throw ObjectRefusal.notAFile(name, "'" + segment + "' is not a file name here");
            }
            return path;
        } catch (InvalidPathException e) {
            throw ObjectRefusal.notAFile(name, "'" + segment + "' is not a file name here");
        }
    }

    private void link(Path content, Path file) throws IOException {
        try {
            Files.createLink(file, content);
        } catch (FileAlreadyExistsException | NoSuchFileException e) {
            throw e;
        } catch (FileSystemException | UnsupportedOperationException e) {
            copy(content, file);
        }
    }

    private void copy(Path content, Path file) throws IOException {
        Files.copy(content, file);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            channel.force(true);
        }
        blobs.makeReadOnly(file);
    }
}
