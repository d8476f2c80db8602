package dev.farol.wire.face;

import dev.farol.kit.Compression;
import dev.farol.wire.GrpcStatus;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Cuts the bytes of a call into messages: a byte that says whether the message is compressed, its
 * length as four, and so many bytes. The announced length is checked against the limit at once, and
 * believed only as its bytes come.
 */
final class GrpcFrames {
    /** What the caller sent cannot be read. */
    static final class Malformed extends Exception {
        private final GrpcStatus status;

        Malformed(GrpcStatus status, String message) {
            super(message);
            this.status = status;
        }

        GrpcStatus status() {
            return status;
        }
    }

    private static final int HEAD = 5;
    private static final int FIRST = 64 * 1024;

    private final long limit;
    private final @Nullable String encoding;
    private byte[] bytes = {};
    private int size;

    /**
     * @param limit of a message, in bytes, also after decompression
     * @param encoding {@code grpc-encoding}
     */
    GrpcFrames(long limit, @Nullable String encoding) {
        this.limit = limit;
        this.encoding = encoding;
    }

    /** Whether a message has begun and is not whole. */
    boolean inMessage() {
        return size > 0;
    }

    void append(ByteBuffer chunk, Consumer<ByteBuffer> messages) throws Malformed {
        if (size == 0 && whole(chunk)) {
            // Most calls are one message in one chunk: nothing is copied.
            messages.accept(message(chunk));
            return;
        }
        int added = chunk.remaining();
        ensure(size + added);
        chunk.get(bytes, size, added);
        size += added;
        int begin = 0;
        while (size - begin >= HEAD) {
            var rest = ByteBuffer.wrap(bytes, begin, size - begin);
            long length = length(rest, begin);
            if (size - begin - HEAD < length) {
                break;
            }
            int end = begin + HEAD + (int) length;
            messages.accept(message(ByteBuffer.wrap(bytes, begin, end - begin)));
            begin = end;
        }
        if (begin > 0) {
            // What was handed out may be kept by who got it.
            bytes = Arrays.copyOfRange(bytes, begin, Math.max(size, begin));
            size -= begin;
        }
    }

    private boolean whole(ByteBuffer chunk) throws Malformed {
        return chunk.remaining() >= HEAD
                && chunk.remaining() == HEAD + length(chunk, chunk.position());
    }

    private long length(ByteBuffer from, int at) throws Malformed {
        long length = Integer.toUnsignedLong(from.getInt(at + 1));
        if (length > limit) {
            throw new Malformed(
                    GrpcStatus.RESOURCE_EXHAUSTED,
                    "The message is longer than the limit max_body_bytes, " + limit + ".");
        }
        return length;
    }

    private ByteBuffer message(ByteBuffer frame) throws Malformed {
        byte compressed = frame.get();
        frame.getInt();
        if (compressed == 0) {
            return frame.slice();
        }
        if (compressed != 1) {
            throw new Malformed(
                    GrpcStatus.INTERNAL, "A message begins with the flag " + compressed + ".");
        }
        try {
            return Compression.inflate(encoding == null ? "" : encoding, frame.slice(), limit);
        } catch (Compression.UnknownEncoding unknown) {
            throw new Malformed(
                    GrpcStatus.UNIMPLEMENTED,
                    "A message is compressed as '"
                            + encoding
                            + "' (expected: identity, gzip or deflate).");
        } catch (Compression.TooLong tooLong) {
            throw new Malformed(
                    GrpcStatus.RESOURCE_EXHAUSTED,
                    "The decompressed message is longer than the limit max_body_bytes, "
                            + limit
                            + ".");
        } catch (IOException broken) {
            throw new Malformed(
                    GrpcStatus.INTERNAL, "A message cannot be decompressed: " + encoding + ".");
        }
    }

    private void ensure(int needed) {
        if (bytes.length < needed) {
            long twice = Math.max(FIRST, needed * 2L);
            bytes = Arrays.copyOf(bytes, (int) Math.min(Integer.MAX_VALUE - 8L, twice));
        }
    }
}
