package dev.farol.kit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * A JSON document in a file that only its owner can read and that several processes have open side
 * by side: a change is one whole file, made under a lock, and seen by the others at their next
 * look. Thread-safe.
 *
 * @param <T> what the document is read as; a record
 */
public final class SharedDocument<T> {
    private final Path file;
    private final Class<T> type;
    private final T absent;
    private volatile @Nullable Seen<T> seen;

    /** The content of the file as it was at a look. */
    private record Seen<T>(String version, T content) {}

    /**
     * @param absent what the document holds while there is no file
     */
    public SharedDocument(Path file, Class<T> type, T absent) {
        this.file = file;
        this.type = type;
        this.absent = absent;
    }

    public boolean exists() {
        return Files.exists(file);
    }

    /** What the file holds now; read again only when it was replaced. */
    public T get() throws IOException {
        String version = version();
        Seen<T> last = seen;
        if (last == null || !last.version().equals(version)) {
            last = new Seen<>(version, read());
            seen = last;
        }
        return last.content();
    }

    /** Replaces the content by what {@code edit} makes of it; answers the new one. */
    public T change(UnaryOperator<T> edit) throws IOException {
        return ExclusiveFile.holding(
                file.resolveSibling(file.getFileName() + ".lock"),
                () -> {
                    T before = read();
                    T after = edit.apply(before);
                    if (!after.equals(before) || !exists()) {
                        AtomicFile.writePrivate(
                                file,
                                Json.STRICT
                                        .writerWithDefaultPrettyPrinter()
                                        .writeValueAsBytes(after));
                    }
                    return after;
                });
    }

    private T read() throws IOException {
        try {
            return Json.TOLERANT.readValue(Files.readString(file), type);
        } catch (NoSuchFileException none) {
            return absent;
        } catch (JacksonException malformed) {
            throw new IOException(file + " is not what Farol wrote", malformed);
        }
    }

    private String version() throws IOException {
        try {
            var facts = Files.readAttributes(file, BasicFileAttributes.class);
            return facts.lastModifiedTime() + " " + facts.size() + " " + facts.fileKey();
        } catch (NoSuchFileException none) {
            return "none";
        }
    }
}
