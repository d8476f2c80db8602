package dev.farol.runtime.python.pool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Eight bytes that a worker maps into its memory and writes the sequence of a request to when it
 * begins to run it. They outlive the worker, and tell which of its requests had begun.
 */
record Mark(Path file) {
    void create() throws IOException {
        Files.write(file, new byte[Long.BYTES]);
    }

    int read() throws IOException {
        return (int)
                ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.nativeOrder()).getLong();
    }

    void delete() throws IOException {
        Files.deleteIfExists(file);
    }
}
