package dev.farol.wire.proxy;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2SettingsFrame;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A connection of HTTP/2 to a target, with prior knowledge: each request is a stream of its own. It
 * takes no more once the target says goodbye, and closes when its last stream ends.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a write that fails closes its connection
final class Http2Connection {
    /** Until the target says how many it takes. */
    private static final long FIRST_LIMIT = 100;

    private static final int STREAM_WINDOW = 256 * 1024;

    /** A request that wants a stream. */
    record Wanted(UpstreamUser user, ChannelInitializer<Channel> pipeline) {}

    private final List<Wanted> waiting = new ArrayList<>();
    private @Nullable Channel channel;
    private long limit = FIRST_LIMIT;
    private int streams;
    private long idleSince;
    private boolean retired;

    boolean hasRoom() {
        return !retired && streams < limit;
    }

    ChannelInitializer<Channel> pipeline() {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel dialling) {
                dialling.pipeline()
                        .addLast(
                                Http2FrameCodecBuilder.forClient()
                                        .initialSettings(
                                                Http2Settings.defaultSettings()
                                                        .pushEnabled(false)
                                                        .initialWindowSize(STREAM_WINDOW))
                                        .build(),
                                new ConnectionWindow(),
                                new Http2MultiplexHandler(new NoStreams()),
                                new Watch());
            }
        };
    }

    /** The connection stands, or could not be made. */
    void dialled(ChannelFuture done) {
        List<Wanted> first = List.copyOf(waiting);
        waiting.clear();
        if (!done.isSuccess()) {
            retired = true;
            first.forEach(each -> each.user().connectFailed());
            return;
        }
        channel = done.channel();
        first.forEach(each -> stream(done.channel(), each));
    }

    void open(Wanted wanted) {
        streams++;
        Channel standing = channel;
        if (standing == null) {
            waiting.add(wanted);
        } else {
            stream(standing, wanted);
        }
    }

    private void stream(Channel connection, Wanted wanted) {
        new Http2StreamChannelBootstrap(connection)
                .handler(wanted.pipeline())
                .open()
                .addListener((Future<Http2StreamChannel> opened) -> opened(opened, wanted));
    }

    private void opened(Future<Http2StreamChannel> opened, Wanted wanted) {
        if (!opened.isSuccess()) {
            ended();
            wanted.user().connectFailed();
            return;
        }
        Http2StreamChannel stream = opened.getNow();
        stream.closeFuture().addListener(closed -> ended());
        wanted.user().connected(stream.pipeline().get(Upstream.class));
    }

    private void ended() {
        streams--;
        idleSince = System.nanoTime();
        closeWhenOver();
    }

    /** Takes no more requests; those under way end first. */
    void retire() {
        retired = true;
        closeWhenOver();
    }

    void sweep(long now, long longest) {
        if (streams == 0 && channel != null && now - idleSince > longest) {
            retire();
        }
    }

    private void closeWhenOver() {
        Channel standing = channel;
        if (retired && streams == 0 && standing != null) {
            standing.close();
        }
    }

    /** Hears what the target says of the connection itself. */
    private final class Watch extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            if (message instanceof Http2SettingsFrame told) {
                Long most = told.settings().maxConcurrentStreams();
                limit = most == null ? limit : most;
            } else if (message instanceof Http2GoAwayFrame) {
                retire();
            }
            ReferenceCountUtil.release(message);
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            retired = true;
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            retired = true;
            context.close();
        }
    }

    /** A target opens no streams. */
    private static final class NoStreams extends ChannelInboundHandlerAdapter {
        @Override
        public boolean isSharable() {
            return true;
        }

        @Override
        public void handlerAdded(ChannelHandlerContext context) {
            context.close();
        }
    }
}
