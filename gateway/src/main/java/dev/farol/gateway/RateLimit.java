package dev.farol.gateway;

import java.util.concurrent.atomic.AtomicLong;

/**
 * So many per second, with a second's worth at once: the generic cell rate algorithm, which needs
 * one number. Outlives snapshots; the rate is the newest's.
 */
final class RateLimit {
    private static final long SECOND = 1_000_000_000L;

    /** When the next would be due if all came evenly; in the clock's nanoseconds. */
    private final AtomicLong due;

    RateLimit(long now) {
        this.due = new AtomicLong(now);
    }

    /**
     * Takes one.
     *
     * @param now monotonic, in nanoseconds
     * @return 0 when there was room, else the nanoseconds until there is
     */
    long take(int perSecond, long now) {
        long step = SECOND / perSecond;
        while (true) {
            long last = due.get();
            long from = Math.max(last, now);
            long wait = from + step - now - SECOND;
            if (wait > 0) {
                return wait;
            }
            if (due.compareAndSet(last, from + step)) {
                return 0;
            }
        }
    }
}
