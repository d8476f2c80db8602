package dev.farol.runtime.log;

import java.io.IOException;

/** Where lines go. Thread-safe; blocks. */
public interface LineSink extends AutoCloseable {
    void write(byte[] bytes, int offset, int length) throws IOException;

    @Override
    void close() throws IOException;
}
