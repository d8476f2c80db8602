package dev.farol.runtime.serve;

import dev.farol.runtime.tensor.Excerpt;
import dev.farol.runtime.tensor.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a body asks for.
 *
 * @param inputs of the model
 * @param outputs those that are wanted; empty means all
 * @param form in which the answer is expected
 * @param id of a request of the Open Inference Protocol, which its answer repeats
 */
record Request(List<Tensor> inputs, List<String> outputs, Form form, @Nullable String id) {
    /** In which form a request came. */
    enum Form {
        /** Rows of named columns; the answer is rows too. */
        TABLE,
        /** Arrays; the answer is arrays by name. */
        TENSORS,
        /** The Open Inference Protocol's. */
        PROTOCOL
    }

    static Request of(List<Tensor> inputs, Form form) {
        return new Request(inputs, List.of(), form, null);
    }

    /** A body that is not what the model takes; the message is for the caller. */
    static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final int status;

        Refused(String message) {
            this(400, message);
        }

        Refused(int status, String message) {
            super(Excerpt.of(message), null, false, false);
            this.status = status;
        }

        int status() {
            return status;
        }
    }
}
