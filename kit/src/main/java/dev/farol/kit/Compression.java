package dev.farol.kit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.InflaterInputStream;

/** The content codings {@code gzip} and {@code deflate} of whole bodies. */
public final class Compression {
    /** A coding that is neither. */
    public static final class UnknownEncoding extends IOException {
        UnknownEncoding(String encoding) {
            super("The encoding '" + encoding + "' is not known (expected: gzip, deflate)");
        }
    }

    /** More came out than may. */
    public static final class TooLong extends IOException {
        TooLong(long limit) {
            super("More than " + limit + " bytes came out");
        }
    }

    private static final int STEP = 64 * 1024;

    private Compression() {}

    /**
     * @param limit of what comes out, in bytes; what is announced is not believed
     * @throws IOException when the bytes are not of this coding, or end too early
     */
    public static ByteBuffer inflate(String encoding, ByteBuffer bytes, long limit)
            throws IOException {
        var out = new ByteArrayOutputStream(Math.max(512, Math.min(STEP, bytes.remaining() * 2)));
        try (InputStream in = inflating(encoding, bytes)) {
            byte[] piece = new byte[STEP];
            int got;
            while ((got = in.read(piece)) >= 0) {
                if (out.size() + (long) got > limit) {
                    throw new TooLong(limit);
                }
                out.write(piece, 0, got);
            }
        }
        return ByteBuffer.wrap(out.toByteArray());
    }

    private static InputStream inflating(String encoding, ByteBuffer bytes) throws IOException {
        var in = new BufferStream(bytes.duplicate());
        return switch (encoding) {
            case "gzip", "x-gzip" -> new GZIPInputStream(in, STEP);
            case "deflate" -> new InflaterInputStream(in);
            default -> throw new UnknownEncoding(encoding);
        };
    }

    /** Fast rather than small: the bytes go over a local network at most. */
    public static ByteBuffer deflate(String encoding, ByteBuffer bytes) throws IOException {
        var out = new ByteArrayOutputStream(Math.max(512, bytes.remaining() / 4));
        var fast = new Deflater(Deflater.BEST_SPEED);
        try (OutputStream deflating =
                switch (encoding) {
                    case "gzip", "x-gzip" -> new GZIPOutputStream(out, STEP);
                    case "deflate" -> new DeflaterOutputStream(out, fast, STEP);
                    default -> throw new UnknownEncoding(encoding);
                }) {
            byte[] piece = new byte[Math.min(STEP, Math.max(1, bytes.remaining()))];
            ByteBuffer from = bytes.duplicate();
            while (from.hasRemaining()) {
                int length = Math.min(piece.length, from.remaining());
                from.get(piece, 0, length);
                deflating.write(piece, 0, length);
            }
        } finally {
            fast.end();
        }
        return ByteBuffer.wrap(out.toByteArray());
    }

    /** The bytes of a buffer. */
    private static final class BufferStream extends InputStream {
        private final ByteBuffer bytes;

        BufferStream(ByteBuffer bytes) {
            this.bytes = bytes;
        }

        @Override
        public int read() {
            return bytes.hasRemaining() ? bytes.get() & 0xFF : -1;
        }

        @Override
        public int read(byte[] into, int offset, int length) {
            if (!bytes.hasRemaining()) {
                return -1;
            }
            int count = Math.min(length, bytes.remaining());
            bytes.get(into, offset, count);
            return count;
        }

        @Override
        public int available() {
            return bytes.remaining();
        }
    }
}
