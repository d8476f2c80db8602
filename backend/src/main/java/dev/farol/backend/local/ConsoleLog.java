package dev.farol.backend.local;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the console of an instance from its end: {@code console.log}, then {@code console.log.1}
 * and so on, which are older.
 */
final class ConsoleLog {
    /**
     * A place in the console: lines that were there before are not told again.
     *
     * @param fileKey of the file that was written then; null when there was none
     */
    record Mark(@Nullable Object fileKey, long size) {
        static final Mark START = new Mark(null, 0);
    }

    private static final int BLOCK = 64 * 1024;
    private static final long MOST_BYTES = 32L << 20;

    private final Path folder;
    private final String name;

    ConsoleLog(Path folder) {
        this(folder, "console.log");
    }

    /** Any other log that is rotated in the same way, or not at all. */
    ConsoleLog(Path folder, String name) {
        this.folder = folder;
        this.name = name;
    }

    Mark mark() {
        try {
            Path file = folder.resolve(name);
            return new Mark(key(file), Files.size(file));
        } catch (IOException none) {
            return Mark.START;
        }
    }

    /** The newest {@code lines} lines, oldest first, without their line breaks. */
    List<String> tail(int lines) {
        return tail(lines, Mark.START);
    }

    /** The same, of what was written since {@code mark}. */
    List<String> tail(int lines, Mark mark) {
        var newestFirst = new ArrayList<String>();
        for (int age = 0; newestFirst.size() < lines; age++) {
            Path file = folder.resolve(age == 0 ? name : name + "." + age);
            try {
                boolean marked = mark.fileKey() != null && mark.fileKey().equals(key(file));
                readBackwards(file, marked ? mark.size() : 0, lines, newestFirst);
                if (marked) {
                    break;
                }
            } catch (IOException none) {
                break;
            }
        }
        Collections.reverse(newestFirst);
        return newestFirst;
    }

    private static Object key(Path file) throws IOException {
        Object key = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
        return key == null ? file : key;
    }

    /** Adds lines of the file, from its end towards {@code from}, until there are enough. */
    private static void readBackwards(Path file, long from, int lines, List<String> newestFirst)
            throws IOException {
        try (var in = new RandomAccessFile(file.toFile(), "r")) {
            long end = in.length();
            long floor = Math.max(from, end - MOST_BYTES);
            byte[] rest = new byte[0];
            boolean atEnd = true;
            while (end > floor && newestFirst.size() < lines) {
                int size = (int) Math.min(BLOCK, end - floor);
                byte[] block = new byte[size + rest.length];
                in.seek(end - size);
                in.readFully(block, 0, size);
                System.arraycopy(rest, 0, block, size, rest.length);
                end -= size;
                rest = takeLines(block, atEnd, lines, newestFirst);
                atEnd = false;
            }
            if (!atEnd && end == floor && newestFirst.size() < lines) {
                newestFirst.add(text(rest, 0, rest.length));
            }
        }
    }

    /**
     * Adds the lines that begin in the block, last first.
     *
     * @param atEnd whether a break at the block's end closes the file's last line: it starts none
     * @return what stands before the first break: the end of a line that begins further up
     */
    private static byte[] takeLines(
            byte[] block, boolean atEnd, int lines, List<String> newestFirst) {
        int stop = block.length;
        if (atEnd && stop > 0 && block[stop - 1] == '\n') {
            stop--;
        }
        for (int i = stop - 1; i >= 0 && newestFirst.size() < lines; i--) {
            if (block[i] == '\n') {
                newestFirst.add(text(block, i + 1, stop));
                stop = i;
            }
        }
        return Arrays.copyOf(block, stop);
    }

    private static String text(byte[] block, int from, int to) {
        int end = to > from && block[to - 1] == '\r' ? to - 1 : to;
        return new String(block, from, end - from, StandardCharsets.UTF_8);
    }
}
