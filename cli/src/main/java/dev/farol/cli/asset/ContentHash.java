package dev.farol.cli.asset;

import dev.farol.cli.arm.CommandFailed;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * The two hashes that Azure's client knows local files by: one names the folder of an upload, the
 * other (hashVersion 202208) finds code that was uploaded before. They are the same here, so that
 * both clients share what is stored.
 */
final class ContentHash {
    private static final String START = "Initialize for october 2021 AML CLI version";

    private ContentHash() {}

    /** Over the names and contents of a tree, folder by folder. */
    static String ofTree(Path path) throws IOException {
        MessageDigest digest = digest("SHA-256");
        digest.update(START.getBytes(StandardCharsets.UTF_8));
        Path real = path.toRealPath();
        if (Files.isDirectory(real)) {
            folder(real, real, IgnoreFile.of(real), digest);
        } else {
            update(digest, real);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static void folder(Path root, Path folder, IgnoreFile ignore, MessageDigest digest)
            throws IOException {
        List<Path> children;
        try (Stream<Path> listed = Files.list(folder)) {
            children =
                    listed.sorted(Comparator.comparing(path -> lower(path), ContentHash::byPoint))
                            .toList();
        }
        for (Path child : children) {
            if (ignore.excludes(relative(root, child))) {
                continue;
            }
            digest.update(child.getFileName().toString().getBytes(StandardCharsets.UTF_8));
            Path real = Files.isSymbolicLink(child) ? child.toRealPath() : child;
            if (Files.isRegularFile(real)) {
                update(digest, real);
            } else if (Files.isDirectory(real)) {
                folder(root, real, ignore, digest);
            }
        }
    }

    /** Over the count, then the name and size of each file, then the content of each. */
    static String ofFiles(List<LocalFiles.LocalFile> files) {
        MessageDigest digest = digest("SHA-256");
        digest.update(String.valueOf(files.size()).getBytes(StandardCharsets.UTF_8));
        for (LocalFiles.LocalFile file : files) {
            String line = "#" + file.relative() + "#" + file.size();
            digest.update(line.getBytes(StandardCharsets.UTF_8));
        }
        for (LocalFiles.LocalFile file : files) {
            update(digest, file.path());
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    static String ofText(String text) {
        return HexFormat.of()
                .formatHex(digest("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    }

    static byte[] md5(Path file) {
        MessageDigest digest = digest("MD5");
        update(digest, file);
        return digest.digest();
    }

    static String relative(Path root, Path path) {
        return root.relativize(path).toString().replace('\\', '/');
    }

    private static String lower(Path path) {
        return path.getFileName().toString().toLowerCase(Locale.ROOT);
    }

    /** By code points, as Python compares; Java's own order is by UTF-16 units. */
    static int byPoint(String one, String other) {
        int[] left = one.codePoints().toArray();
        int[] right = other.codePoints().toArray();
        return java.util.Arrays.compare(left, right);
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
