package dev.farol.wire.proxy;

import dev.farol.spec.ErrorCode;
import dev.farol.spec.Problem;
import dev.farol.wire.Headers;
import dev.farol.wire.ProblemJson;
import dev.farol.wire.ProxyAnswer;
import dev.farol.wire.ProxyDecision;
import dev.farol.wire.ProxyForward;
import dev.farol.wire.ProxyOutcome;
import dev.farol.wire.ProxyRefusal;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client's connection (HTTP/1.1), or one stream of it (HTTP/2). Carries one request at a time;
 * pipelined ones wait here. A request is over when its answer is written and its body is read.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a write that fails closes its connection
final class Front extends ChannelInboundHandlerAdapter {
    private static final Logger log = LoggerFactory.getLogger(Front.class);

    /** How long the rest of a body is read and thrown away after its answer, as nginx does. */
    private static final Duration LINGER = Duration.ofSeconds(5);

    private static final int MAX_WAITING = 16;

    private final ProxyLoop loop;
    private final @Nullable AnswerEncoder encoder;
    private final @Nullable String serverName;
    private final ArrayDeque<HttpObject> waiting = new ArrayDeque<>();
    private @Nullable ChannelHandlerContext context;
    private @Nullable Exchange exchange;
    private @Nullable String remoteAddress;

    /** The head of an answer whose body may be here too: they go out as one. */
    private @Nullable HttpResponse held;

    private boolean busy;
    private boolean bodyRead = true;
    private boolean answered;
    private boolean keepAlive = true;
    private boolean oldClient;
    private boolean head;
    private boolean grpc;
    private boolean working;
    private boolean tunnel;
    private boolean refused;
    private long activeAt;

    /**
     * @param encoder null for a stream of HTTP/2
     * @param serverName what a client that came over TLS called this server, or empty; null without
     *     TLS
     */
    Front(ProxyLoop loop, @Nullable AnswerEncoder encoder, @Nullable String serverName) {
        this.loop = loop;
        this.encoder = encoder;
        this.serverName = serverName;
    }

    boolean secure() {
        return serverName != null;
    }

