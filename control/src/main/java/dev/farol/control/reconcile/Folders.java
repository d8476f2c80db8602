package dev.farol.control.reconcile;

import dev.farol.kit.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is done with whole folders. */
final class Folders {
    private static final Logger log = LoggerFactory.getLogger(Folders.class);
    private static final String TEMPORARY = ".making-";

    private Folders() {}

    /** A name that is one segment of a path on every system. */
    static String safe(String name) {
        String safe = name.replaceAll("[^\\p{L}\\p{N}._ -]", "_");
        return safe.matches("\\.*") ? "_" + safe : safe;
    }

    static boolean temporary(Path folder) {
        return folder.getFileName().toString().startsWith(TEMPORARY);
    }

    /** Copies a folder, its files writable whatever they were. */
    static void copy(Path source, Path target) throws IOException {
        Files.walkFileTree(source, new Copy(source, target));
    }

    /** Makes a folder; {@code target} appears complete. */
    static void make(Path target, AssetFolders.Filling fill) throws IOException {
        Path parent = Objects.requireNonNull(target.getParent());
        Files.createDirectories(parent);
        Path temporary = Files.createTempDirectory(parent, TEMPORARY);
        try {
            fill.into(temporary.resolve("copy"));
            Files.move(temporary.resolve("copy"), target, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            delete(temporary);
        }
    }

    /** The entries of a folder; none when there is no such folder. */
    static List<Path> children(Path folder) {
        try (Stream<Path> children = Files.list(folder)) {
            return children.sorted().toList();
        } catch (NoSuchFileException | NotDirectoryException absent) {
            return List.of();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** When something was last made in the folder; the beginning of time for one that is gone. */
    static FileTime modified(Path folder) {
        try {
            return Files.getLastModifiedTime(folder);
        } catch (IOException gone) {
            log.debug("{} cannot be read", folder, gone);
            return FileTime.fromMillis(0);
        }
    }

    /** Stamps a folder as used; nothing happens where there is none. */
    static void touch(Path folder, Instant now) {
        try {
            Files.setLastModifiedTime(folder, FileTime.from(now));
        } catch (NoSuchFileException absent) {
            log.debug("{} is not there to be used", folder, absent);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Takes the name away first, so that nobody ever finds the folder with files missing. */
    static void deleteWhole(Path folder) {
        try {
            Path temporary =
                    Files.createTempDirectory(
                            Objects.requireNonNull(folder.getParent()), TEMPORARY);
            Files.move(folder, temporary.resolve("gone"), StandardCopyOption.ATOMIC_MOVE);
            delete(temporary);
        } catch (IOException kept) {
            log.warn("Cannot delete {}", folder, kept);
        }
    }

    /** Deletes as much as can be deleted; what stays is logged, and only costs space. */
    static void delete(Path folder) {
        try {
            Trees.delete(folder);
        } catch (IOException kept) {
            log.warn("Cannot delete {}", folder, kept);
        }
    }

    private static final class Copy extends SimpleFileVisitor<Path> {
        private final Path source;
        private final Path target;

        Copy(Path source, Path target) {
            this.source = source;
            this.target = target;
        }

        @Override
        public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes)
                throws IOException {
            Files.createDirectories(target.resolve(source.relativize(folder).toString()));
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
            Path copy = target.resolve(source.relativize(file).toString());
            Files.copy(file, copy);
            var view = Files.getFileAttributeView(copy, PosixFileAttributeView.class);
            if (view != null) {
                var permissions = view.readAttributes().permissions();
                permissions.add(PosixFilePermission.OWNER_WRITE);
                view.setPermissions(permissions);
            }
            return FileVisitResult.CONTINUE;
        }
    }
}
