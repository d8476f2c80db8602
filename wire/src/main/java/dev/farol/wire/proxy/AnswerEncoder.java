package dev.farol.wire.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import org.jspecify.annotations.Nullable;

/** Writes answers; the one to a HEAD request keeps its headers and has no body. */
final class AnswerEncoder extends HttpResponseEncoder {
    private static final byte[] VERSION = {'H', 'T', 'T', 'P', '/', '1', '.', '1', ' '};

    private final HeadWriter writer;
    private @Nullable ChannelHandlerContext context;
    private boolean head;

    AnswerEncoder(HeadWriter writer) {
        this.writer = writer;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
    }

    /** Whether the next answer is one to a HEAD request. */
    void expectHead(boolean head) {
        this.head = head;
    }

    /**
     * Writes a whole answer without trailers past all that Netty does for others. The body stays
     * its owner's.
     *
     * @return false when it is not of the usual kind, and nothing was written
     */
    boolean write(HttpResponse answer, ByteBuf body) {
        ChannelHandlerContext to = context;
        HttpResponseStatus status = answer.status();
        if (to == null
                || head
                || isBodyless(status.code())
                || !(answer.headers() instanceof LineHeaders lines)
                || lines.contains(HttpHeaderNames.TRANSFER_ENCODING)) {
            return false;
        }
        writer.bytes(VERSION, 0, VERSION.length);
        writer.text(status.codeAsText());
        writer.letter(' ');
        writer.text(status.reasonPhrase());
        writer.lineEnd();
        lines.writeTo(writer);
        writer.lineEnd();
        writer.write(to, body);
        return true;
    }

    private static boolean isBodyless(int code) {
        return code < 200 || code == 204 || code == 205 || code == 304;
    }

    @Override
    protected void encodeHeaders(HttpHeaders headers, ByteBuf out) {
        if (headers instanceof LineHeaders lines) {
            lines.writeTo(writer);
            writer.moveTo(out);
        } else {
            super.encodeHeaders(headers, out);
        }
    }

    @Override
    protected boolean isContentAlwaysEmpty(HttpResponse response) {
        return (head && response.status().code() >= 200) || super.isContentAlwaysEmpty(response);
    }
}
