package dev.farol.store.folder;

import dev.farol.store.ObjectStore.Put;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Bytes in a temporary file, on the disk, with their digest. */
record Received(Path file, long size, String sha256) {
    private static final int BUFFER = 128 * 1024;

    /**
     * Copies {@code content} into the new file {@code target}; there is no file when this throws.
     *
     * @throws dev.farol.spec.FarolException {@code BadArgument} when length or MD5 are not as said
     */
    static Received from(InputStream content, Path target, Put how) throws IOException {
        boolean whole = false;
        try (FileChannel file =
                FileChannel.open(target, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            var expected = new Expected(how.length(), how.md5());
            MessageDigest sha256 = digest("SHA-256");
            @Nullable MessageDigest md5 = expected.digest();
            long size = copy(content, file, expected, sha256, md5);
            expected.check(size, md5);
            file.force(true);
            whole = true;
            return new Received(target, size, HexFormat.of().formatHex(sha256.digest()));
        } finally {
            if (!whole) {
                Files.deleteIfExists(target);
            }
        }
    }

    private static long copy(
            InputStream content,
            FileChannel file,
            Expected expected,
            MessageDigest sha256,
            @Nullable MessageDigest md5)
            throws IOException {
        byte[] buffer = new byte[BUFFER];
        long size = 0;
        int count;
        while ((count = content.read(buffer)) >= 0) {
            size += count;
            if (expected.exceededBy(size)) {
                break;
            }
            sha256.update(buffer, 0, count);
            if (md5 != null) {
                md5.update(buffer, 0, count);
            }
            ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, count);
            while (bytes.hasRemaining()) {
                file.write(bytes);
            }
        }
        return size;
    }

    /**
     * What was said of bytes before they came.
     *
     * @param length -1 when unknown
     */
    record Expected(long length, byte @Nullable [] md5) {
        @Nullable MessageDigest digest() {
            return md5 == null ? null : Received.digest("MD5");
        }

        boolean exceededBy(long size) {
            return length >= 0 && size > length;
        }

        void check(long size, @Nullable MessageDigest came) {
            if (length >= 0 && size != length) {
                String count = size > length ? "more" : String.valueOf(size);
                throw ObjectRefusal.wrongContent(
                        "Content-Length", "Expected " + length + " bytes, but " + count + " came.");
            }
            if (came != null && !MessageDigest.isEqual(came.digest(), md5)) {
                throw ObjectRefusal.wrongContent(
                        "Content-MD5",
                        "The bytes that came do not have the MD5 that was announced.");
            }
        }
    }

    static MessageDigest digest(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
