package dev.farol.runtime.onnx;

/**
 * How long calls of about one size take, as measured: an average that follows slowly. Written by
 * whoever computes, read by the loop; a lost update does no harm.
 */
final class Pace {
    /** A call that is sooner over than this is not worth a change of thread. */
    private static final long QUICK = 500_000;

    /** Until so many were measured it counts as slow: the first calls of a model are. */
    private static final int LEAST = 4;

    private volatile long average;
    private volatile int measured;

    boolean quick() {
        return measured >= LEAST && average < QUICK;
    }

    void took(long nanos) {
        int count = measured;
        if (count < LEAST) {
            measured = count + 1;
            average = nanos;
        } else {
            long before = average;
            average = before + (nanos - before) / 8;
        }
    }
}
