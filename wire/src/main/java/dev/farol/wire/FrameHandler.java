package dev.farol.wire;

import java.nio.ByteBuffer;

/** What happens on the connections of a {@link FrameServer}; on the loop's thread. */
public interface FrameHandler {
    void onOpen(FrameConnection connection);

    /**
     * @param frame without its length; the receiver may keep it
     */
    void onFrame(FrameConnection connection, ByteBuffer frame);

    /** After the last frame, exactly once, however the connection ended. */
    void onClose(FrameConnection connection);
}
