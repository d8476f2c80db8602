package dev.farol.gateway;

import java.util.concurrent.atomic.LongAdder;

/**
 * Lets a share of requests go a second time, and a few however little traffic there is: when every
 * instance fails, retries must not double the load.
 */
final class RetryBudget {
    /** Seconds of quiet that are saved up. */
    private static final int SAVED = 10;

    private final double perRequest;
    private final double perSecond;
    private final LongAdder requests = new LongAdder();
    private double balance;
    private long refilledAt;

    RetryBudget(int percent, int minPerSecond, long now) {
        this.perRequest = percent / 100.0;
        this.perSecond = minPerSecond;
        this.balance = minPerSecond;
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
        double earned = requests.sumThenReset() * perRequest;
        double most = Math.max(earned, SAVED * perSecond);
        balance = Math.min(balance + earned + seconds * perSecond, most);
        if (balance < 1) {
            return false;
        }
        balance--;
        return true;
    }
}
