package dev.farol.wire.face;

import dev.farol.wire.FaceExchange;
import dev.farol.wire.Headers;
import io.netty.buffer.Unpooled;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.internal.buffer.BufferInternal;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A request of Vert.x as the door shows it. */
final class VertxExchange implements FaceExchange {
    private static final ByteBuffer EMPTY = ByteBuffer.allocate(0);

    private final VertxFaceServer server;
    private final HttpServerRequest request;
    private final String method;
    private ByteBuffer body = EMPTY;
    private @Nullable Runnable gone;
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
        ended = true;
        gone = null;
        HttpServerResponse response = request.response();
        response.setStatusCode(status);
        var target = response.headers();
        headers.forEach(target::add);
        boolean close = closeAfterwards || server.draining();
        if (close) {
            target.set("connection", "close");
        }
        var sent = response.end(BufferInternal.buffer(Unpooled.wrappedBuffer(content)));
        server.ended();
        if (close) {
            sent.onComplete(ignored -> request.connection().close());
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
