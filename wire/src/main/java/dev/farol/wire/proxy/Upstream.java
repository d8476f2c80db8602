package dev.farol.wire.proxy;

import dev.farol.wire.Target;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
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
    private final @Nullable RequestEncoder encoder;
    private @Nullable UpstreamUser user;
    private boolean informational;
    private boolean upgraded;
    private boolean keepAlive;
    private boolean reused;
    private long idleSince;
    private boolean awaited;
    private long wakeAt;
    private @Nullable Future<?> alarm;
    private long alarmAt;

    /**
     * @param encoder null for a stream of HTTP/2
     */
    Upstream(
            UpstreamPool pool,
            UpstreamPool.Slot slot,
            Channel channel,
            @Nullable RequestEncoder encoder) {
        this.pool = pool;
        this.slot = slot;
        this.channel = channel;
        this.encoder = encoder;
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

    /** Sends a whole request; {@code body} stays its owner's. */
    void send(
            HttpMethod method,
            String requestTarget,
            ByteBuf body,
            HttpHeaders headers,
            HttpHeaders trailers) {
        if (encoder != null
                && trailers.isEmpty()
                && encoder.write(method, requestTarget, headers, body)) {
            channel.flush();
            return;
        }
        channel.writeAndFlush(
                new DefaultFullHttpRequest(
                        HttpVersion.HTTP_1_1,
                        method,
                        requestTarget,
                        body.retainedDuplicate(),
                        headers,
                        trailers));
    }

    /** Tells its user when a time has come, unless another is named or it is given back before. */
    void wakeAt(long time) {
        awaited = true;
        wakeAt = time;
        Future<?> running = alarm;
        if (running == null) {
            arm(time);
        } else if (alarmAt - time > 0) {
            running.cancel(false);
            arm(time);
        }
    }

    void wakeNever() {
        awaited = false;
    }

    private void arm(long time) {
        alarmAt = time;
        alarm =
                channel.eventLoop()
                        .schedule(
                                this::ring,
                                Math.max(0, time - System.nanoTime()),
                                TimeUnit.NANOSECONDS);
    }

    /** The alarm is that of an earlier request more often than not: it is left, and set anew. */
    private void ring() {
        alarm = null;
        UpstreamUser current = user;
        if (!awaited || current == null) {
            return;
        }
        if (wakeAt - System.nanoTime() > 0) {
            arm(wakeAt);
        } else {
            awaited = false;
            current.late();
        }
    }

    private void silence() {
        awaited = false;
        Future<?> running = alarm;
        alarm = null;
        if (running != null) {
            running.cancel(false);
        }
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
        awaited = false;
        reused = true;
        idleSince = now;
        channel.config().setAutoRead(true);
    }

    /** Ends the connection; its user hears nothing more. */
    void abandon() {
        user = null;
        awaited = false;
        channel.close();
    }

    /** Ends the connection once the target has taken what was written to it. */
    void closeAfterWrites() {
        user = null;
        awaited = false;
        channel.config().setAutoRead(true);
        Closing.afterWrites(channel);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        UpstreamUser current = user;
        pool.clock().look();
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
                keepAlive = encoder != null && HttpUtil.isKeepAlive(response);
                current.head(response, isAlone(message));
            }
        }
        if (message instanceof HttpContent) {
            // Its body alone: what keeps it for later must not find the head once more.
            HttpContent content =
                    message instanceof FullHttpResponse whole
                            ? new DefaultLastHttpContent(whole.content(), whole.trailingHeaders())
                            : (HttpContent) message;
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

    /** Whether this is a head that no body and no trailers follow. */
    private static boolean isAlone(Object message) {
        return message instanceof FullHttpResponse whole
                && !whole.content().isReadable()
                && whole.trailingHeaders().isEmpty();
    }

    /** After the answer 101 and its end, the bytes are those of another protocol. */
    private void tunnelled(ChannelHandlerContext context, Object message) {
        UpstreamUser current = user;
        if (message instanceof LastHttpContent) {
            context.pipeline().remove(RequestEncoder.class);
            context.pipeline().remove(AnswerDecoder.class);
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
        silence();
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
