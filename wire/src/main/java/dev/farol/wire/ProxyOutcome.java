package dev.farol.wire;

import java.time.Duration;

/**
 * How a forwarded request ended.
 *
 * @param requestBytes of the body, as far as it came
 * @param responseBytes of the body, as far as it was sent
 * @param total from the head of the request to the last byte of the answer
 */
public record ProxyOutcome(End end, long requestBytes, long responseBytes, Duration total) {
    /** The ways to end. */
    public enum End {
        /** The client got a whole answer, the target's or the policy's. */
        ANSWERED,
        /** The client went away, or sent what is not HTTP, before its answer was complete. */
        CLIENT_GONE,
        /**
         * The answer ended in its middle: the target broke off or fell silent, or the body of the
         * request passed its limit meanwhile.
         */
        TRUNCATED
    }
}
