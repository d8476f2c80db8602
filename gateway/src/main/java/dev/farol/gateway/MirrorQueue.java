package dev.farol.gateway;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * Bounds the copies under way, of each deployment so that one that hangs costs the others nothing,
 * and of all so that bodies which wait have an end; counts what became of each.
 */
final class MirrorQueue {
    /** So many mirrors may have all their places taken before those of others are. */
    private static final int FULL_ONES = 16;

    private final int size;
    private final AtomicInteger underWay = new AtomicInteger();
    private final LongAdder sent = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder lostFull = new LongAdder();
    private final LongAdder lostStreamed = new LongAdder();
    private final LongAdder lostNotReady = new LongAdder();

    MirrorQueue(int size) {
        this.size = size;
    }

    /** Whether there is room for one more copy; each entered must {@link #leave}. */
    boolean enter(AtomicInteger copies) {
        if (copies.incrementAndGet() > size) {
            copies.decrementAndGet();
            lostFull.increment();
            return false;
        }
        if (underWay.incrementAndGet() > (long) FULL_ONES * size) {
            underWay.decrementAndGet();
            copies.decrementAndGet();
            lostFull.increment();
            return false;
        }
        sent.increment();
        return true;
    }

    /**
     * @param copies the same that was entered with: those of the deployment that are under way
     */
    void leave(AtomicInteger copies, boolean answered) {
        underWay.decrementAndGet();
        copies.decrementAndGet();
        if (!answered) {
            failed.increment();
        }
    }

    void lostStreamed() {
        lostStreamed.increment();
    }

    void lostNotReady() {
        lostNotReady.increment();
    }

    MirrorCounts counts() {
        return new MirrorCounts(
                sent.sum(), failed.sum(), lostFull.sum(), lostStreamed.sum(), lostNotReady.sum());
    }
}
