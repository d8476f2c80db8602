package dev.farol.gateway;

import java.util.concurrent.atomic.AtomicReference;

/**
 * So many bytes per second of all bodies of an endpoint together, with a tenth of a second's worth
 * at once. Unlike {@link RateLimit} it refuses nothing: bytes that came take their place in the
 * line, and are told how long to wait for it. Outlives snapshots; the rate is the newest's.
 */
final class Bandwidth {
    /** What may pass at once, in seconds of the rate. */
    static final double BURST = 0.1;

    private static final double SECOND = 1e9;

    private final AtomicReference<Line> line;

    /**
     * @param due when all that came so far would have passed at the rate; in the clock's
     *     nanoseconds
     */
    private record Line(long bytesPerSecond, long due) {
        /** What is still to pass, in nanoseconds of another rate. */
        double left(long rate, long now) {
            return Math.max(0, due - now) * ((double) bytesPerSecond / rate);
        }
    }

    Bandwidth(long now) {
        this.line = new AtomicReference<>(new Line(1, now));
    }

    /**
     * Takes the place of so many bytes.
     *
     * @param now monotonic, in nanoseconds
     * @return how long they are to wait, in nanoseconds; 0 when they may pass
     */
    long take(long bytesPerSecond, int bytes, long now) {
        while (true) {
            Line last = line.get();
            double left = last.left(bytesPerSecond, now) + bytes * SECOND / bytesPerSecond;
            if (line.compareAndSet(last, new Line(bytesPerSecond, now + (long) left))) {
                return Math.max(0, (long) (left - BURST * SECOND));
            }
        }
    }
}
