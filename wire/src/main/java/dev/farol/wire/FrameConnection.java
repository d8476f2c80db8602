package dev.farol.wire;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** One connection of a {@link FrameServer}. For the loop's thread only. */
public interface FrameConnection {
    /**
     * Sends one frame that consists of both parts. Never refuses: look at {@link #writable} before.
     * Neither part may change afterwards.
     */
    void send(ByteBuffer head, ByteBuffer body);

    /** Whether the peer keeps up: little of what was sent waits in this process. */
    boolean writable();

    /** Called whenever the connection becomes writable again. */
    void onWritable(Runnable action);

    void close();

    /** What the owner keeps with the connection; null at first. */
    @Nullable Object attachment();

    void attach(@Nullable Object attachment);
}
