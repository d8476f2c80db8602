package dev.farol.gateway;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** Bounds the copies under way and counts what became of each. */
final class MirrorQueue {
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
    boolean enter() {
        if (underWay.incrementAndGet() > size) {
            underWay.decrementAndGet();
            lostFull.increment();
            return false;
        }
        sent.increment();
        return true;
    }

    void leave(boolean answered) {
        underWay.decrementAndGet();
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
