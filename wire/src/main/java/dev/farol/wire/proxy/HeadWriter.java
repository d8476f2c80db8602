package dev.farol.wire.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.util.AsciiString;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Puts the heads of messages together and writes them, a small body with them. What it writes goes
 * out of the same memory again and again, as long as sockets take it at once. Of one event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a write that fails closes its connection
final class HeadWriter {
    /** A longer body is cheaper written beside its head than copied. */
    private static final int SMALL_BODY = 1024;

    private static final int KEPT = 4096;

    private byte[] bytes = new byte[1024];
    private int size;
    private @Nullable ByteBuf kept;
    private boolean closed;

    void bytes(byte[] from, int start, int length) {
        room(length);
        System.arraycopy(from, start, bytes, size, length);
        size += length;
    }

    /** Of ISO 8859-1. */
    void text(CharSequence text) {
        if (text instanceof AsciiString ascii) {
            bytes(ascii.array(), ascii.arrayOffset(), ascii.length());
        } else {
            room(text.length());
            latin(text.toString());
        }
    }

    @SuppressWarnings("deprecation") // of text without wide letters, no shorter way takes its bytes
    private void latin(String text) {
        text.getBytes(0, text.length(), bytes, size);
        size += text.length();
    }

    void letter(char letter) {
        room(1);
        bytes[size++] = (byte) letter;
    }

    /** A header, or several, that lie as they are to be written but for the end of the last. */
    void line(byte[] from, int start, int length) {
        room(length + 2);
        System.arraycopy(from, start, bytes, size, length);
        size += length;
        end();
    }

    void line(CharSequence name, String value) {
        text(name);
        room(value.length() + 4);
        bytes[size++] = ':';
        bytes[size++] = ' ';
        latin(value);
        end();
    }

    void lineEnd() {
        room(2);
        end();
    }

    private void end() {
        bytes[size++] = '\r';
        bytes[size++] = '\n';
    }

    private void room(int more) {
        if (bytes.length - size < more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + more));
        }
    }

    /** Moves what was put together to the end of {@code out}. */
    void moveTo(ByteBuf out) {
        out.writeBytes(bytes, 0, size);
        size = 0;
    }

    /** Writes what was put together, and the body after it, which stays its owner's. */
    void write(ChannelHandlerContext to, ByteBuf body) {
        int more = body.readableBytes();
        if (more > SMALL_BODY) {
            to.write(all(to.alloc()), to.channel().voidPromise());
            to.write(body.retainedDuplicate(), to.channel().voidPromise());
            return;
        }
        room(more);
        body.getBytes(body.readerIndex(), bytes, size, more);
        size += more;
        to.write(all(to.alloc()), to.channel().voidPromise());
    }

    private ByteBuf all(ByteBufAllocator memory) {
        if (size > KEPT || closed) {
            ByteBuf once = memory.directBuffer(size);
            moveTo(once);
            return once;
        }
        ByteBuf out = kept;
        if (out == null || out.refCnt() > 1) {
            // Somebody's socket is full, and the last one waits there.
            forget();
            out = memory.directBuffer(KEPT, KEPT);
            kept = out;
        }
        out.clear();
        moveTo(out);
        return out.retain();
    }

    /** Keeps no memory from now on. */
    void close() {
        closed = true;
        forget();
    }

    private void forget() {
        ByteBuf last = kept;
        kept = null;
        if (last != null) {
            last.release();
        }
    }
}
