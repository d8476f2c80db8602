package dev.farol.cli.asset;

import dev.farol.cli.arm.CommandFailed;
import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;

/**
 * A local file or folder as it is uploaded: links followed, ignored files left out, in the order of
 * the lower-case relative paths.
 *
 * @param name the last segment of its path
 */
record LocalFiles(Path path, String name, boolean single, List<LocalFile> files) {
    /**
     * @param relative with forward slashes; the file's own name when there is no folder
     */
    record LocalFile(String relative, Path path, long size) {}

    static LocalFiles of(Path path) {
        Path absolute = path.toAbsolutePath().normalize();
        String name = String.valueOf(absolute.getFileName());
        try {
            if (Files.isRegularFile(absolute)) {
                var file = new LocalFile(name, absolute, Files.size(absolute));
                return new LocalFiles(absolute, name, true, List.of(file));
            }
            List<LocalFile> files = walk(absolute);
            if (files.isEmpty()) {
                throw CommandFailed.failed("There is no file in " + absolute);
            }
            return new LocalFiles(absolute, name, false, files);
        } catch (IOException unreadable) {
            throw CommandFailed.failed("Cannot be read: " + unreadable.getMessage());
        }
    }

    private static List<LocalFile> walk(Path root) throws IOException {
        IgnoreFile ignore = IgnoreFile.of(root);
        Path real = root.toRealPath();
        var files = new ArrayList<LocalFile>();
        Files.walkFileTree(
                root,
                EnumSet.of(FileVisitOption.FOLLOW_LINKS),
                Integer.MAX_VALUE,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes how)
                            throws IOException {
                        if (how.isRegularFile() && !ignore.excludes(seen(file))) {
                            files.add(
                                    new LocalFile(
                                            ContentHash.relative(root, file), file, how.size()));
                        }
                        return FileVisitResult.CONTINUE;
                    }

                    /** Ignore files speak of a folder's real place, not of a link to it. */
                    private String seen(Path file) throws IOException {
                        Path folder = file.getParent();
                        Path place = folder == null ? real : folder.toRealPath();
                        return ContentHash.relative(real, place.resolve(file.getFileName()));
                    }
                });
        files.sort(
                Comparator.comparing(
                                (LocalFile file) -> file.relative().toLowerCase(Locale.ROOT),
                                ContentHash::byPoint)
                        .thenComparing(LocalFile::relative));
        return files;
    }

    long size() {
        return files.stream().mapToLong(LocalFile::size).sum();
    }

    /**
     * The file that carries the mark of a complete upload: Azure's client looks at the same one.
     */
    LocalFile marked() {
        return files.stream()
                .min(Comparator.comparing(LocalFiles::place, ContentHash::byPoint))
                .orElseThrow();
    }

    private static String place(LocalFile file) {
        try {
            return file.path().toRealPath().toString();
        } catch (IOException gone) {
            throw CommandFailed.failed("Cannot be read: " + gone.getMessage());
        }
    }

    /** What finds the same code among earlier uploads. */
    String hash() {
        return ContentHash.ofFiles(files);
    }

    /** What names the folder of an upload. */
    String treeHash() {
        try {
            return ContentHash.ofTree(path);
        } catch (IOException unreadable) {
            throw CommandFailed.failed("Cannot be read: " + unreadable.getMessage());
        }
    }
}
