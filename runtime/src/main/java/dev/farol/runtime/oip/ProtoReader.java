package dev.farol.runtime.oip;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Reads a message in protobuf's wire format field by field; what is not asked for is stepped over.
 * Bytes are views, never copies.
 */
final class ProtoReader {
    static final int VARINT = 0;
    static final int FIXED64 = 1;
    static final int BYTES = 2;
    static final int FIXED32 = 5;

    private final ByteBuffer bytes;
    private int wire;
    private boolean unread;

    ProtoReader(ByteBuffer message) {
        this.bytes = message.slice().order(ByteOrder.LITTLE_ENDIAN);
    }

    static Refused malformed() {
        return Refused.invalid("the message is no protobuf of its method");
    }

    /** The number of the next field; 0 at the end. */
    int next() {
        if (unread) {
            skip();
        }
        if (!bytes.hasRemaining()) {
            return 0;
        }
        long tag = raw();
        wire = (int) (tag & 7);
        int field = (int) (tag >>> 3);
        if (field <= 0 || tag >>> 32 != 0) {
            throw malformed();
        }
        unread = true;
        return field;
    }

    /** How the field here is encoded. */
    int wire() {
        return wire;
    }

    private void skip() {
        switch (wire) {
            case VARINT -> number();
            case FIXED64 -> fixed64();
            case BYTES -> view();
            case FIXED32 -> fixed32();
            default -> throw malformed();
        }
    }

    private void expect(int wanted) {
        if (wire != wanted) {
            throw malformed();
        }
        unread = false;
    }

    long number() {
        expect(VARINT);
        return raw();
    }

    boolean flag() {
        return number() != 0;
    }

    long fixed64() {
        expect(FIXED64);
        need(8);
        return bytes.getLong();
    }

    int fixed32() {
        expect(FIXED32);
        need(4);
        return bytes.getInt();
    }

    ByteBuffer view() {
        expect(BYTES);
        long length = raw();
        if (length < 0 || length > bytes.remaining()) {
            throw malformed();
        }
        ByteBuffer view = bytes.slice(bytes.position(), (int) length);
        bytes.position(bytes.position() + (int) length);
        return view.order(ByteOrder.LITTLE_ENDIAN);
    }

    ProtoReader message() {
        return new ProtoReader(view());
    }

    String text() {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(view()).toString();
        } catch (CharacterCodingException binary) {
            throw malformed();
        }
    }

    /** The rest as varints without tags, as packed fields are. */
    boolean hasMore() {
        return bytes.hasRemaining();
    }

    long raw() {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            need(1);
            byte next = bytes.get();
            value |= (long) (next & 0x7F) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw malformed();
    }

    private void need(int count) {
        if (bytes.remaining() < count) {
            throw malformed();
        }
    }
}
