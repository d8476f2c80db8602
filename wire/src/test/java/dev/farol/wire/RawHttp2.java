package dev.farol.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** A client that writes the frames of HTTP/2 by hand, good ones and bad ones. */
public final class RawHttp2 implements AutoCloseable {
    public static final int DATA = 0;
    public static final int HEADERS = 1;
    public static final int RESET = 3;
    public static final int SETTINGS = 4;
    public static final int PING = 6;
    public static final int GO_AWAY = 7;
    public static final int WINDOW_UPDATE = 8;
    public static final int CONTINUATION = 9;
    public static final int END_STREAM = 1;
    public static final int END_HEADERS = 4;
    private static final int PRIORITY = 0x20;

    /** A frame as it came. */
    public record Frame(int type, int flags, int stream, byte[] payload) {
        public boolean endsStream() {
            return (type == DATA || type == HEADERS) && (flags & END_STREAM) != 0;
        }

        public String text() {
            return new String(payload, StandardCharsets.UTF_8);
        }
    }

    private final Socket socket;
    private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder(false);

    public RawHttp2(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(20_000);
        socket.getOutputStream()
                .write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        write(SETTINGS, 0, 0, new byte[0]);
    }

    public RawHttp2 write(int type, int flags, int stream, byte[] payload) throws IOException {
        var frame = ByteBuffer.allocate(9 + payload.length);
        frame.putInt(payload.length << 8 | type).put((byte) flags).putInt(stream).put(payload);
        socket.getOutputStream().write(frame.array());
        return this;
    }

    void raw(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    RawHttp2 data(int flags, int stream, String text) throws IOException {
        return write(DATA, flags, stream, text.getBytes(StandardCharsets.UTF_8));
    }

    /** Never indexed, never compressed. */
    public static byte[] headers(String... namesAndValues) {
        var block = new ByteArrayOutputStream();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            block.write(0);
            string(block, namesAndValues[i]);
            string(block, namesAndValues[i + 1]);
        }
        return block.toByteArray();
    }

    private static void string(ByteArrayOutputStream block, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        int length = bytes.length;
        if (length < 127) {
            block.write(length);
        } else {
            block.write(127);
            length -= 127;
            while (length >= 128) {
                block.write(length % 128 + 128);
                length /= 128;
            }
            block.write(length);
        }
        block.writeBytes(bytes);
    }

    /** The next frame of a stream, or goodbye; null when the connection ends. */
    public Frame next() throws IOException {
        while (true) {
            byte[] head = socket.getInputStream().readNBytes(9);
            if (head.length < 9) {
                return null;
            }
            var fields = ByteBuffer.wrap(head);
            int lengthAndType = fields.getInt();
            var frame =
                    new Frame(
                            lengthAndType & 0xFF,
                            fields.get(),
                            fields.getInt(),
                            socket.getInputStream().readNBytes(lengthAndType >>> 8));
            switch (frame.type()) {
                case SETTINGS, PING, WINDOW_UPDATE -> {}
                default -> {
                    return frame;
                }
            }
        }
    }

    Http2Headers decode(Frame frame) throws Http2Exception {
        ByteBuf block = Unpooled.wrappedBuffer(frame.payload());
        if ((frame.flags() & PRIORITY) != 0) {
            block.skipBytes(5);
        }
        return decoder.decodeHeaders(frame.stream(), block);
    }

    /** The fields of a frame's headers. */
    public Map<String, String> fields(Frame frame) throws IOException {
        var fields = new LinkedHashMap<String, String>();
        try {
            decode(frame).forEach(each -> fields.put(each.getKey() + "", each.getValue() + ""));
        } catch (Http2Exception wrong) {
            throw new IOException(wrong);
        }
        return fields;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
