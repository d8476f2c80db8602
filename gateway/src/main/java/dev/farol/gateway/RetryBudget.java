package dev.farol.gateway;

import java.util.concurrent.atomic.LongAdder;

/**
 * Lets a share of requests go a second time, and a few however little traffic there is: when every
 * instance fails, retries must not double the load.
 */
final class RetryBudget {
    /** Seconds whose allowance is saved up. */
    private static final int SAVED_SECONDS = 10;

    /** What requests earned and did not use is saved up to this. */
    private static final double SAVED_SHARE = 100;

    private final double perRequest;
    private final double perSecond;
    private final LongAdder requests = new LongAdder();
    private double share;
    private double allowance;
    private long refilledAt;

    RetryBudget(int percent, int minPerSecond, long now) {
        this.perRequest = percent / 100.0;
        this.perSecond = minPerSecond;
        this.allowance = minPerSecond;
        this.refilledAt = now;
    }

    void requested() {
        requests.increment();
    }

    /**
     * @param now monotonic, in nanoseconds
     */
    synchronized boolean take(long now) {
        double seconds = Math.max(0, now - refilledAt) / 1e9;
        refilledAt = now;
        share = Math.min(share + requests.sumThenReset() * perRequest, SAVED_SHARE);
        allowance = Math.min(allowance + seconds * perSecond, SAVED_SECONDS * perSecond);
        if (share >= 1) {
            share--;
        } else if (allowance >= 1) {
            allowance--;
        } else {
            return false;
        }
        return true;
    }
}
