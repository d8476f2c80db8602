package dev.farol.wire.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.http2.Http2CodecUtil;
import java.util.List;

/** Tells HTTP/2 with prior knowledge from HTTP/1.1 by its first bytes. */
final class PrefaceDetector extends ByteToMessageDecoder {
    private final ProxyPipeline pipeline;
    private final ByteBuf preface = Http2CodecUtil.connectionPrefaceBuf();

    PrefaceDetector(ProxyPipeline pipeline) {
        this.pipeline = pipeline;
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf input, List<Object> out) {
        int length = Math.min(input.readableBytes(), preface.readableBytes());
        for (int i = 0; i < length; i++) {
            if (input.getByte(input.readerIndex() + i)
                    != preface.getByte(preface.readerIndex() + i)) {
                pipeline.http1(context.pipeline(), null);
                context.pipeline().remove(this);
                return;
            }
        }
        if (length == preface.readableBytes()) {
            pipeline.http2(context.pipeline(), null);
            context.pipeline().remove(this);
        }
    }

    /** A client that breaks off before it has spoken is worth no line in the log. */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        var _ = context.close();
    }

    @Override
    protected void handlerRemoved0(ChannelHandlerContext context) {
        preface.release();
    }
}
