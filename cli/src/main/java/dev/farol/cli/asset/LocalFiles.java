package dev.farol.cli.asset;

import dev.farol.cli.arm.CommandFailed;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/**
 * A local file or folder as it is uploaded: links followed, ignored files left out, in the order of
 * the lower-case relative paths.
 *
 * @param name the last segment of its path
 */
record LocalFiles(String name, boolean single, List<LocalFile> files) {
    /**
     * @param relative with forward slashes; the file's own name when there is no folder
     */
    record LocalFile(String relative, Path path, long size) {}

    static LocalFiles of(Path path) {
        Path absolute = path.toAbsolutePath().normalize();
        String name = String.valueOf(absolute.getFileName());
        try {
            if (Files.isRegularFile(absolute)) {
                return new LocalFiles(
                        name, true, List.of(new LocalFile(name, absolute, Files.size(absolute))));
            }
            List<LocalFile> files = walk(absolute);
            if (files.isEmpty()) {
                throw CommandFailed.failed("There is no file in " + absolute);
            }
            return new LocalFiles(name, false, files);
        } catch (IOException unreadable) {
            throw CommandFailed.failed("Cannot be read: " + unreadable.getMessage());
        }
    }

    private static List<LocalFile> walk(Path root) throws IOException {
        IgnoreFile ignore = IgnoreFile.of(root);
        var files = new ArrayList<LocalFile>();
        Files.walkFileTree(
                root,
                EnumSet.of(FileVisitOption.FOLLOW_LINKS),
                Integer.MAX_VALUE,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes how) {
                        boolean skip = !dir.equals(root) && ignore.excludes(relative(dir), true);
                        return skip ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes how) {
                        String relative = relative(file);
                        if (how.isRegularFile() && !ignore.excludes(relative, false)) {
                            files.add(new LocalFile(relative, file, how.size()));
                        }
                        return FileVisitResult.CONTINUE;
                    }

                    private String relative(Path path) {
                        return root.relativize(path).toString().replace('\\', '/');
                    }
                });
        files.sort(
                Comparator.comparing((LocalFile file) -> file.relative().toLowerCase(Locale.ROOT))
                        .thenComparing(LocalFile::relative));
        return files;
    }

    long size() {
        return files.stream().mapToLong(LocalFile::size).sum();
    }

    /**
     * The hash that Azure's client gives the same files (hashVersion 202208): SHA-256 over the
     * count, then the name and size of each, then the content of each.
     */
    String hash() {
        MessageDigest digest = digest("SHA-256");
        digest.update(String.valueOf(files.size()).getBytes(StandardCharsets.UTF_8));
        for (LocalFile file : files) {
            String line = "#" + file.relative() + "#" + file.size();
            digest.update(line.getBytes(StandardCharsets.UTF_8));
        }
        for (LocalFile file : files) {
            update(digest, file.path());
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    static String sha256(String text) {
        return HexFormat.of()
                .formatHex(digest("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    }

    static byte[] md5(Path file) {
        MessageDigest digest = digest("MD5");
        update(digest, file);
        return digest.digest();
    }

    private static void update(MessageDigest digest, Path file) {
        try (InputStream content = Files.newInputStream(file)) {
            byte[] buffer = new byte[64 * 1024];
            for (int read = content.read(buffer); read >= 0; read = content.read(buffer)) {
                digest.update(buffer, 0, read);
            }
        } catch (IOException unreadable) {
            throw CommandFailed.failed("Cannot be read: " + unreadable.getMessage());
        }
    }

    private static MessageDigest digest(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
