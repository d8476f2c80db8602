package dev.farol.runtime.oip;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * Writes a message in protobuf's wire format. Fields with their default value are left out. Long
 * bytes are taken as they are, beside what is written.
 */
final class ProtoWriter {
    private static final int OWN_PART = 4096;

    private final List<ByteBuffer> parts = new ArrayList<>();
    private byte[] bytes = new byte[256];
    private int size;
    private int flushed;

    ProtoWriter number(int field, long value) {
        if (value != 0) {
            tag(field, ProtoReader.VARINT);
            raw(value);
        }
        return this;
    }

    ProtoWriter flag(int field, boolean value) {
        return number(field, value ? 1 : 0);
    }

    ProtoWriter text(int field, String value) {
        if (!value.isEmpty()) {
            byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
            tag(field, ProtoReader.BYTES);
            raw(utf8.length);
            put(utf8, utf8.length);
        }
        return this;
    }

    /** Also when it is empty: an element of a list. */
    ProtoWriter element(int field, ByteBuffer value) {
        tag(field, ProtoReader.BYTES);
        raw(value.remaining());
        if (value.remaining() < OWN_PART) {
            byte[] copy = new byte[value.remaining()];
            value.duplicate().get(copy);
            put(copy, copy.length);
        } else {
            flush();
            parts.add(value.duplicate());
        }
        return this;
    }

    ProtoWriter packed(int field, long... values) {
        if (values.length > 0) {
            message(field, inner -> Arrays.stream(values).forEach(inner::raw));
        }
        return this;
    }

    ProtoWriter packed(int field, List<Long> values) {
        return packed(field, values.stream().mapToLong(Long::longValue).toArray());
    }

    /** Also when it is empty. */
    ProtoWriter message(int field, Consumer<ProtoWriter> content) {
        var inner = new ProtoWriter();
        content.accept(inner);
        List<ByteBuffer> written = inner.parts();
        tag(field, ProtoReader.BYTES);
        raw(written.stream().mapToInt(ByteBuffer::remaining).sum());
        return copy(written);
    }

    /** What another has written, as it is. */
    ProtoWriter copy(List<ByteBuffer> written) {
        for (ByteBuffer part : written) {
            if (part.remaining() < OWN_PART && part.hasArray()) {
                byte[] copy = new byte[part.remaining()];
                part.duplicate().get(copy);
                put(copy, copy.length);
            } else {
                flush();
                parts.add(part);
            }
        }
        return this;
    }

    /** Everything that was written, in a row. */
    List<ByteBuffer> parts() {
        flush();
        return List.copyOf(parts);
    }

    private void flush() {
        if (size > flushed) {
            parts.add(ByteBuffer.wrap(Arrays.copyOfRange(bytes, flushed, size)));
            flushed = size;
        }
    }

    private void tag(int field, int wire) {
        raw(((long) field << 3) | wire);
    }

    private void raw(long value) {
        long rest = value;
        ensure(10);
        while ((rest & ~0x7FL) != 0) {
            bytes[size++] = (byte) ((rest & 0x7F) | 0x80);
            rest >>>= 7;
        }
        bytes[size++] = (byte) rest;
    }

    private void put(byte[] more, int length) {
        ensure(length);
        System.arraycopy(more, 0, bytes, size, length);
        size += length;
    }

    private void ensure(int more) {
        if (bytes.length - size < more) {
            bytes = Arrays.copyOf(bytes, Math.max(size + more, size * 2));
        }
    }
}
