package dev.farol.runtime.log;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * A file that starts anew when it is full; {@code name.1} is its newest predecessor. Rotates after
 * a line break where there is one, so that no line is torn. Thread-safe.
 */
public final class RotatingFile implements LineSink {
    private final Path path;
    private final long maxBytes;
    private final int files;
    private OutputStream out;
    private long size;

    /**
     * @param files how many are kept, the current one included
     */
    public RotatingFile(Path path, long maxBytes, int files) throws IOException {
        if (maxBytes < 1 || files < 1) {
            throw new IllegalArgumentException(
                    "maxBytes: " + maxBytes + ", files: " + files + " (expected: >= 1)");
        }
        this.path = path.toAbsolutePath();
        this.maxBytes = maxBytes;
        this.files = files;
        Files.createDirectories(this.path.resolveSibling(""));
        this.size = Files.exists(this.path) ? Files.size(this.path) : 0;
        this.out = new FileOutputStream(this.path.toFile(), true);
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) throws IOException {
        int begin = offset;
        int end = offset + length;
        while (begin < end) {
            if (size >= maxBytes) {
                rotate();
            }
            int room = (int) Math.min(end - begin, maxBytes - size);
            int part = room == end - begin ? room : cut(bytes, begin, room);
            out.write(bytes, begin, part);
            begin += part;
            size += part;
            if (begin < end) {
                rotate();
            }
        }
    }

    /** As many of the first {@code room} bytes as end in a line break; all of them if none does. */
    private static int cut(byte[] bytes, int begin, int room) {
        for (int i = begin + room - 1; i >= begin; i--) {
            if (bytes[i] == '\n') {
                return i - begin + 1;
            }
        }
        return room;
    }

    private void rotate() throws IOException {
        out.close();
        for (int i = files - 1; i > 0; i--) {
            Path from = i == 1 ? path : numbered(i - 1);
            if (Files.exists(from)) {
                Files.move(from, numbered(i), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        out = new FileOutputStream(path.toFile(), false);
        size = 0;
    }

    private Path numbered(int number) {
        return path.resolveSibling(path.getFileName() + "." + number);
    }

    @Override
    public synchronized void close() throws IOException {
        out.close();
    }
}
