package dev.farol.gateway;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * What the gateway has seen of an instance: how many requests are under way, whether it fails them,
 * how long it has been there. Outlives snapshots.
 */
final class InstanceHealth {
    /** Failures in a row after which an instance is left alone for a while. */
    static final int STRIKES = 5;

    /** How long it is left alone the first time; each time in a row doubles it. */
    static final long FIRST_PAUSE = 1_000_000_000L;

    static final long LONGEST_PAUSE = 30_000_000_000L;

    /** How long a new instance takes to its full share. */
    static final long WARM_UP = 10_000_000_000L;

    static final int WHOLE = 1000;

    /** With what a new instance begins. */
    private static final int FIRST_SHARE = 100;

    private final AtomicInteger load = new AtomicInteger();
    private final long born;

    private volatile boolean ejected;
    private int strikes;
    private int pauses;
    private long until;

    /**
     * @param born monotonic, in nanoseconds
     */
    InstanceHealth(long born) {
        this.born = born;
    }

    AtomicInteger load() {
        return load;
    }

    /** Whether it is left alone just now; the first look after the pause lets it try again. */
    boolean ejected(long now) {
        if (!ejected) {
            return false;
        }
        synchronized (this) {
            if (ejected && now - until >= 0) {
                ejected = false;
                // One more failure is enough to leave it alone again.
                strikes = STRIKES - 1;
            }
            return ejected;
        }
    }

    /** It gave an answer of its own, whatever the answer. */
    void answered() {
        if (strikes != 0 || pauses != 0) {
            synchronized (this) {
                strikes = 0;
                pauses = 0;
            }
        }
    }

    /**
     * It could not be reached, or broke off.
     *
     * @return whether it is left alone from now on
     */
    synchronized boolean failed(long now) {
        strikes++;
        if (ejected || strikes < STRIKES) {
            return false;
        }
        ejected = true;
        until = now + Math.min(FIRST_PAUSE << Math.min(pauses, 10), LONGEST_PAUSE);
        pauses++;
        return true;
    }

    /** Whether it is left alone, for those who only look. */
    boolean paused(long now) {
        if (!ejected) {
            return false;
        }
        synchronized (this) {
            return ejected && now - until < 0;
        }
    }

    /** How much of its share of the choices a young instance keeps, in thousandths. */
    int share(long now) {
        long age = now - born;
        return age >= WARM_UP
                ? WHOLE
                : (int) (FIRST_SHARE + (WHOLE - FIRST_SHARE) * Math.max(age, 0) / WARM_UP);
    }
}
