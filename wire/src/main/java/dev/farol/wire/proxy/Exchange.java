package dev.farol.wire.proxy;

import dev.farol.wire.ProxyAnswer;
import dev.farol.wire.ProxyFailure;
import dev.farol.wire.ProxyForward;
import dev.farol.wire.ProxyMirror;
import dev.farol.wire.ProxyOutcome;
import dev.farol.wire.ProxyOutcome.End;
import dev.farol.wire.Target;
import dev.farol.wire.Throttle;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One forwarded request, from its head to the end of its answer.
 *
 * <p>A body up to the buffer limit goes out in one piece once it is whole, and is kept until the
 * answer begins, so that it can go again. A larger one is streamed, on a fresh connection: a kept
 * one may prove dead only after part of the body is gone.
 *
 * <p>To a target that speaks HTTP/2 every body is streamed: who calls it may want an answer before
 * the body ends. A request to switch to WebSocket becomes, when the target agrees, a tunnel that
 * carries bytes both ways until one end closes.
 *
 * <p>A kept connection that the target closed while the request was on its way looks like a target
 * that died. Within {@link #STALE} of sending it is taken for the first, and the request goes once
 * more, on a fresh connection to the same target; later it is the second, and nothing goes again.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a write that fails closes its connection
final class Exchange implements UpstreamUser {
    private static final long STALE = Duration.ofMillis(100).toNanos();

    private final Front front;
    private final ProxyLoop loop;
    private final ProxyForward forward;
    private final HttpRequest request;
    private final BodyBuffer buffer = new BodyBuffer();
    private final boolean upgrade;
    private final boolean multiplexed;
    private final long begun;
    private HttpHeaders trailers = EmptyHttpHeaders.INSTANCE;
    private final boolean grpc;
    private Target target;
    private @Nullable Upstream upstream;
    private boolean streaming;
    private boolean bodyComplete;
    private boolean bodyGone;
    private boolean staleRetried;
    private boolean targetRetried;
    private boolean answering;
    private boolean bodyless;
    private boolean trailing;
    private boolean ended;
    private boolean tunnel;
    private boolean finished;
    private long sentAt;
    private long progressAt;
    private long requestBytes;
    private long responseBytes;
    private long received;
    private int refused;
    private final @Nullable Slowing slowRequest;
    private final @Nullable Slowing slowResponse;

    /**
     * @param upgrade whether the client asks to switch to WebSocket
     */
    Exchange(Front front, ProxyLoop loop, ProxyForward forward, RequestHead head, boolean upgrade) {
        this.front = front;
        this.loop = loop;
        this.forward = forward;
        this.request = head.request();
        this.grpc = GrpcAnswers.areAskedFor(request.headers());
        this.target = forward.target().spoken(grpc);
        this.upgrade = upgrade;
        this.multiplexed = head.multiplexed();
        this.begun = loop.recently();
        HopHeaders.strip(request.headers());
        if (upgrade) {
            HopHeaders.upgrade(request.headers());
        }
        ForwardedHeaders.add(request.headers(), head, front.secure());
        forward.requestHeaders(new NettyHeaders(request.headers()));
        Throttle throttle = forward.throttle();
        this.slowRequest = throttle == null ? null : new Slowing(loop, throttle, new RequestBody());
        this.slowResponse =
                throttle == null ? null : new Slowing(loop, throttle, new ResponseBody());
    }

    void start() {
        if (target.protocol() == Target.Protocol.HTTP_2
                || HttpUtil.getContentLength(request, -1L) > loop.config().bufferLimit()) {
            stream();
        }
    }

    boolean finished() {
        return finished;
    }

    /** Whether the client has been told anything of the answer. */
    boolean answering() {
        return answering;
    }

    // ---- the client's side

    /** Owns {@code content} from now on. */
    void body(HttpContent content) {
        if (slowRequest != null && slowRequest.keeps(content)) {
            return;
        }
        requestBytes += content.content().readableBytes();
        if (requestBytes > forward.bodyLimit()) {
            content.release();
            tooLarge();
            return;
        }
        boolean last = content instanceof LastHttpContent;
        bodyComplete = last;
        if (last) {
            received = loop.recently() - begun;
        }
        if (content instanceof LastHttpContent end && !end.trailingHeaders().isEmpty()) {
            trailers = end.trailingHeaders();
            HopHeaders.strip(trailers);
        }
        Upstream open = upstream;
        if (streaming && open != null) {
            open.channel().write(content);
            if (last) {
                sent();
            } else if (!open.channel().isWritable()) {
                front.read(false);
            }
            return;
        }
        buffer.add(content.content());
        if (streaming) {
            front.read(last);
        } else if (last) {
            dispatch();
        } else if (buffer.size() > loop.config().bufferLimit()) {
            stream();
        }
    }

    void bodyReadComplete() {
        Upstream open = upstream;
        if ((streaming || tunnel) && open != null) {
            open.channel().flush();
        }
    }

    /** The client takes bytes again. */
    void clientWritable() {
        Upstream open = upstream;
        if (open != null && answering && !waits(slowResponse)) {
            progressAt = loop.now();
            open.channel().config().setAutoRead(true);
        }
    }

    /**
     * Nothing of the body has moved for long. When the target does not take it, that is the end of
     * this request, as if the answer were late.
     *
     * @return false when it is the client that sends nothing
     */
    boolean stalled() {
        if (waits(slowRequest)) {
            return true;
        }
        Upstream open = upstream;
        if (answering || finished || open == null || open.channel().isWritable()) {
            return false;
        }
        fail(ProxyFailure.TIMEOUT);
        return true;
    }

    void clientGone() {
        Upstream open = upstream;
        if (tunnel && open != null) {
            upstream = null;
            open.closeAfterWrites();
            finish(End.ANSWERED);
        } else if (!finished) {
            finish(End.CLIENT_GONE);
        }
    }

    /** The client sent what is not HTTP, and is about to be told so. */
    void refused(ProxyAnswer answer) {
        refused = answer.status();
        responseBytes = answer.body().length;
        finish(End.REFUSED);
    }

    /** Owns {@code piece} from now on: the client's bytes in a tunnel. */
    void clientBytes(ByteBuf piece) {
        Upstream open = upstream;
        if (open == null) {
            piece.release();
            return;
        }
        int size = piece.readableBytes();
        requestBytes += size;
        open.channel().write(piece);
        if (slowRequest != null) {
            slowRequest.passed(size);
        }
        if (!open.channel().isWritable()) {
            front.read(false);
        }
    }

    private void stream() {
        streaming = true;
        front.read(false);
        forward.mirror(false, loop.recently());
        loop.pool().acquire(target, Kept.LIVE, this);
    }

    private void dispatch() {
        frameWhole();
        ProxyMirror mirror = forward.mirror(!upgrade, loop.recently());
        if (mirror != null) {
            Mirroring.start(loop, mirror, request, buffer);
        }
        loop.pool().acquire(target, upgrade ? Kept.NONE : Kept.ANY, this);
    }

    /** The buffered body has a length, whatever framing it came in, unless trailers follow it. */
    private void frameWhole() {
        if (!trailers.isEmpty()) {
            HttpUtil.setTransferEncodingChunked(request, true);
            return;
        }
        HttpHeaders headers = request.headers();
        boolean chunked = headers.contains(HttpHeaderNames.TRANSFER_ENCODING);
        if (chunked) {
            headers.remove(HttpHeaderNames.TRANSFER_ENCODING);
        } else if (!multiplexed && headers.contains(HttpHeaderNames.CONTENT_LENGTH)) {
            return; // one, and Netty has held the body to it
        }
        if (chunked || buffer.size() > 0) {
            headers.set(HttpHeaderNames.CONTENT_LENGTH, buffer.size());
        }
    }

    // ---- the target's side

    @Override
    public void connected(Upstream connection) {
        if (!connection.reused()) {
            loop.lookAtTheClock();
        }
        if (finished) {
            loop.pool().release(connection);
            return;
        }
        upstream = connection;
        LineHeaders.setPlain(
                request.headers(), HttpHeaderNames.HOST, connection.slot().authority());
        if (target.protocol() == Target.Protocol.HTTP_2) {
            request.headers().set(HttpHeaderNames.TE, HttpHeaderValues.TRAILERS);
        }
        HttpMethod method = request.method();
        String uri = forward.requestTarget();
        if (streaming) {
            bodyGone = true;
            var channel = connection.channel();
            channel.write(
                    new DefaultHttpRequest(HttpVersion.HTTP_1_1, method, uri, request.headers()));
            channel.write(new DefaultHttpContent(buffer.take()));
            if (bodyComplete) {
                channel.write(new DefaultLastHttpContent(Unpooled.EMPTY_BUFFER, trailers));
            }
            channel.flush();
            if (!waits(slowRequest)) {
                front.read(true);
            }
        } else {
            connection.send(method, uri, buffer.bytes(), request.headers(), trailers);
        }
        if (bodyComplete) {
            sent();
        }
    }

    private void sent() {
        sentAt = loop.recently();
        progressAt = sentAt;
        Upstream open = upstream;
        if (open != null) {
            open.wakeAt(sentAt + forward.timeout().toNanos());
        }
    }

    @Override
    public void connectFailed() {
        loop.lookAtTheClock();
        if (finished) {
            return;
        }
        if (!targetRetried) {
            targetRetried = true;
            Target next = forward.retry();
            if (next != null) {
                target = next.spoken(grpc);
                loop.pool().acquire(target, streaming ? Kept.LIVE : Kept.ANY, this);
                return;
            }
        }
        fail(ProxyFailure.CONNECT);
    }

    @Override
    public void head(HttpResponse response, boolean alone) {
        answering = true;
        progressAt = loop.recently();
        buffer.release();
        int original = response.status().code();
        HopHeaders.strip(response.headers());
        if (target.protocol() == Target.Protocol.HTTP_2) {
            HopHeaders.stripNotes(response.headers());
        }
        int status =
                forward.responseHead(original, new NettyHeaders(response.headers()), progressAt);
        if (original == HttpResponseStatus.SWITCHING_PROTOCOLS.code()) {
            tunnel = true;
            if (upstream != null) {
                upstream.wakeNever();
            }
            HopHeaders.upgrade(response.headers());
            front.switchProtocols(response);
            return;
        }
        bodyless = original == 204 || original == 304;
        ended = front.answerHead(response, status, bodyless, alone);
        trailing = !bodyless && front.takesTrailers(response);
    }

    @Override
    public boolean mayUpgrade() {
        return upgrade;
    }

    @Override
    public void bytes(ByteBuf piece) {
        int size = piece.readableBytes();
        responseBytes += size;
        front.write(piece);
        if (slowResponse != null) {
            slowResponse.passed(size);
        }
        holdTargetBack();
    }

    @Override
    public void content(HttpContent content) {
        if (slowResponse != null && slowResponse.keeps(content)) {
            return;
        }
        boolean last = content instanceof LastHttpContent;
        progressAt = loop.recently();
        if (bodyless && !last) {
            content.release();
            return;
        }
        if (ended) {
            content.release();
        } else {
            responseBytes += content.content().readableBytes();
            front.write(last && trailing ? withDelays(content) : content);
        }
        if (last) {
            complete();
        } else {
            holdTargetBack();
        }
    }

    /** The end of a body that was slowed down tells by how much. */
    private HttpContent withDelays(HttpContent end) {
        Duration asked = delay(slowRequest);
        Duration answered = delay(slowResponse);
        if (asked.isZero() && answered.isZero()) {
            return end;
        }
        var told = new DefaultLastHttpContent(end.content());
        if (end instanceof LastHttpContent last) {
            told.trailingHeaders().set(last.trailingHeaders());
        }
        try {
            forward.trailers(new NettyHeaders(told.trailingHeaders()), asked, answered);
        } catch (RuntimeException fault) {
            end.release();
            throw fault;
        }
        return told;
    }

    /** When the client does not take what is written to it. */
    private void holdTargetBack() {
        Upstream open = upstream;
        if (open != null && !front.writable()) {
            open.channel().config().setAutoRead(false);
        }
    }

    private void complete() {
        Upstream open = upstream;
        upstream = null;
        if (open != null) {
            if (bodyComplete && open.keepAlive()) {
                loop.pool().release(open);
            } else {
                open.abandon();
            }
        }
        finish(End.ANSWERED, loop.recently());
        front.answered();
    }

    @Override
    public void readComplete() {
        front.flush();
    }

    @Override
    public void writable() {
        if ((tunnel || (streaming && !bodyComplete)) && !waits(slowRequest)) {
            front.read(true);
        }
    }

    @Override
    public void gone() {
        Upstream lost = upstream;
        upstream = null;
        if (tunnel) {
            finish(End.ANSWERED);
            front.closeAfterWrites();
        } else if (answering && slowResponse != null && slowResponse.keepsEnd()) {
            // All of the answer is here, and passes when it may.
            return;
        } else if (answering) {
            finish(End.TRUNCATED);
            front.abort();
        } else if (lost != null
                && lost.reused()
                && !bodyGone
                && !staleRetried
                && loop.now() - sentAt < STALE) {
            staleRetried = true;
            loop.pool().acquire(target, Kept.NONE, this);
        } else {
            fail(ProxyFailure.LOST);
        }
    }

    // ---- time and end

    @Override
    public void late() {
        Upstream open = upstream;
        if (finished || open == null) {
            return;
        }
        if (!answering) {
            fail(ProxyFailure.TIMEOUT);
            return;
        }
        long now = loop.now();
        long limit = forward.timeout().toNanos();
        long silence = open.channel().config().isAutoRead() ? now - progressAt : 0;
        if (silence >= limit) {
            finish(End.TRUNCATED);
            front.abort();
        } else {
            open.wakeAt(now + limit - silence);
        }
    }

    /** A body whose length nobody said has become longer than it may be. */
    private void tooLarge() {
        if (answering) {
            finish(End.TRUNCATED);
            front.abort();
        } else {
            front.endAfterAnswer();
            fail(ProxyFailure.TOO_LARGE);
        }
    }

    private void fail(ProxyFailure failure) {
        var answer = forward.failed(failure);
        responseBytes = answer.body().length;
        finish(End.ANSWERED);
        front.answer(answer);
    }

    private void finish(End end) {
        finish(end, loop.now());
    }

    private void finish(End end, long now) {
        finished = true;
        if (slowRequest != null && slowResponse != null) {
            slowRequest.end();
            slowResponse.end();
        }
        buffer.release();
        Upstream open = upstream;
        upstream = null;
        if (open != null) {
            open.abandon();
        }
        forward.done(
                new ProxyOutcome(
                        end,
                        refused,
                        requestBytes,
                        responseBytes,
                        Duration.ofNanos(now - begun),
                        Duration.ofNanos(received),
                        delay(slowRequest),
                        delay(slowResponse)));
    }

    // ---- what slows the bodies down

    private static boolean waits(@Nullable Slowing slowing) {
        return slowing != null && slowing.waiting();
    }

    private static Duration delay(@Nullable Slowing slowing) {
        return slowing == null ? Duration.ZERO : slowing.delay();
    }

    /** Whether the client's bytes would have nowhere to go. */
    private boolean blocked() {
        Upstream open = upstream;
        return open == null ? streaming && !bodyComplete : !open.channel().isWritable();
    }

    private final class RequestBody implements Slowing.Body {
        @Override
        public void pass(HttpContent piece) {
            if (finished) {
                piece.release();
            } else {
                body(piece);
            }
        }

        @Override
        public void pause() {
            front.read(false);
        }

        @Override
        public void resume() {
            if (!finished) {
                bodyReadComplete();
                if (!blocked()) {
                    front.resume();
                }
            }
        }
    }

    private final class ResponseBody implements Slowing.Body {
        @Override
        public void pass(HttpContent piece) {
            content(piece);
        }

        @Override
        public void pause() {
            Upstream open = upstream;
            if (open != null) {
                open.channel().config().setAutoRead(false);
            }
        }

        @Override
        public void resume() {
            if (!finished) {
                front.flush();
                if (front.writable()) {
                    clientWritable();
                }
            }
        }
    }
}
