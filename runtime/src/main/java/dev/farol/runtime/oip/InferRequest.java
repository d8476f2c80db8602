package dev.farol.runtime.oip;

import dev.farol.runtime.tensor.Tensor;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A request to compute, whatever protocol it came by.
 *
 * @param id empty when the caller gave none
 * @param outputs those that are wanted; empty means all
 * @param binary whether an output is given as binary data unless it says otherwise
 * @param timeout how long it may wait before it is computed; zero for ever
 */
record InferRequest(
        String id, List<Tensor> inputs, List<Wanted> outputs, boolean binary, Duration timeout) {
    /**
     * An output that is wanted.
     *
     * @param classes the so many largest with their labels, instead of all; 0 for all
     */
    record Wanted(String name, int classes, boolean binary) {}

    /**
     * A timeout as the parameter tells it.
     *
     * @throws Refused when it is none
     */
    static Duration timeout(long microseconds) {
        if (microseconds < 0) {
            throw Refused.invalid(
                    "timeout is " + microseconds + " (expected: 0 or more, in microseconds)");
        }
        return Duration.ofNanos(TimeUnit.MICROSECONDS.toNanos(microseconds));
    }

    /** How an output is wanted. */
    Wanted wanted(String output) {
        for (Wanted each : outputs) {
            if (each.name().equals(output)) {
                return each;
            }
        }
        return new Wanted(output, 0, binary);
    }
}
