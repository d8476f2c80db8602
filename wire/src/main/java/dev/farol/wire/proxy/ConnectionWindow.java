package dev.farol.wire.proxy;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2LocalFlowController;

/**
 * Widens the window of an HTTP/2 connection as a whole: with the 64 KB that every connection begins
 * with, one stream that is not read holds up all others.
 */
final class ConnectionWindow extends ChannelInboundHandlerAdapter {
    private static final int WINDOW = 16 * 1024 * 1024;

    @Override
    public void handlerAdded(ChannelHandlerContext context) throws Http2Exception {
        if (context.channel().isActive()) {
            widen(context);
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext context) throws Http2Exception {
        widen(context);
        context.fireChannelActive();
    }

    private void widen(ChannelHandlerContext context) throws Http2Exception {
        Http2Connection connection = context.pipeline().get(Http2FrameCodec.class).connection();
        Http2LocalFlowController flow = connection.local().flowController();
        var whole = connection.connectionStream();
        flow.incrementWindowSize(whole, WINDOW - flow.windowSize(whole));
        context.flush();
        context.pipeline().remove(this);
    }
}
