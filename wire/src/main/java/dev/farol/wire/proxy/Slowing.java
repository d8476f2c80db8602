package dev.farol.wire.proxy;

import dev.farol.wire.Throttle;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One direction of a body that a {@link Throttle} slows down. A piece that has to wait is kept, and
 * its sender not read from until it went on: no more than what was read already is ever kept. Used
 * on the event loop of its exchange only.
 */
final class Slowing {
    private static final Logger log = LoggerFactory.getLogger(Slowing.class);

    /** What comes before and after a piece. */
    interface Body {
        /** Takes the piece as if it had just come. */
        void pass(HttpContent piece);

        /** Nobody reads from the sender until {@link #resume}. */
        void pause();

        /** All that was kept has passed. */
        void resume();
    }

    private final ProxyLoop loop;
    private final Throttle throttle;
    private final Body body;
    private final ArrayDeque<HttpContent> kept = new ArrayDeque<>();
    private @Nullable Future<?> timer;
    private boolean passing;

    /**
     * A piece was lost to a fault. What follows it is not let through: a body with a hole must not
     * come to its end as if it were whole. The limits of time end the exchange.
     */
    private boolean broken;

    private long since;
    private long until;
    private long delay;

    Slowing(ProxyLoop loop, Throttle throttle, Body body) {
        this.loop = loop;
        this.throttle = throttle;
        this.body = body;
    }

    /** Whether the piece has to wait; then it is owned here, and passes later. */
    boolean keeps(HttpContent piece) {
        if (passing) {
            return false;
        }
        if (broken) {
            piece.release();
            return true;
        }
        boolean waits = wait(piece.content().readableBytes());
        if (waits) {
            kept.add(piece);
        }
        return waits;
    }

    /** Bytes of a tunnel: these pass, and those after them wait. */
    void passed(int bytes) {
        boolean _ = wait(bytes);
    }

    private boolean wait(int bytes) {
        long now = loop.now();
        long wait = bytes == 0 ? 0 : throttle.take(bytes, now);
        if (wait == 0) {
            return waiting();
        }
        until = now + wait;
        if (!waiting()) {
            since = now;
            body.pause();
            schedule(wait);
        }
        return true;
    }

    /** Whether anything waits, so that its sender is not to be read from. */
    boolean waiting() {
        return timer != null;
    }

    /** Whether the end of the body is here, whatever becomes of its sender. */
    boolean keepsEnd() {
        return kept.peekLast() instanceof LastHttpContent;
    }

    /** By how long the body was held back so far. */
    Duration delay() {
        return Duration.ofNanos(delay);
    }

    private void schedule(long nanos) {
        timer = loop.executor().schedule(this::due, nanos, TimeUnit.NANOSECONDS);
    }

    private void due() {
        long now = loop.now();
        if (now < until) {
            schedule(until - now);
            return;
        }
        timer = null;
        delay += now - since;
        passing = true;
        try {
            HttpContent piece;
            while ((piece = kept.poll()) != null) {
                body.pass(piece);
            }
        } catch (RuntimeException fault) {
            log.error("A body that was slowed down breaks off", fault);
            broken = true;
            release();
        } finally {
            passing = false;
        }
        body.resume();
    }

    /** Nothing passes any more. */
    void end() {
        Future<?> running = timer;
        if (running != null) {
            running.cancel(false);
            timer = null;
            delay += loop.now() - since;
        }
        release();
    }

    private void release() {
        HttpContent piece;
        while ((piece = kept.poll()) != null) {
            piece.release();
        }
    }
}
