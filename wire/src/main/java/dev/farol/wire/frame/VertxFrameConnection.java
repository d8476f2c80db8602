package dev.farol.wire.frame;

import dev.farol.wire.FrameConnection;
import dev.farol.wire.FrameHandler;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.internal.buffer.BufferInternal;
import io.vertx.core.net.NetSocket;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A socket of Vert.x that speaks frames. */
final class VertxFrameConnection implements FrameConnection {
    private static final Logger LOG = LoggerFactory.getLogger(VertxFrameConnection.class);

    /**
     * Up to this size a frame goes out as one buffer: copying it is cheaper than a second write.
     */
    private static final int JOINED = 16 * 1024;

    private final NetSocket socket;
    private final FrameHandler handler;
    private final FrameReader reader;
    private @Nullable Object attachment;

    VertxFrameConnection(NetSocket socket, int maxFrame, FrameHandler handler) {
        this.socket = socket;
        this.handler = handler;
        this.reader = new FrameReader(maxFrame, frame -> handler.onFrame(this, frame));
        socket.setWriteQueueMaxSize(1024 * 1024);
    }

    void begin() {
        socket.exceptionHandler(failure -> LOG.debug("A frame connection failed", failure));
        socket.closeHandler(ignored -> handler.onClose(this));
        socket.handler(
                chunk -> {
                    if (!reader.accept(((BufferInternal) chunk).getByteBuf().nioBuffer())) {
                        LOG.warn("A peer announced a frame that is too long; its connection ends");
                        close();
                    }
                });
        handler.onOpen(this);
    }

    @Override
    public void send(ByteBuffer head, ByteBuffer body) {
        int length = head.remaining() + body.remaining();
        if (length <= JOINED) {
            ByteBuf joined = Unpooled.buffer(4 + length, 4 + length);
            joined.writeInt(length).writeBytes(head.duplicate()).writeBytes(body.duplicate());
            write(joined);
        } else {
            ByteBuf first = Unpooled.buffer(4 + head.remaining(), 4 + head.remaining());
            write(first.writeInt(length).writeBytes(head.duplicate()));
            write(Unpooled.wrappedBuffer(body));
        }
    }

    private void write(ByteBuf bytes) {
        socket.write(BufferInternal.buffer(bytes))
                .onFailure(failure -> LOG.debug("A frame was not sent", failure));
    }

    @Override
    public boolean writable() {
        return !socket.writeQueueFull();
    }

    @Override
    public void onWritable(Runnable action) {
        socket.drainHandler(ignored -> action.run());
    }

    @Override
    public void close() {
        socket.close().onFailure(failure -> LOG.debug("A connection did not close", failure));
    }

    @Override
    public @Nullable Object attachment() {
        return attachment;
    }

    @Override
    public void attach(@Nullable Object value) {
        attachment = value;
    }
}
