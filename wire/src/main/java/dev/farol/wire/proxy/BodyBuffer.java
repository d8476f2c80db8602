package dev.farol.wire.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;

/** A body in memory: no copy of its bytes is made, and most are one piece. */
final class BodyBuffer {
    private ByteBuf content = Unpooled.EMPTY_BUFFER;

    /** Owns {@code piece} from now on. */
    void add(ByteBuf piece) {
        if (!piece.isReadable()) {
            piece.release();
        } else if (!content.isReadable()) {
            content = piece;
        } else if (content instanceof CompositeByteBuf composite) {
            composite.addComponent(true, piece);
        } else {
            content =
                    Unpooled.compositeBuffer(1024)
                            .addComponent(true, content)
                            .addComponent(true, piece);
        }
    }

    int size() {
        return content.readableBytes();
    }

    /** The bytes, which stay here: to be read and not to be released. */
    ByteBuf bytes() {
        return content;
    }

    /** The same bytes once more, to be released by the caller. */
    ByteBuf copy() {
        return content.retainedDuplicate();
    }

    /** The bytes themselves, to be released by the caller; empty afterwards. */
    ByteBuf take() {
        ByteBuf taken = content;
        content = Unpooled.EMPTY_BUFFER;
        return taken;
    }

    void release() {
        take().release();
    }
}
