package dev.farol.wire.face;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Collects a request body. A body of one chunk, which most are, is never copied; a longer one grows
 * towards the announced length, which is not believed before the bytes are there.
 */
final class BodyBuffer {
    private static final int FIRST = 64 * 1024;
    private static final ByteBuffer EMPTY = ByteBuffer.allocate(0);

    private final int announced;
    private ByteBuffer only = EMPTY;
    private byte[] bytes = {};
    private int size;

    /**
     * @param announced Content-Length, or -1
     */
    BodyBuffer(int announced) {
        this.announced = announced;
    }

    int size() {
        return size;
    }

    void append(Buffer chunk) {
        var part = ((BufferInternal) chunk).getByteBuf().nioBuffer();
        int length = part.remaining();
        if (size == 0) {
            only = part;
            size = length;
            return;
        }
        ensure(size + length);
        if (only.hasRemaining()) {
            only.get(bytes, 0, size);
        }
        part.get(bytes, size, length);
        size += length;
    }

    private void ensure(int needed) {
        if (bytes.length >= needed) {
            return;
        }
        int twice = (int) Math.min(Integer.MAX_VALUE - 8L, Math.max(FIRST, needed * 2L));
        bytes = Arrays.copyOf(bytes, announced >= needed ? Math.min(announced, twice) : twice);
    }

    ByteBuffer take() {
        return only.hasRemaining() ? only : ByteBuffer.wrap(bytes, 0, size).slice();
    }
}
