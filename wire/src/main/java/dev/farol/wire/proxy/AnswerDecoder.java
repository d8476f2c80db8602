package dev.farol.wire.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.util.List;
import java.util.Locale;

/**
 * Reads the answers of a target. Folded headers and blanks before a colon are taken as they are
 * meant, as a proxy must or may (RFC 9112, 5.1 and 5.2).
 */
final class AnswerDecoder extends MessageDecoder {
    private static final int MAX_LINE = 16 * 1024;
    private static final int MAX_HEAD = 64 * 1024;

    /** Before the digit of the minor version. */
    private static final byte[] HTTP_1 = {'H', 'T', 'T', 'P', '/', '1', '.'};

    private static final int STATUS = HTTP_1.length + 2;

    private boolean toHead;
    private HttpVersion version = HttpVersion.HTTP_1_1;
    private HttpResponseStatus status = HttpResponseStatus.OK;
    private long length;

    AnswerDecoder() {
        super(MAX_LINE, MAX_HEAD);
    }

    /** Whether the next answer is one to a HEAD request, which has no body whatever it says. */
    void expect(boolean answerToHead) {
        toHead = answerToHead;
    }

    @Override
    void begin(byte[] text, int end) {
        boolean known = end >= STATUS + 3;
        for (int i = 0; known && i < HTTP_1.length; i++) {
            known = text[i] == HTTP_1[i];
        }
        if (!known
                || (text[STATUS - 2] != '0' && text[STATUS - 2] != '1')
                || text[STATUS - 1] != ' ') {
            throw new IllegalArgumentException("no status line of HTTP/1");
        }
        int code = 0;
        for (int i = STATUS; i < STATUS + 3; i++) {
            if (text[i] < '0' || text[i] > '9') {
                throw new IllegalArgumentException("a status that is no number");
            }
            code = code * 10 + text[i] - '0';
        }
        if (code < 100 || (end > STATUS + 3 && text[STATUS + 3] != ' ')) {
            throw new IllegalArgumentException("a status that is no number of three digits");
        }
        int reason = Math.min(STATUS + 4, end);
        while (reason < end && text[reason] == ' ') {
            reason++;
        }
        int reasonEnd = end;
        while (reasonEnd > reason && text[reasonEnd - 1] == ' ') {
            reasonEnd--;
        }
        if (!isText(text, reason, reasonEnd)) {
            throw new IllegalArgumentException("a reason with control characters");
        }
        version = text[STATUS - 2] == '1' ? HttpVersion.HTTP_1_1 : HttpVersion.HTTP_1_0;
        status = status(code, text, reason, reasonEnd);
    }

    private static HttpResponseStatus status(int code, byte[] text, int from, int end) {
        HttpResponseStatus usual = HttpResponseStatus.valueOf(code);
        String phrase = usual.reasonPhrase();
        boolean same = phrase.length() == end - from;
        for (int i = 0; same && i < phrase.length(); i++) {
            same = phrase.charAt(i) == text[from + i];
        }
        return same ? usual : new HttpResponseStatus(code, latin(text, from, end));
    }

    @Override
    Framing framing(LineHeaders headers) {
        int code = status.code();
        length = headers.contentLength();
        if (code == HttpResponseStatus.SWITCHING_PROTOCOLS.code()) {
            return Framing.OTHER_PROTOCOL;
        }
        if (code < 200 || code == 204 || code == 304 || toHead) {
            headers.remove(HttpHeaderNames.TRANSFER_ENCODING);
            return Framing.NONE;
        }
        List<String> codings = headers.getAll(HttpHeaderNames.TRANSFER_ENCODING);
        if (codings.isEmpty()) {
            return length > 0 ? Framing.LENGTH : length == 0 ? Framing.NONE : Framing.UNTIL_CLOSE;
        }
        if (!version.equals(HttpVersion.HTTP_1_1)) {
            throw new IllegalArgumentException("a Transfer-Encoding in HTTP/1.0");
        }
        headers.remove(HttpHeaderNames.CONTENT_LENGTH);
        String last = codings.getLast().toLowerCase(Locale.ROOT).strip();
        int comma = last.lastIndexOf(',');
        return HttpHeaderValues.CHUNKED.contentEquals(last.substring(comma + 1).strip())
                ? Framing.CHUNKED
                : Framing.UNTIL_CLOSE;
    }

    @Override
    long length() {
        return length;
    }

    @Override
    Object message(LineHeaders headers) {
        return new DefaultHttpResponse(version, status, headers);
    }

    @Override
    Object whole(LineHeaders headers, ByteBuf body) {
        return new DefaultFullHttpResponse(
                version, status, body, headers, EmptyHttpHeaders.INSTANCE);
    }

    @Override
    Object broken(Exception cause) {
        var none =
                new DefaultFullHttpResponse(
                        HttpVersion.HTTP_1_0,
                        HttpResponseStatus.BAD_GATEWAY,
                        Unpooled.EMPTY_BUFFER,
                        EmptyHttpHeaders.INSTANCE,
                        EmptyHttpHeaders.INSTANCE);
        none.setDecoderResult(DecoderResult.failure(cause));
        return none;
    }

    @Override
    boolean unfolds() {
        return true;
    }
}
