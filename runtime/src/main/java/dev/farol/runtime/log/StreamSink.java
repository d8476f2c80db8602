package dev.farol.runtime.log;

import java.io.IOException;
import java.io.OutputStream;

/** A stream that is not this room's to close. */
public final class StreamSink implements LineSink {
    private final OutputStream stream;

    public StreamSink(OutputStream stream) {
        this.stream = stream;
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) throws IOException {
        stream.write(bytes, offset, length);
        stream.flush();
    }

    @Override
    public synchronized void close() throws IOException {
        stream.flush();
    }
}
