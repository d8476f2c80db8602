package dev.farol.wire.proxy;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import java.util.concurrent.TimeUnit;

/** Ends a connection without losing what was written to it. */
@SuppressWarnings("FutureReturnValueIgnored") // a write that fails closes its connection
final class Closing {
    /** How long the other end may take to read the rest, or to stop sending. */
    private static final int LINGER_SECONDS = 5;

    private Closing() {}

    static void afterWrites(Channel channel) {
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        atLast(channel);
    }

    /** Says that no more comes, and closes when the other end does: it may be still sending. */
    static void afterReads(Channel channel) {
        boolean tls = channel.pipeline().get(SslHandler.class) != null;
        if (tls || !(channel instanceof DuplexChannel duplex)) {
            afterWrites(channel);
            return;
        }
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER)
                .addListener(written -> duplex.shutdownOutput());
        atLast(channel);
    }

    private static void atLast(Channel channel) {
        if (channel.isOpen()) {
            var late =
                    channel.eventLoop()
                            .schedule(() -> channel.close(), LINGER_SECONDS, TimeUnit.SECONDS);
            channel.closeFuture().addListener(closed -> late.cancel(false));
        }
    }
}
