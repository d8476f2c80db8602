package dev.farol.wire.api;

import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A request body as a stream. The event loop delivers no more pieces than were asked for, so that
 * an upload of any size needs the memory of a few.
 */
final class BodyStream extends InputStream {
    /** Of a body, in bytes. */
    static final int MAX_PIECE = 64 * 1024;

    /** Pieces that may lie here at once. */
    private static final int WINDOW = 8;

    private final HttpServerRequest request;
    private final Context context;
    private final boolean waitsForContinue;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ArrayDeque<Buffer> pieces = new ArrayDeque<>();
    private @Nullable Buffer current;
    private int position;
    private int taken;
    private boolean started;
    private boolean ended;
    private boolean discarding;
    private boolean clientGone;

    /** Call on the context of the request, which is paused here. */
    BodyStream(HttpServerRequest request, Context context) {
        this.request = request;
        this.context = context;
        this.waitsForContinue = "100-continue".equalsIgnoreCase(request.getHeader("Expect"));
        request.pause();
        request.handler(this::arrived);
        request.endHandler(end -> change(() -> ended = true));
        request.exceptionHandler(failure -> change(() -> clientGone = true));
    }

    /** Whether the client went away before its body, or its answer, was complete. */
    boolean clientGone() {
        return locked(() -> clientGone);
    }

    boolean ended() {
        return locked(() -> ended);
    }

    /** Whether the client still waits to be told that it may send the body. */
    boolean neverInvited() {
        return locked(() -> waitsForContinue && !started && !ended);
    }

    /** Throws away what still comes. Call on the context of the request. */
    void discard() {
        change(
                () -> {
                    discarding = true;
                    pieces.clear();
                });
        if (!ended()) {
            request.resume();
        }
    }

    private void arrived(Buffer piece) {
        change(
                () -> {
                    if (!discarding) {
                        pieces.add(piece);
                    }
                });
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, target.length);
        if (length == 0) {
            return 0;
        }
        Buffer piece = current;
        while (piece == null || position >= piece.length()) {
            piece = take();
            current = piece;
            position = 0;
            if (piece == null) {
                return -1;
            }
        }
        int count = Math.min(length, piece.length() - position);
        piece.getBytes(position, position + count, target, offset);
        position += count;
        return count;
    }

    @Override
    public int available() {
        Buffer piece = current;
        return piece == null ? 0 : piece.length() - position;
    }

    private @Nullable Buffer take() throws IOException {
        lock.lock();
        try {
            if (!started) {
                started = true;
                context.runOnContext(begin -> invite());
            }
            while (pieces.isEmpty() && !ended) {
                if (clientGone) {
                    throw new IOException("the client went away before its body was complete");
                }
                changed.await();
            }
            Buffer piece = pieces.poll();
            if (piece != null && ++taken % (WINDOW / 2) == 0) {
                context.runOnContext(more -> fetch(WINDOW / 2));
            }
            return piece;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException();
        } finally {
            lock.unlock();
        }
    }

    private void invite() {
        if (waitsForContinue && !request.response().headWritten()) {
            request.response().writeContinue();
        }
        fetch(WINDOW);
    }

    /** On the context of the request; Vert.x refuses to be asked after the end. */
    private void fetch(int pieces) {
        if (!ended()) {
            request.fetch(pieces);
        }
    }

    private void change(Runnable change) {
        lock.lock();
        try {
            change.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private boolean locked(java.util.function.BooleanSupplier state) {
        lock.lock();
        try {
            return state.getAsBoolean();
        } finally {
            lock.unlock();
        }
    }
}
