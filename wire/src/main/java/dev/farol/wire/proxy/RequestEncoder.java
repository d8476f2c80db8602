package dev.farol.wire.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestEncoder;
import org.jspecify.annotations.Nullable;

/** Writes requests to a target, and tells who reads the answers what to expect. */
final class RequestEncoder extends HttpRequestEncoder {
    private static final byte[] VERSION = {' ', 'H', 'T', 'T', 'P', '/', '1', '.', '1', '\r', '\n'};

    private final AnswerDecoder answers;
    private final HeadWriter writer;
    private @Nullable ChannelHandlerContext context;

    RequestEncoder(AnswerDecoder answers, HeadWriter writer) {
        this.answers = answers;
        this.writer = writer;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
    }

    /**
     * Writes a whole request past all that Netty does for others. The body stays its owner's.
     *
     * @return false when it is not of the usual kind, and nothing was written
     */
    boolean write(HttpMethod method, String target, HttpHeaders headers, ByteBuf body) {
        ChannelHandlerContext to = context;
        if (to == null || !(headers instanceof LineHeaders lines) || !target.startsWith("/")) {
            return false;
        }
        answers.expect(HttpMethod.HEAD.equals(method));
        writer.text(method.asciiName());
        writer.letter(' ');
        writer.text(target);
        writer.bytes(VERSION, 0, VERSION.length);
        lines.writeTo(writer);
        writer.lineEnd();
        writer.write(to, body);
        return true;
    }

    @Override
    protected void encodeInitialLine(ByteBuf out, HttpRequest request) throws Exception {
        answers.expect(HttpMethod.HEAD.equals(request.method()));
        super.encodeInitialLine(out, request);
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
}
