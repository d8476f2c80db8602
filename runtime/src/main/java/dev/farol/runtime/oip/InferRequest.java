package dev.farol.runtime.oip;

import dev.farol.runtime.tensor.Tensor;
import java.util.List;

/**
 * A request to compute, whatever protocol it came by.
 *
 * @param id empty when the caller gave none
 * @param outputs those that are wanted; empty means all
 * @param binary whether an output is given as binary data unless it says otherwise
 */
record InferRequest(String id, List<Tensor> inputs, List<Wanted> outputs, boolean binary) {
    /**
     * An output that is wanted.
     *
     * @param classes the so many largest with their labels, instead of all; 0 for all
     */
    record Wanted(String name, int classes, boolean binary) {}

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
