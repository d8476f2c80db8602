package dev.farol.wire.face;

import dev.farol.wire.FaceExchange;
import dev.farol.wire.Headers;
import io.netty.buffer.Unpooled;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.internal.buffer.BufferInternal;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A request of Vert.x as the door shows it. */
final class VertxExchange implements FaceExchange {
    private static final Logger LOG = LoggerFactory.getLogger(VertxExchange.class);
    private static final ByteBuffer EMPTY = ByteBuffer.allocate(0);

    private final VertxFaceServer server;
    private final HttpServerRequest request;
    private final String method;
    private ByteBuffer body = EMPTY;
    private @Nullable Runnable gone;
    private boolean begun;
    private boolean ended;
    private boolean closeAfterwards;

    VertxExchange(VertxFaceServer server, HttpServerRequest request) {
        this.server = server;
        this.request = request;
        this.method = request.method().name();
        request.response().closeHandler(ignored -> lost());
        request.exceptionHandler(ignored -> lost());
    }

    void complete(ByteBuffer content) {
        body = content;
    }

    void closeAfterwards() {
        closeAfterwards = true;
    }

    private void lost() {
        if (ended) {
            return;
        }
        ended = true;
        var action = gone;
        gone = null;
        if (action != null) {
            action.run();
        }
        server.ended();
    }

    @Override
    public String method() {
        return method;
    }

    @Override
    public String path() {
        String uri = request.uri();
        int mark = uri.indexOf('?');
        return mark < 0 ? uri : uri.substring(0, mark);
    }

    @Override
    public @Nullable String query() {
        String uri = request.uri();
        int mark = uri.indexOf('?');
        return mark < 0 ? null : uri.substring(mark + 1);
    }

    @Override
    public @Nullable String header(String name) {
        return request.getHeader(name);
    }

    @Override
    public @Nullable String joined(String name) {
        String first = request.getHeader(name);
        if (first == null) {
            return null;
        }
        var all = request.headers().getAll(name);
        return all.size() == 1 ? first : String.join(",", all);
    }

    @Override
    public Headers headers() {
        var copy = new Headers();
        request.headers().forEach(copy::add);
        return copy;
    }

    @Override
    public ByteBuffer body() {
        return body.duplicate();
    }

    @Override
    public void respond(int status, Headers headers, ByteBuffer content) {
        if (ended) {
            return;
        }
        if (begun) {
            abort();
            return;
        }
        ended = true;
        gone = null;
        HttpServerResponse response = request.response();
        boolean close = head(response, status, headers);
        Future<Void> sent;
        if (bodiless(status)) {
            sent = response.end();
        } else if (method.equals("HEAD")) {
            if (!headers.has("content-length")) {
                response.headers().set("content-length", Integer.toString(content.remaining()));
            }
            sent = response.end();
        } else {
            sent = response.end(BufferInternal.buffer(Unpooled.wrappedBuffer(content)));
        }
        server.ended();
        closeAfter(sent, close);
    }

    private static boolean bodiless(int status) {
        return status == 204 || status == 304;
    }

    /** Answers whether the connection ends with this answer. */
    private boolean head(HttpServerResponse response, int status, Headers headers) {
        response.setStatusCode(status);
        var target = response.headers();
        headers.forEach(target::add);
        target.set("date", server.date());
        if (multiplexed()) {
            return false;
        }
        boolean close = closeAfterwards || server.draining();
        if (close) {
            target.set("connection", "close");
        }
        return close;
    }

    /** Whether other requests may be under way on the same connection. */
    private boolean multiplexed() {
        return request.version() == HttpVersion.HTTP_2;
    }

    private void closeAfter(Future<Void> sent, boolean close) {
        if (close) {
            sent.onComplete(ignored -> request.connection().close());
        }
    }

    @Override
    public void begin(int status, Headers headers) {
        if (ended) {
            return;
        }
        begun = true;
        HttpServerResponse response = request.response();
        closeAfterwards = head(response, status, headers);
        if (!headers.has("content-length") && !bodiless(status)) {
            response.setChunked(!multiplexed());
        }
        var _ = response.writeHead();
    }

    @Override
    public void write(ByteBuffer part) {
        if (begun && !ended && part.hasRemaining()) {
            request.response()
                    .write(BufferInternal.buffer(Unpooled.wrappedBuffer(part)))
                    .onFailure(failure -> LOG.debug("A part was not sent", failure));
        }
    }

    @Override
    public boolean writable() {
        return !request.response().writeQueueFull();
    }

    @Override
    public void onWritable(Runnable action) {
        request.response().drainHandler(ignored -> action.run());
    }

    @Override
    public void end() {
        if (begun && !ended) {
            ended = true;
            gone = null;
            var sent = request.response().end();
            server.ended();
            closeAfter(sent, closeAfterwards);
        }
    }

    @Override
    public void abort() {
        if (!ended) {
            ended = true;
            gone = null;
            server.ended();
            if (multiplexed()) {
                request.response().reset();
                return;
            }
            request.connection()
                    .close()
                    .onFailure(failure -> LOG.debug("A connection did not close", failure));
        }
    }

    @Override
    public boolean ended() {
        return ended;
    }

    @Override
    public void onGone(Runnable action) {
        gone = action;
    }
}
