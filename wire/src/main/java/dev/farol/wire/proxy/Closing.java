package dev.farol.wire.proxy;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import java.util.concurrent.TimeUnit;

/** Ends a connection without losing what was written to it. */
@SuppressWarnings("FutureReturnValueIgnored") // a write that fails closes its connection
final class Closing {
    /** How long the other end may take to read the rest. */
    private static final int LINGER_SECONDS = 5;

    private Closing() {}

    static void afterWrites(Channel channel) {
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        if (channel.isOpen()) {
            var late =
                    channel.eventLoop()
                            .schedule(() -> channel.close(), LINGER_SECONDS, TimeUnit.SECONDS);
            channel.closeFuture().addListener(closed -> late.cancel(false));
        }
    }
}
