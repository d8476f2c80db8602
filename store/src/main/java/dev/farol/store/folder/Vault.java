package dev.farol.store.folder;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;

/**
 * Where contents are kept for good when the folder only holds copies of them. It knows no names and
 * needs few promises: a content appears whole or not at all, and keeping it twice is keeping it
 * once.
 */
public interface Vault extends AutoCloseable {
    /** Keeps a content; durable when this returns. Does nothing when it is there already. */
    void keep(String sha256, Path file, long size) throws IOException;

    /**
     * The bytes of a range that lies within the content.
     *
     * @throws java.nio.file.NoSuchFileException when the content is not there
     */
    InputStream read(String sha256, long offset, long length) throws IOException;

    /** Does nothing when it is not there. */
    void remove(String sha256) throws IOException;

    /** The contents whose digests begin with these two digits. */
    List<String> digests(String shard) throws IOException;

    @Override
    void close();
}
