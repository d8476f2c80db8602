package dev.farol.wire.proxy;

/**
 * The time as one event loop sees it, monotonic, in nanoseconds. Clocks are slow on some machines:
 * what reads from a connection asks this one, and all that follows from that read takes its answer.
 */
final class LoopClock {
    private long now = System.nanoTime();

    /** What the clock says now. */
    long now() {
        now = System.nanoTime();
        return now;
    }

    /** For what comes after a wait that no read ended. */
    void look() {
        now = System.nanoTime();
    }

    /** What it said when it was asked last: within one event of a connection, as good as now. */
    long recently() {
        return now;
    }
}
