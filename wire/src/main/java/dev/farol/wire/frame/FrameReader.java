package dev.farol.wire.frame;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a stream of bytes into frames. A frame that lies whole in one chunk is handed on as a view
 * of it; one that does not is collected, and memory is given to it as its bytes come.
 */
final class FrameReader {
    private static final int HEAD = 4;
    private static final int FIRST = 256 * 1024;

    private final int maxFrame;
    private final Consumer<ByteBuffer> frames;
    private final ByteBuffer head = ByteBuffer.allocate(HEAD);
    private byte @Nullable [] partial;
    private int length;
    private int filled;

    FrameReader(int maxFrame, Consumer<ByteBuffer> frames) {
        this.maxFrame = maxFrame;
        this.frames = frames;
    }

    /**
     * @return false when the stream announces a frame longer than allowed; it is over then
     */
    boolean accept(ByteBuffer chunk) {
        while (chunk.hasRemaining()) {
            if (partial != null) {
                collect(partial, chunk);
                continue;
            }
            if (!readHead(chunk)) {
                return true;
            }
            length = head.getInt(0);
            if (length < 0 || length > maxFrame) {
                return false;
            }
            head.clear();
            if (chunk.remaining() >= length) {
                frames.accept(chunk.slice(chunk.position(), length));
                chunk.position(chunk.position() + length);
            } else {
                partial = new byte[Math.min(length, FIRST)];
                filled = 0;
            }
        }
        return true;
    }

    private boolean readHead(ByteBuffer chunk) {
        while (head.hasRemaining() && chunk.hasRemaining()) {
            head.put(chunk.get());
        }
        return !head.hasRemaining();
    }

    private void collect(byte[] bytes, ByteBuffer chunk) {
        int take = Math.min(length - filled, chunk.remaining());
        if (bytes.length < filled + take) {
            long twice = Math.max(bytes.length * 2L, filled + (long) take);
            bytes = Arrays.copyOf(bytes, (int) Math.min(length, twice));
            partial = bytes;
        }
        chunk.get(bytes, filled, take);
        filled += take;
        if (filled == length) {
            partial = null;
            frames.accept(ByteBuffer.wrap(bytes));
        }
    }
}