    // ---- what the channel tells

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
        activeAt = loop.now();
        loop.opened(this);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext removed) {
        gone();
    }

    @Override
    public void channelInactive(ChannelHandlerContext closed) {
        gone();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext failed, Throwable cause) {
        log.debug("A client's connection broke", cause);
        failed.close();
    }

    @Override
    public void channelRead(ChannelHandlerContext from, Object message) {
        if (!(message instanceof HttpObject object)) {
            tunnelled(message);
            return;
        }
        activeAt = loop.now();
        if (!waiting.isEmpty() || (busy && bodyRead)) {
            waiting.add(object);
            if (waiting.size() >= MAX_WAITING) {
                read(false);
            }
            return;
        }
        handle(object);
        work();
    }

    private void tunnelled(Object message) {
        Exchange current = exchange;
        if (tunnel && current != null && message instanceof ByteBuf bytes) {
            activeAt = loop.now();
            current.clientBytes(bytes);
        } else {
            ReferenceCountUtil.release(message);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext from) {
        Exchange current = exchange;
        if (current != null) {
            current.bodyReadComplete();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext from) {
        Exchange current = exchange;
        if (current != null && from.channel().isWritable()) {
            current.clientWritable();
        }
    }

    private void gone() {
        loop.closed(this);
        Exchange current = exchange;
        exchange = null;
        if (current != null) {
            current.clientGone();
        }
        HttpObject left;
        while ((left = waiting.poll()) != null) {
            ReferenceCountUtil.release(left);
        }
    }

    // ---- requests

    /** Takes up what waits, one request after the other, without recursion. */
    private void work() {
        if (working) {
            return;
        }
        working = true;
        while (!waiting.isEmpty() && !(busy && bodyRead)) {
            handle(waiting.remove());
        }
        working = false;
    }

    private void handle(HttpObject object) {
        if (object.decoderResult().isFailure()) {
            ReferenceCountUtil.release(object);
            malformed(object, object.decoderResult().cause());
            return;
        }
        if (object instanceof HttpRequest request) {
            begin(request);
        } else if (!busy) {
            // On HTTP/2, trailers of no request.
            ReferenceCountUtil.release(object);
            abort();
            return;
        }
        if (object instanceof FullHttpRequest whole) {
            // Its body alone: what streams a body on must not find the head once more.
            body(new DefaultLastHttpContent(whole.content(), whole.trailingHeaders()));
        } else if (object instanceof HttpContent content) {
            body(content);
        }
    }

    private void begin(HttpRequest request) {
        busy = true;
        bodyRead = false;
        answered = false;
        head = HttpMethod.HEAD.equals(request.method());
        grpc = encoder == null && GrpcAnswers.areAskedFor(request.headers());
        oldClient = HttpVersion.HTTP_1_0.equals(request.protocolVersion());
        keepAlive = HttpUtil.isKeepAlive(request) && !loop.draining();
        List<String> hosts = request.headers().getAll(HttpHeaderNames.HOST);
        ProxyAnswer fault = RequestRules.fault(request, hosts, loop.config().maxHeaderCount());
        if (fault != null) {
            keepAlive = false;
            refused(request, fault);
            answer(fault);
            return;
        }
        boolean waitsForContinue = HttpUtil.is100ContinueExpected(request);
        RequestHead asked =
                RequestHead.of(
                        request,
                        encoder == null,
                        hosts.isEmpty() ? "" : hosts.getFirst(),
                        remoteAddress(),
                        serverName,
                        loop.recently());
        switch (decide(asked)) {
            case ProxyAnswer answer -> {
                // A client that was not told to continue may send the body or not.
                keepAlive &= !waitsForContinue;
                answer(answer);
            }
            case ProxyForward forward -> forward(asked, forward, waitsForContinue);
        }
    }

    private String remoteAddress() {
        String known = remoteAddress;
        if (known == null) {
            known = RequestHead.address(channel().channel().remoteAddress());
            remoteAddress = known;
        }
        return known;
    }

    private ProxyDecision decide(RequestHead asked) {
        try {
            return loop.policy().decide(asked);
        } catch (RuntimeException fault) {
            log.error("The policy failed on {} {}", asked.method(), asked.path(), fault);
            return unroutable();
        }
    }

    private static ProxyAnswer unroutable() {
        return ProblemJson.answer(
                Problem.of(ErrorCode.INTERNAL, "The request could not be routed."));
    }

    private void forward(RequestHead asked, ProxyForward forward, boolean waitsForContinue) {
        if (waitsForContinue) {
            channel()
                    .writeAndFlush(
                            new DefaultFullHttpResponse(
                                    HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE));
        }
        Exchange started;
        try {
            boolean upgrade =
                    encoder != null && !oldClient && HopHeaders.asksForWebSocket(asked.request());
            started = new Exchange(this, loop, forward, asked, upgrade);
        } catch (RuntimeException fault) {
            log.error("The policy failed on {} {}", asked.method(), asked.path(), fault);
            forward.done(ProxyOutcome.NOTHING);
            answer(unroutable());
            return;
        }
        exchange = started;
        started.start();
    }

    private void body(HttpContent content) {
        boolean last = content instanceof LastHttpContent;
        bodyRead |= last;
        Exchange current = exchange;
        if (current != null && !current.finished()) {
            current.body(content);
        } else {
            content.release();
        }
        if (last && answered && busy) {
            next();
        }
    }

    private void malformed(HttpObject object, @Nullable Throwable cause) {
        Exchange current = exchange;
        boolean tooLate = busy && (answered || (current != null && current.answering()));
        boolean inHead = !busy;
        ProxyAnswer refusal = RequestRules.refusal(inHead ? cause : null);
        exchange = null;
        if (current != null && !current.finished()) {
            if (tooLate) {
                current.clientGone();
            } else {
                current.refused(refusal);
            }
        }
        if (tooLate) {
            abort();
            return;
        }
        if (inHead) {
            refused(object, refusal);
        }
        busy = true;
        bodyRead = true;
        keepAlive = false;
        refused = true;
        answer(refusal);
    }

    /** Tells the policy of a request that never came to it. */
    private void refused(HttpObject message, ProxyAnswer answer) {
        HttpRequest read = message instanceof HttpRequest request ? request : null;
        String target = read == null || read.decoderResult().isFailure() ? "" : read.uri();
        int question = target.indexOf('?');
        loop.policy()
                .refused(
                        new ProxyRefusal(
                                answer.status(),
                                target.isEmpty() || read == null ? "" : read.method().name(),
                                question < 0 ? target : target.substring(0, question),
                                encoder == null || read == null
                                        ? "HTTP/2"
                                        : read.protocolVersion().text(),
                                answer.body().length));
    }

    private void next() {
        exchange = null;
        if (refused) {
            // What the client still sends would, unread, take the answer from it.
            read(true);
            Closing.afterReads(channel().channel());
            return;
        }
        busy = false;
        if (encoder == null || !keepAlive || loop.draining()) {
            // The last write is flushed already; closing comes after it.
            channel().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
            return;
        }
        read(true);
        work();
    }

    // ---- answers

    void answer(ProxyAnswer given) {
        ProxyAnswer answer = grpc ? GrpcAnswers.of(given) : given;
        var response =
                new DefaultFullHttpResponse(
                        HttpVersion.HTTP_1_1,
                        HttpResponseStatus.valueOf(answer.status()),
                        Unpooled.wrappedBuffer(answer.body()));
        Headers headers = answer.headers();
        headers.forEach((name, value) -> response.headers().add(name, value));
        if (!grpc) {
            response.headers().set(HttpHeaderNames.CONTENT_LENGTH, answer.body().length);
        }
        connectionHeader(response);
        channel().writeAndFlush(response);
        answered();
    }

    /**
     * Writes the head of a target's answer.
     *
     * @param bodyless the target's status allows no body: the answer has an empty one
     * @param alone nothing follows; on HTTP/2 the head then ends the stream itself
     * @return whether that is so, and the end need not be written
     */
    boolean answerHead(HttpResponse response, int status, boolean bodyless, boolean alone) {
        response.setProtocolVersion(HttpVersion.HTTP_1_1);
        if (response.status().code() != status) {
            response.setStatus(HttpResponseStatus.valueOf(status));
        }
        var headers = response.headers();
        if (bodyless) {
            headers.remove(HttpHeaderNames.TRANSFER_ENCODING);
            headers.set(HttpHeaderNames.CONTENT_LENGTH, HttpHeaderValues.ZERO);
        } else if (!headers.contains(HttpHeaderNames.CONTENT_LENGTH)) {
            if (oldClient) {
                headers.remove(HttpHeaderNames.TRANSFER_ENCODING);
                keepAlive = false;
            } else if (!head) {
                headers.set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
            }
        }
        connectionHeader(response);
        if (alone && encoder == null) {
            channel()
                    .write(
                            new DefaultFullHttpResponse(
                                    HttpVersion.HTTP_1_1,
                                    response.status(),
                                    Unpooled.EMPTY_BUFFER,
                                    headers,
                                    EmptyHttpHeaders.INSTANCE));
            return true;
        }
        held = response;
        return false;
    }

    /**
     * Writes a head whose body comes later. Where both came in one message, the body is kept
     * elsewhere until it may pass, and must not go with its head.
     */
    private void writeHeld() {
        HttpResponse response = held;
        if (response != null) {
            held = null;
            send(
                    response instanceof FullHttpResponse
                            ? new DefaultHttpResponse(
                                    response.protocolVersion(),
                                    response.status(),
                                    response.headers())
                            : response);
        }
    }

    /** Whether more headers can follow the body of the answer. */
    boolean takesTrailers(HttpResponse response) {
        return !head && (encoder == null || HttpUtil.isTransferEncodingChunked(response));
    }

    /** Writes the answer 101; bytes pass in both directions from now on. */
    void switchProtocols(HttpResponse response) {
        AnswerEncoder writing = encoder;
        if (writing == null || !waiting.isEmpty()) {
            abort();
            return;
        }
        tunnel = true;
        channel()
                .writeAndFlush(
                        new DefaultFullHttpResponse(
                                HttpVersion.HTTP_1_1,
                                response.status(),
                                Unpooled.EMPTY_BUFFER,
                                response.headers(),
                                EmptyHttpHeaders.INSTANCE));
        channel().pipeline().remove(writing);
        channel().pipeline().remove(RequestDecoder.class);
        read(true);
    }

    private void connectionHeader(HttpResponse response) {
        if (loop.draining()) {
            keepAlive = false;
        }
        if (encoder != null) {
            encoder.expectHead(head);
            if (!keepAlive) {
                response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
            } else if (oldClient) {
                response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE);
            }
        }
    }

    void write(HttpContent content) {
        activeAt = loop.recently();
        HttpResponse response = held;
        if (response != null && content instanceof LastHttpContent last) {
            held = null;
            if (encoder != null
                    && last.trailingHeaders().isEmpty()
                    && encoder.write(response, content.content())) {
                content.release();
                return;
            }
            send(
                    new DefaultFullHttpResponse(
                            HttpVersion.HTTP_1_1,
                            response.status(),
                            content.content(),
                            response.headers(),
                            last.trailingHeaders()));
            return;
        }
        writeHeld();
        send(content);
    }

    /** Nobody waits for a write; one that fails is a fault of the connection. */
    private void send(Object message) {
        ChannelHandlerContext to = channel();
        if (encoder == null) {
            to.write(message);
        } else {
            to.write(message, to.voidPromise());
        }
    }

    /** A piece of a tunnel. */
    void write(ByteBuf piece) {
        activeAt = loop.recently();
        channel().write(piece);
    }

    void flush() {
        writeHeld();
        channel().flush();
    }

    boolean writable() {
        return channel().channel().isWritable();
    }

    /** The client is told that its connection ends, unless all of its body is here. */
    void endAfterAnswer() {
        keepAlive &= bodyRead;
    }

    /** The last byte of the answer is written. */
    void answered() {
        answered = true;
        activeAt = loop.recently();
        if (bodyRead) {
            flush();
            next();
        } else {
            flush();
            read(true);
            var lingering = channel();
            var unused =
                    loop.executor()
                            .schedule(
                                    () -> {
                                        if (answered && !bodyRead) {
                                            lingering.close();
                                        }
                                    },
                                    LINGER.toMillis(),
                                    TimeUnit.MILLISECONDS);
        }
    }

    // ---- the connection

    /** Whether more of the client's bytes are wanted. */
    void read(boolean wanted) {
        channel().channel().config().setAutoRead(wanted);
    }

    /** Reads on after it was not the client who kept still. */
    void resume() {
        activeAt = loop.now();
        read(true);
    }

    /** Ends the connection once the client has taken what was written to it. */
    void closeAfterWrites() {
        Closing.afterWrites(channel().channel());
    }

    /** Ends the connection in the middle of whatever it carries. */
    void abort() {
        channel().close();
    }

    void drain() {
        keepAlive = false;
        if (!busy) {
            abort();
        }
    }

    /** Closes what carries nothing for too long. */
    void sweep(long now) {
        long silence = now - activeAt;
        if (!busy) {
            if (encoder != null && silence > loop.config().clientIdleTimeout().toNanos()) {
                abort();
            }
        } else if (tunnel) {
            if (silence > loop.config().tunnelIdleTimeout().toNanos()) {
                abort();
            }
        } else if (!bodyRead && silence > loop.config().bodyIdleTimeout().toNanos()) {
            Exchange current = exchange;
            if (current == null || !current.stalled()) {
                abort();
            }
        }
    }

    private ChannelHandlerContext channel() {
        ChannelHandlerContext known = context;
        if (known == null) {
            throw new IllegalStateException("not in a pipeline yet");
        }
        return known;
    }
}
