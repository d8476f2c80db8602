package dev.farol.wire.face;

import dev.farol.wire.GrpcCall;
import dev.farol.wire.GrpcHandler;
import dev.farol.wire.GrpcMessages;
import dev.farol.wire.GrpcStatus;
import dev.farol.wire.Headers;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.internal.buffer.BufferInternal;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A stream of HTTP/2 as a call of gRPC. */
final class VertxGrpcCall implements GrpcCall {
    private static final Logger LOG = LoggerFactory.getLogger(VertxGrpcCall.class);

    private final VertxFaceServer server;
    private final HttpServerRequest request;
    private final GrpcFrames frames;
    private GrpcHandler.@Nullable Receiver receiver;
    private @Nullable Runnable gone;
    private boolean begun;
    private boolean ended;

    /** Vert.x refuses to hold back or let go what has come to its end. */
    private boolean receivedAll;

    VertxGrpcCall(VertxFaceServer server, HttpServerRequest request, long maxMessage) {
        this.server = server;
        this.request = request;
        this.frames = new GrpcFrames(maxMessage, request.getHeader("grpc-encoding"));
    }

    /** Hands the call to its handler, and to that what comes. */
    void start(GrpcHandler handler) {
        request.response().closeHandler(ignored -> lost());
        request.response().exceptionHandler(ignored -> lost());
        request.exceptionHandler(ignored -> lost());
        request.handler(this::received);
        request.endHandler(ignored -> receivedAll());
        if (!request.method().name().equals("POST")) {
            close(GrpcStatus.UNIMPLEMENTED, "A call is a POST.");
            return;
        }
        guarded(() -> receiver = handler.begin(this));
    }

    private void received(Buffer chunk) {
        if (ended) {
            return;
        }
        guarded(
                () -> {
                    try {
                        frames.append(
                                ((BufferInternal) chunk).getByteBuf().nioBuffer(), this::message);
                    } catch (GrpcFrames.Malformed malformed) {
                        close(malformed.status(), String.valueOf(malformed.getMessage()));
                    }
                });
    }

    private void message(ByteBuffer message) {
        var to = receiver;
        if (!ended && to != null) {
            to.message(message);
        }
    }

    private void receivedAll() {
        receivedAll = true;
        var to = receiver;
        if (ended || to == null) {
            return;
        }
        if (frames.inMessage()) {
            close(GrpcStatus.INTERNAL, "The call ended within a message.");
        } else {
            guarded(to::halfClosed);
        }
    }

    private void guarded(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException fault) {
            LOG.error("The handler of {} failed", method(), fault);
            close(GrpcStatus.INTERNAL, "The server failed.");
        }
    }

    private void lost() {
        if (ended) {
            return;
        }
        ended = true;
        var action = gone;
        gone = null;
        server.ended();
        if (action != null) {
            action.run();
        }
    }

    @Override
    public String method() {
        String uri = request.uri();
        return uri.startsWith("/") ? uri.substring(1) : uri;
    }

    @Override
    public Headers headers() {
        var copy = new Headers();
        request.headers().forEach(copy::add);
        return copy;
    }

    @Override
    public void send(List<ByteBuffer> parts) {
        if (ended) {
            return;
        }
        head();
        int length = parts.stream().mapToInt(ByteBuffer::remaining).sum();
        var buffers = new ByteBuffer[parts.size() + 1];
        buffers[0] = ByteBuffer.allocate(5).put((byte) 0).putInt(length).flip();
        for (int i = 0; i < parts.size(); i++) {
            buffers[i + 1] = parts.get(i);
        }
        request.response()
                .write(BufferInternal.buffer(Unpooled.wrappedBuffer(buffers)))
                .onFailure(failure -> LOG.debug("A message was not sent", failure));
    }

    private void head() {
        if (!begun) {
            begun = true;
            HttpServerResponse response = request.response();
            response.headers()
                    .add("content-type", "application/grpc")
                    .add("grpc-accept-encoding", "identity,deflate,gzip")
                    .add("date", server.date());
        }
    }

    @Override
    public void close(GrpcStatus status, String message) {
        if (ended) {
            return;
        }
        ended = true;
        gone = null;
        HttpServerResponse response = request.response();
        // Without a message before them, the trailers are the head.
        var trailers = begun ? response.trailers() : response.headers();
        head();
        trailers.add("grpc-status", Integer.toString(status.code()));
        if (!message.isEmpty()) {
            trailers.add("grpc-message", GrpcMessages.encode(message));
        }
        if (!receivedAll) {
            request.resume();
        }
        response.end().onFailure(failure -> LOG.debug("A status was not sent", failure));
        server.ended();
    }

    @Override
    public boolean ended() {
        return ended;
    }

    @Override
    public void pause() {
        if (!ended && !receivedAll) {
            request.pause();
        }
    }

    @Override
    public void resume() {
        if (!ended && !receivedAll) {
            request.resume();
        }
    }

    @Override
    public void onGone(Runnable action) {
        gone = action;
    }
}
