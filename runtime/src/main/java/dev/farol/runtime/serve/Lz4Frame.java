package dev.farol.runtime.serve;

import io.airlift.compress.v3.xxhash.XxHash32JavaHasher;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Reads a frame of LZ4, whose blocks may point back into those before. What is no frame ends in a
 * {@link RuntimeException}: every access is to an array, whose bounds are checked. The checksums
 * that a frame has are compared: of its head always, of blocks and of the content when it says so.
 */
final class Lz4Frame {
    private static final int MAGIC = 0x184D2204;
    private static final int VERSION = 0x40;
    private static final int VERSION_BITS = 0xC0;
    private static final int BLOCK_CHECKSUM = 0x10;
    private static final int CONTENT_SIZE = 0x08;
    private static final int CONTENT_CHECKSUM = 0x04;
    private static final int DICTIONARY = 0x01;
    private static final int SEED = 0;
    private static final int LEAST_MATCH = 4;
    private static final int LONGER = 15;

    /** Bytes that are not what was written. */
    static final class WrongChecksum extends RuntimeException {
        private static final long serialVersionUID = 1L;

        /**
         * @param part of the frame
         */
        WrongChecksum(String part) {
            super("the checksum of its " + part + " is wrong", null, false, false);
        }
    }

    private final byte[] from;
    private final byte[] to;
    private int read;
    private int written;

    private Lz4Frame(byte[] from, byte[] to) {
        this.from = from;
        this.to = to;
    }

    /**
     * Whether the frame is whole, and as long as there is room.
     *
     * @throws WrongChecksum when it is not what was written
     */
    static boolean read(byte[] from, byte[] to) {
        return new Lz4Frame(from, to).frame();
    }

    private boolean frame() {
        ByteBuffer in = ByteBuffer.wrap(from).order(ByteOrder.LITTLE_ENDIAN);
        if (in.getInt() != MAGIC) {
            return false;
        }
        int head = in.position();
        int flags = in.get();
        if ((flags & VERSION_BITS) != VERSION || (flags & DICTIONARY) != 0) {
            return false;
        }
        // How long blocks are at most.
        in.get();
        if ((flags & CONTENT_SIZE) != 0 && in.getLong() != to.length) {
            return false;
        }
        int ofHead = hash(from, head, in.position() - head);
        check("head", (byte) (ofHead >>> Byte.SIZE), in.get());
        int blocks = 0;
        for (int size = in.getInt(); size != 0; size = in.getInt()) {
            int length = size & Integer.MAX_VALUE;
            read = in.position();
            in.position(Math.addExact(read, length));
            if ((flags & BLOCK_CHECKSUM) != 0) {
                check("block " + blocks, hash(from, read, length), in.getInt());
            }
            blocks++;
            if (size < 0) {
                literals(length);
            } else {
                block(read + length);
            }
        }
        if ((flags & CONTENT_CHECKSUM) != 0) {
            int told = in.getInt();
            if (written == to.length) {
                check("content", hash(to, 0, written), told);
            }
        }
        return written == to.length && !in.hasRemaining();
    }

    private static int hash(byte[] bytes, int offset, int length) {
        return XxHash32JavaHasher.hash(bytes, offset, length, SEED);
    }

    private static void check(String part, int found, int told) {
        if (found != told) {
            throw new WrongChecksum(part);
        }
    }

    /** Bytes as they are, then some that were there before, and again. */
    private void block(int end) {
        while (read < end) {
            int token = from[read++];
            literals(length(token >>> 4 & LONGER));
            if (read >= end) {
                return;
            }
            int back = (from[read++] & 0xFF) | (from[read++] & 0xFF) << 8;
            matched(back, Math.addExact(length(token & LONGER), LEAST_MATCH));
        }
    }

    private int length(int begun) {
        int length = begun;
        if (begun == LONGER) {
            int more;
            do {
                more = from[read++] & 0xFF;
                length = Math.addExact(length, more);
            } while (more == 0xFF);
        }
        return length;
    }

    private void literals(int length) {
        System.arraycopy(from, read, to, written, length);
        read += length;
        written += length;
    }

    private void matched(int back, int length) {
        int begin = written - back;
        if (back == 0 || begin < 0) {
            throw new IndexOutOfBoundsException("a match before the begin");
        }
        if (back >= length) {
            System.arraycopy(to, begin, to, written, length);
            written += length;
        } else {
            // It repeats what it writes.
            for (int i = 0; i < length; i++) {
                to[written++] = to[begin + i];
            }
        }
    }
}
