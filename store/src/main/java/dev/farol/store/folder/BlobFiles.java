package dev.farol.store.folder;

import dev.farol.kit.Trees;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The files: contents by digest, and temporary ones. Knows nothing of names. */
final class BlobFiles {
    private static final int SHARD = 2;
    private static final Pattern REST = Pattern.compile("[0-9a-f]{62}");

    private final Path contents;
    private final Path temporary;
    private final boolean posix;

    BlobFiles(Path root) throws IOException {
        contents = root.resolve("sha256");
        temporary = root.resolve("tmp");
        posix = root.getFileSystem().supportedFileAttributeViews().contains("posix");
        Files.createDirectories(contents);
        Trees.delete(temporary);
        Files.createDirectories(temporary);
    }

    /** A path that nothing has; what is left there is removed at the next start. */
    Path newTemporary() {
        return temporary.resolve(UUID.randomUUID().toString());
    }

    Path path(String sha256) {
        return contents.resolve(sha256.substring(0, SHARD)).resolve(sha256.substring(SHARD));
    }

    /** Gives received bytes their place, durably; the temporary file is gone afterwards. */
    void place(Received received) throws IOException {
        Path target = path(received.sha256());
        if (Files.exists(target) && Files.size(target) == received.size()) {
            Files.delete(received.file());
            return;
        }
        Path shard = contents.resolve(received.sha256().substring(0, SHARD));
        if (!Files.exists(shard)) {
            Files.createDirectories(shard);
            flush(contents);
        }
        makeReadOnly(received.file());
        Files.move(
                received.file(),
                target,
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
        flush(shard);
    }

    void remove(String sha256) throws IOException {
        Files.deleteIfExists(path(sha256));
    }

    /** The folders over which contents are spread. */
    List<Path> shards() throws IOException {
        try (Stream<Path> folders = Files.list(contents)) {
            return folders.toList();
        }
    }

    /** The digests of the contents in one of {@link #shards}. */
    List<String> digests(Path shard) throws IOException {
        List<String> digests = new ArrayList<>();
        try (Stream<Path> files = Files.list(shard)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                String rest = file.getFileName().toString();
                if (REST.matcher(rest).matches()) {
                    digests.add(shard.getFileName() + rest);
                }
            }
        }
        return digests;
    }

    void makeReadOnly(Path file) throws IOException {
        if (posix) {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--r--r--"));
        } else if (!file.toFile().setReadOnly()) {
            throw new IOException("Cannot make read-only: " + file);
        }
    }

    /** Makes a rename in this folder survive a power failure, where folders can be opened. */
    private void flush(Path folder) throws IOException {
        if (posix) {
            try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }
}
