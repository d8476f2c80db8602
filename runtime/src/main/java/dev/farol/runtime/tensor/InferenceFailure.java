package dev.farol.runtime.tensor;

/**
 * Why an inference gave nothing.
 *
 * @param kind whose fault it is
 * @param message one sentence for the caller: the input, its value, and what was expected
 */
public record InferenceFailure(Kind kind, String message) {
    /** In Triton's words, and what they are about. */
    public static final InferenceFailure LATE =
            new InferenceFailure(
                    Kind.UNAVAILABLE,
                    "Request timeout expired: it waited longer than its parameter 'timeout'");

    public InferenceFailure {
        message = Excerpt.of(message);
    }

    /** Whose fault it is. */
    public enum Kind {
        /** The request does not fit the model: HTTP 400. */
        REQUEST,
        /** The engine failed on a request that fits: HTTP 424 at the gateway. */
        MODEL,
        /** The model is not there any more, not yet, or not in time: HTTP 503. */
        UNAVAILABLE
    }
}
