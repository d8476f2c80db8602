package dev.farol.wire.api;

import dev.farol.wire.ApiResponse;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;

/**
 * Writes one answer. What the handler left of the body is read and thrown away for a while, so that
 * the client, which may still be sending, gets to see the answer; then the connection is closed.
 */
final class AnswerWriter {
    private static final int PIECE = 64 * 1024;
    private static final long LINGER = Duration.ofSeconds(5).toMillis();

    /** A rest of a body that is sooner read than a new connection is made. */
    private static final long SMALL = 1024 * 1024;

    private final HttpServerRequest request;
    private final HttpServerResponse response;
    private final Context context;
    private final BodyStream body;
    private boolean closing;

    AnswerWriter(HttpServerRequest request, Context context, BodyStream body) {
        this.request = request;
        this.response = request.response();
        this.context = context;
        this.body = body;
    }

    /** From the event loop: an answer without waiting for it. */
    void refuse(ApiResponse answer) {
        byte[] content =
                answer.body() instanceof ApiResponse.Bytes bytes ? bytes.content() : new byte[0];
        head(answer, content.length);
        end(content).onComplete(done -> settleBody());
    }

    /** From a virtual thread: returns when the answer is written or cannot be. */
    void write(ApiResponse answer) throws IOException, InterruptedException {
        switch (answer.body()) {
            case ApiResponse.Bytes(byte[] content) ->
                    await(
                            () -> {
                                head(answer, content.length);
                                return end(content);
                            });
            case ApiResponse.Streamed(InputStream content, long length) -> {
                try (content) {
                    stream(answer, content, length);
                }
            }
        }
        context.runOnContext(done -> settleBody());
    }

    private void stream(ApiResponse answer, InputStream content, long length)
            throws IOException, InterruptedException {
        if (HttpMethod.HEAD.equals(request.method())) {
            await(
                    () -> {
                        head(answer, length);
                        return response.end();
                    });
            return;
        }
        onContext(
                () -> {
                    head(answer, length);
                    return Future.succeededFuture();
                });
        try {
            copy(content, length);
        } catch (IOException | RuntimeException broken) {
            onContext(response::reset);
            throw broken;
        }
        await(response::end);
    }

    /** One piece is on its way while the next is read. */
    private void copy(InputStream content, long length) throws IOException, InterruptedException {
        long left = length < 0 ? Long.MAX_VALUE : length;
        Future<Void> onItsWay = Future.succeededFuture();
        while (left > 0) {
            byte[] piece = new byte[(int) Math.min(PIECE, left)];
            int count = content.read(piece);
            if (count < 0) {
                break;
            }
            left -= count;
            Buffer buffer = Buffer.buffer(count).appendBytes(piece, 0, count);
            waitFor(onItsWay);
            onItsWay = onContext(() -> response.write(buffer));
        }
        waitFor(onItsWay);
        if (length >= 0 && left > 0) {
            throw new IOException("the body ended " + left + " bytes before its length");
        }
    }

    private void head(ApiResponse answer, long length) {
        response.setStatusCode(answer.status());
        answer.headers().forEach((name, value) -> response.headers().add(name, value));
        if (answer.status() != 204 && answer.status() != 304) {
            if (length >= 0) {
                response.putHeader("Content-Length", Long.toString(length));
            } else if (http1()) {
                response.setChunked(true);
            }
        }
        closing = http1() && (body.neverInvited() || leavesMuch());
        if (closing) {
            response.putHeader("Connection", "close");
        }
    }

    private Future<Void> end(byte[] content) {
        return content.length == 0 || HttpMethod.HEAD.equals(request.method())
                ? response.end()
                : response.end(Buffer.buffer(content));
    }

    private boolean leavesMuch() {
        if (body.ended()) {
            return false;
        }
        String length = request.getHeader("Content-Length");
        return length == null
                ? request.getHeader("Transfer-Encoding") != null
                : length.length() > 18 || Long.parseLong(length) > SMALL;
    }

    private boolean http1() {
        return request.version() != HttpVersion.HTTP_2;
    }

    private void settleBody() {
        if (body.neverInvited() && closing) {
            close();
            return;
        }
        boolean complete = body.ended();
        body.discard();
        if (complete && !closing) {
            return;
        }
        settle(System.nanoTime() + Duration.ofMillis(LINGER).toNanos());
    }

    /** Looks again until the body has ended or the time is over. */
    private void settle(long end) {
        if (body.ended()) {
            if (closing) {
                close();
            }
        } else if (body.clientGone() || System.nanoTime() > end) {
            close();
        } else {
            context.owner().setTimer(50, again -> settle(end));
        }
    }

    private void close() {
        if (http1()) {
            request.connection().close();
        } else {
            response.reset();
        }
    }

    private void await(Supplier<Future<Void>> action) throws IOException, InterruptedException {
        waitFor(onContext(action));
    }

    private Future<Void> onContext(Supplier<Future<Void>> action) {
        Promise<Void> promise = Promise.promise();
        context.runOnContext(
                run -> {
                    try {
                        action.get().onComplete(promise);
                    } catch (RuntimeException refused) {
                        promise.fail(refused);
                    }
                });
        return promise.future();
    }

    private static void waitFor(Future<Void> future) throws IOException, InterruptedException {
        try {
            future.toCompletionStage().toCompletableFuture().get();
        } catch (ExecutionException failed) {
            throw new IOException("the client went away before its answer was complete", failed);
        }
    }
}
