package dev.farol.runtime.serve;

import java.util.function.LongSupplier;

/**
 * Keeps the heap of a replica near what it needs. The collector that suits a small process best
 * lets the heap grow to its limit before it looks for garbage among what survived for a moment, as
 * the bodies of requests that wait do. So once it has grown by so much it is told to look; it gives
 * back what it then does not need. On the loop's thread.
 */
final class HeapBound {
    private static final long LEAST = 128L << 20;
    private static final long GROWTH = 96L << 20;
    private static final int EVERY = 32;

    private final LongSupplier committed;
    private final Runnable collect;
    private long bound = LEAST;
    private int requests;

    HeapBound() {
        this(Runtime.getRuntime()::totalMemory, System::gc);
    }

    /**
     * @param committed how many bytes the heap has now
     */
    HeapBound(LongSupplier committed, Runnable collect) {
        this.committed = committed;
        this.collect = collect;
    }

    /** For every request: looks at a few of them. */
    void request() {
        requests++;
        if (requests % EVERY == 0 && committed.getAsLong() > bound) {
            collect.run();
            bound = Math.max(LEAST, committed.getAsLong() + GROWTH);
        }
    }
}
