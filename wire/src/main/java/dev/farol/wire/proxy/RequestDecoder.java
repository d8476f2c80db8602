package dev.farol.wire.proxy;

import dev.farol.wire.ProxyConfig;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import java.util.List;

/**
 * Reads requests. Two readers of one must not disagree about where it ends or what it asks for: one
 * with both Content-Length and Transfer-Encoding is refused, so is a folded header, and a request
 * line with anything but one space between its three words.
 */
final class RequestDecoder extends MessageDecoder {
    private static final byte[] HTTP_1_1 = {'H', 'T', 'T', 'P', '/', '1', '.', '1'};

    private HttpMethod method = HttpMethod.GET;
    private String target = "";
    private HttpVersion version = HttpVersion.HTTP_1_1;
    private long length;

    RequestDecoder(ProxyConfig config) {
        super(config.maxRequestLine(), config.maxHeaders());
    }

    @Override
    void begin(byte[] text, int end) {
        int first = space(text, 0, end);
        int second = space(text, first + 1, end);
        if (!isToken(text, 0, first) || second == first + 1) {
            throw new IllegalArgumentException("a request line without a method and a target");
        }
        for (int i = first + 1; i < second; i++) {
            if (text[i] <= ' ' || text[i] == 0x7F) {
                throw new IllegalArgumentException("a request target with blanks or controls");
            }
        }
        version = version(text, second + 1, end);
        method = method(text, first);
        target = latin(text, first + 1, second);
    }

    private static HttpMethod method(byte[] text, int end) {
        return isPost(text, end) ? HttpMethod.POST : HttpMethod.valueOf(latin(text, 0, end));
    }

    /** Nearly all of them are. */
    private static boolean isPost(byte[] text, int end) {
        return end == 4 && text[0] == 'P' && text[1] == 'O' && text[2] == 'S' && text[3] == 'T';
    }

    private static int space(byte[] text, int from, int end) {
        for (int i = from; i < end; i++) {
            if (text[i] == ' ') {
                return i;
            }
        }
        throw new IllegalArgumentException("a request line of fewer than three words");
    }

    private static HttpVersion version(byte[] text, int from, int end) {
        if (end - from != HTTP_1_1.length) {
            throw new IllegalArgumentException("no version of HTTP");
        }
        for (int i = 0; i < HTTP_1_1.length; i++) {
            boolean digit = i == 5 || i == 7;
            byte each = text[from + i];
            if (digit ? each < '0' || each > '9' : each != HTTP_1_1[i]) {
                throw new IllegalArgumentException("no version of HTTP");
            }
        }
        if (text[from + 5] == '1' && text[from + 7] <= '1') {
            return text[from + 7] == '1' ? HttpVersion.HTTP_1_1 : HttpVersion.HTTP_1_0;
        }
        return new HttpVersion("HTTP", text[from + 5] - '0', text[from + 7] - '0', true);
    }

    @Override
    Framing framing(LineHeaders headers) {
        length = headers.contentLength();
        List<String> codings = headers.getAll(HttpHeaderNames.TRANSFER_ENCODING);
        if (codings.isEmpty()) {
            return length > 0 ? Framing.LENGTH : Framing.NONE;
        }
        if (length >= 0) {
            throw new IllegalArgumentException("both Content-Length and Transfer-Encoding");
        }
        // What other codings there are before the last is judged with the other rules of a head.
        String last = codings.getLast().strip();
        int comma = last.lastIndexOf(',');
        if (!version.equals(HttpVersion.HTTP_1_1)
                || !HttpHeaderValues.CHUNKED.contentEqualsIgnoreCase(
                        last.substring(comma + 1).strip())) {
            throw new IllegalArgumentException("a Transfer-Encoding that does not end in chunked");
        }
        return Framing.CHUNKED;
    }

    @Override
    long length() {
        return length;
    }

    @Override
    Object message(LineHeaders headers) {
        return new DefaultHttpRequest(version, method, target, headers, false);
    }

    @Override
    Object whole(LineHeaders headers, ByteBuf body) {
        return new DefaultFullHttpRequest(
                version, method, target, body, headers, EmptyHttpHeaders.INSTANCE);
    }

    @Override
    Object broken(Exception cause) {
        var none =
                new DefaultFullHttpRequest(
                        HttpVersion.HTTP_1_0,
                        HttpMethod.GET,
                        "/bad-request",
                        Unpooled.EMPTY_BUFFER,
                        EmptyHttpHeaders.INSTANCE,
                        EmptyHttpHeaders.INSTANCE);
        none.setDecoderResult(DecoderResult.failure(cause));
        return none;
    }

    @Override
    boolean unfolds() {
        return false;
    }
}
