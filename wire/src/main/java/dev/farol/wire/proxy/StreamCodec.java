package dev.farol.wire.proxy;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2StreamFrame;
import io.netty.handler.codec.http2.Http2StreamFrameToHttpObjectCodec;
import io.netty.handler.codec.http2.HttpConversionUtil;
import java.util.List;

/**
 * Netty's codec of one stream of HTTP/2, but for a message that is all head: Netty takes a buffer
 * for its empty body first, and loses it when the head proves malformed.
 */
final class StreamCodec extends Http2StreamFrameToHttpObjectCodec {
    private final boolean server;

    /**
     * @param server whether requests are read here, and answers written
     */
    StreamCodec(boolean server) {
        super(server);
        this.server = server;
    }

    @Override
    protected void decode(ChannelHandlerContext context, Http2StreamFrame frame, List<Object> out)
            throws Exception {
        if (!(frame instanceof Http2HeadersFrame head) || !isMessage(head.headers())) {
            super.decode(context, frame, out);
            return;
        }
        if (server && head.headers().scheme() == null) {
            throw Http2Exception.connectionError(Http2Error.PROTOCOL_ERROR, "no :scheme");
        }
        if (!head.isEndStream()) {
            super.decode(context, frame, out);
            return;
        }
        int id = head.stream().id();
        if (server) {
            HttpRequest request = HttpConversionUtil.toHttpRequest(id, head.headers(), true);
            out.add(
                    new DefaultFullHttpRequest(
                            request.protocolVersion(),
                            request.method(),
                            request.uri(),
                            Unpooled.EMPTY_BUFFER,
                            request.headers(),
                            EmptyHttpHeaders.INSTANCE));
        } else {
            HttpResponse response = HttpConversionUtil.toHttpResponse(id, head.headers(), true);
            out.add(
                    new DefaultFullHttpResponse(
                            response.protocolVersion(),
                            response.status(),
                            Unpooled.EMPTY_BUFFER,
                            response.headers(),
                            EmptyHttpHeaders.INSTANCE));
        }
    }

    /** Whether these begin a message; trailers and informational answers do not. */
    private boolean isMessage(Http2Headers headers) {
        CharSequence status = headers.status();
        return server ? headers.method() != null : status != null && status.charAt(0) != '1';
    }
}
