package dev.farol.runtime.serve;

import dev.farol.runtime.serve.Request.Refused;
import io.airlift.compress.v3.zstd.ZstdJavaDecompressor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.flatbuf.BodyCompression;
import org.apache.arrow.flatbuf.BodyCompressionMethod;
import org.apache.arrow.flatbuf.Buffer;
import org.apache.arrow.flatbuf.CompressionType;
import org.apache.arrow.flatbuf.RecordBatch;

/**
 * The buffers of the batches of a stream of Arrow, decompressed where they are compressed. A buffer
 * says itself how long it becomes: it is believed as far as its bytes can hold that much, and as
 * the limit goes.
 */
final class ArrowBuffers {
    /** The most that one byte of LZ4 can stand for. */
    private static final long LZ4_RATIO = 255;

    /** The most that a block of ZSTD can stand for, and the fewest bytes that it takes. */
    private static final long ZSTD_BLOCK = 128L * 1024;

    private static final int ZSTD_LEAST = 4;

    /** What stands before a compressed buffer when it is none: it did not become shorter. */
    private static final long AS_IT_IS = -1;

    private final long limit;
    private long inflated;

    /**
     * @param limit of what all compressed buffers of the stream come to, in bytes
     */
    ArrowBuffers(long limit) {
        this.limit = limit;
    }

    /**
     * A batch and what its buffers hold.
     *
     * @param bytes that it takes
     */
    record Batch(RecordBatch told, List<ByteBuffer> buffers, long bytes) {}

    /**
     * @param name of the batch, for messages
     * @throws Refused when a buffer cannot be decompressed, or would be too long
     */
    Batch of(String name, RecordBatch batch, ByteBuffer body) {
        BodyCompression how = batch.compression();
        if (how != null && how.method() != BodyCompressionMethod.BUFFER) {
            throw new Refused("The stream of Arrow is compressed by method " + how.method());
        }
        long before = inflated;
        var buffers = new ArrayList<ByteBuffer>();
        for (int i = 0; i < batch.buffersLength(); i++) {
            Buffer place = ArrowColumn.there(batch.buffers(i));
            ByteBuffer bytes =
                    body.slice(Math.toIntExact(place.offset()), Math.toIntExact(place.length()))
                            .order(ByteOrder.LITTLE_ENDIAN);
            buffers.add(
                    how == null ? bytes : whole("Buffer " + i + " of " + name, how.codec(), bytes));
        }
        return new Batch(batch, buffers, body.limit() + inflated - before);
    }

    private ByteBuffer whole(String name, byte codec, ByteBuffer buffer) {
        if (!buffer.hasRemaining()) {
            return buffer;
        }
        long length = buffer.getLong();
        ByteBuffer rest = buffer.slice().order(ByteOrder.LITTLE_ENDIAN);
        if (length == AS_IT_IS) {
            return rest;
        }
        long most =
                switch (codec) {
                    case CompressionType.LZ4_FRAME -> LZ4_RATIO * rest.limit();
                    case CompressionType.ZSTD ->
                            ZSTD_BLOCK * Math.ceilDiv(rest.limit(), ZSTD_LEAST);
                    default ->
                            throw new Refused(
                                    "The stream of Arrow is compressed by codec "
                                            + codec
                                            + " (expected: LZ4_FRAME or ZSTD)");
                };
        if (length < 0 || length > most) {
            throw broken(name, length, rest);
        }
        inflated += length;
        if (inflated > limit) {
            throw new Refused(
                    413,
                    "What the stream of Arrow holds, decompressed, is longer than the limit"
                            + " max_body_bytes, "
                            + limit);
        }
        byte[] from = new byte[rest.limit()];
        rest.get(0, from);
        byte[] to = new byte[Math.toIntExact(length)];
        try {
            if (codec == CompressionType.ZSTD ? zstd(from, to) : Lz4Frame.read(from, to)) {
                return ByteBuffer.wrap(to).order(ByteOrder.LITTLE_ENDIAN);
            }
        } catch (Lz4Frame.WrongChecksum wrong) {
            throw new Refused(name + " of Arrow is damaged: " + wrong.getMessage());
        } catch (RuntimeException damaged) {
            // Each of the two has exceptions of several kinds for bytes that are none of its own.
            throw broken(name, length, rest);
        }
        throw broken(name, length, rest);
    }

    private static Refused broken(String name, long length, ByteBuffer compressed) {
        return new Refused(
                name
                        + " of Arrow, "
                        + compressed.limit()
                        + " bytes, cannot be decompressed to the "
                        + length
                        + " bytes that it says");
    }

    private static boolean zstd(byte[] from, byte[] to) {
        return new ZstdJavaDecompressor().decompress(from, 0, from.length, to, 0, to.length)
                == to.length;
    }
}
