package dev.farol.gateway;

import java.util.concurrent.atomic.AtomicLong;

/**
 * So many bytes per second of all bodies of an endpoint together, with a tenth of a second's worth
 * at once. Unlike {@link RateLimit} it refuses nothing: bytes that came take their place in the
 * line, and are told how long to wait for it. Outlives snapshots; the rate is the newest's.
 */
final class Bandwidth {
    /** What may pass at once, in seconds of the rate. */
    static final double BURST = 0.1;

    private static final double SECOND = 1e9;

    /** When all that came so far would have passed at the rate; in the clock's nanoseconds. */
    private final AtomicLong due;

    Bandwidth(long now) {
        this.due = new AtomicLong(now);
    }

    /**
     * Takes the place of so many bytes.
     *
     * @param now monotonic, in nanoseconds
     * @return how long they are to wait, in nanoseconds; 0 when they may pass
     */
    long take(long bytesPerSecond, int bytes, long now) {
        long length = (long) (bytes * SECOND / bytesPerSecond);
        while (true) {
            long last = due.get();
            long next = (last - now > 0 ? last : now) + length;
            if (due.compareAndSet(last, next)) {
                return Math.max(0, next - now - (long) (BURST * SECOND));
            }
        }
    }
}
