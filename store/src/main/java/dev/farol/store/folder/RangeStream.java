package dev.farol.store.folder;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;

/** A part of a file. */
final class RangeStream extends InputStream {
    private final FileChannel file;
    private long left;

    RangeStream(Path path, long offset, long length) throws IOException {
        file = FileChannel.open(path, StandardOpenOption.READ);
        try {
            left = Math.clamp(file.size() - offset, 0, length);
            file.position(offset);
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, buffer.length);
        if (length == 0) {
            return 0;
        }
        if (left == 0) {
            return -1;
        }
        int count = file.read(ByteBuffer.wrap(buffer, offset, (int) Math.min(length, left)));
        left = count < 0 ? 0 : left - count;
        return count;
    }

    @Override
    public long skip(long count) throws IOException {
        long skipped = Math.clamp(count, 0, left);
        file.position(file.position() + skipped);
        left -= skipped;
        return skipped;
    }

    @Override
    public int available() {
        return (int) Math.min(left, Integer.MAX_VALUE);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
