package dev.farol.wire.proxy;

import dev.farol.wire.ProxyMirror;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A copy of a request on its way to another target. Its answer is thrown away as it comes, and cut
 * off when it is long: nothing here waits for the live request, nor the live request for this.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a write that fails closes its connection
final class Mirroring implements UpstreamUser {
    private static final long MAX_ANSWER = 1024 * 1024;

    private final ProxyLoop loop;
    private final ProxyMirror mirror;
    private final DefaultFullHttpRequest request;
    private final Future<?> timer;
    private @Nullable Upstream upstream;
    private boolean finished;
    private int status = -1;
    private long received;

    private Mirroring(ProxyLoop loop, ProxyMirror mirror, DefaultFullHttpRequest request) {
        this.loop = loop;
        this.mirror = mirror;
        this.request = request;
        this.timer =
                loop.executor()
                        .schedule(this::cut, mirror.timeout().toNanos(), TimeUnit.NANOSECONDS);
    }

    static void start(ProxyLoop loop, ProxyMirror mirror, HttpRequest original, BodyBuffer body) {
        HttpHeaders headers = original.headers().copy();
        headers.set(HttpHeaderNames.HOST, mirror.target().authority());
        mirror.requestHeaders(new NettyHeaders(headers));
        var copy =
                new DefaultFullHttpRequest(
                        HttpVersion.HTTP_1_1,
                        original.method(),
                        mirror.requestTarget(),
                        body.copy(),
                        headers,
                        EmptyHttpHeaders.INSTANCE);
        var mirroring = new Mirroring(loop, mirror, copy);
        loop.began(mirroring);
        // Calls of gRPC are streamed, and what is streamed is not mirrored.
        loop.pool().acquire(mirror.target().spoken(false), Kept.ANY, mirroring);
    }

    @Override
    public void connected(Upstream connection) {
        if (finished) {
            loop.pool().release(connection);
            return;
        }
        upstream = connection;
        connection.channel().writeAndFlush(request.retain());
    }

    @Override
    public void connectFailed() {
        finish(-1);
    }

    @Override
    public void head(HttpResponse response, boolean alone) {
        status = response.status().code();
    }

    @Override
    public void content(HttpContent content) {
        received += content.content().readableBytes();
        boolean last = content instanceof LastHttpContent;
        content.release();
        Upstream open = upstream;
        if (last && open != null) {
            upstream = null;
            if (open.keepAlive()) {
                loop.pool().release(open);
            } else {
                open.abandon();
            }
            finish(status);
        } else if (received > MAX_ANSWER) {
            finish(status);
        }
    }

    @Override
    public void readComplete() {
        // Nothing is written on, so nothing is to be flushed.
    }

    @Override
    public void writable() {
        // The copy was written in one piece.
    }

    @Override
    public void gone() {
        upstream = null;
        finish(-1);
    }

    /** Ends it without an answer. */
    void cut() {
        finish(-1);
    }

    private void finish(int result) {
        if (finished) {
            return;
        }
        finished = true;
        loop.ended(this);
        timer.cancel(false);
        request.release();
        Upstream open = upstream;
        upstream = null;
        if (open != null) {
            open.abandon();
        }
        mirror.done(result);
    }
}
