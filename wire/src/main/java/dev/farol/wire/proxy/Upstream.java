package dev.farol.wire.proxy;

import dev.farol.wire.Target;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * A connection to a target (HTTP/1.1): carries one request at a time, kept between them. Or one
 * stream of it (HTTP/2): carries one request.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a write that fails closes its connection
final class Upstream extends ChannelInboundHandlerAdapter {
    private final UpstreamPool pool;
    private final UpstreamPool.Slot slot;
    private final Channel channel;
    private final boolean stream;
    private @Nullable UpstreamUser user;
    private boolean informational;
    private boolean upgraded;
    private boolean keepAlive;
    private boolean reused;
    private long idleSince;

    /**
     * @param stream whether it is a stream of HTTP/2
     */
    Upstream(UpstreamPool pool, UpstreamPool.Slot slot, Channel channel, boolean stream) {
        this.pool = pool;
        this.slot = slot;
        this.channel = channel;
        this.stream = stream;
    }

    UpstreamPool.Slot slot() {
        return slot;
    }

    Target target() {
        return slot.target();
    }

    Channel channel() {
        return channel;
    }

    /** Whether it carried another request before. */
    boolean reused() {
        return reused;
    }

    /** Whether the target keeps the connection after this answer. */
    boolean keepAlive() {
        return keepAlive;
    }

    long idleSince() {
        return idleSince;
    }

    void use(UpstreamUser newUser) {
        user = newUser;
        keepAlive = false;
    }

    void idle(long now) {
        user = null;
        reused = true;
        idleSince = now;
        channel.config().setAutoRead(true);
    }

    /** Ends the connection; its user hears nothing more. */
    void abandon() {
        user = null;
        channel.close();
    }

    /** Ends the connection once the target has taken what was written to it. */
    void closeAfterWrites() {
        user = null;
        channel.config().setAutoRead(true);
        Closing.afterWrites(channel);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        UpstreamUser current = user;
        if (upgraded) {
            tunnelled(context, message);
            return;
        }
        if (current == null
                || !(message instanceof HttpObject object)
                || object.decoderResult().isFailure()) {
            ReferenceCountUtil.release(message);
            broken();
            return;
        }
        if (message instanceof HttpResponse response) {
            int status = response.status().code();
            upgraded = status == 101 && current.mayUpgrade();
            if (status == 101 && !upgraded) {
                ReferenceCountUtil.release(message);
                broken();
                return;
            }
            informational = status < 200 && !upgraded;
            if (!informational) {
                keepAlive = !stream && HttpUtil.isKeepAlive(response);
                current.head(response, message instanceof FullHttpResponse);
            }
        }
        if (message instanceof HttpContent content) {
            if (informational) {
                informational = !(content instanceof LastHttpContent);
                content.release();
            } else if (user != null) {
                current.content(content);
            } else {
                content.release();
            }
        }
    }

    /** After the answer 101 and its end, the bytes are those of another protocol. */
    private void tunnelled(ChannelHandlerContext context, Object message) {
        UpstreamUser current = user;
        if (message instanceof LastHttpContent) {
            context.pipeline().remove(HttpClientCodec.class);
        } else if (message instanceof ByteBuf bytes && current != null) {
            current.bytes(bytes);
        } else {
            ReferenceCountUtil.release(message);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        UpstreamUser current = user;
        if (current != null) {
            current.readComplete();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        UpstreamUser current = user;
        if (current != null && channel.isWritable()) {
            current.writable();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        pool.closed(this);
        broken();
    }

    /** A reset or a fault of the connection; either way it is over. */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        broken();
    }

    private void broken() {
        UpstreamUser current = user;
        user = null;
        channel.close();
        if (current != null) {
            current.gone();
        }
    }
}
