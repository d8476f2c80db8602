package dev.farol.wire;

import java.time.Duration;

/**
 * How a forwarded request ended.
 *
 * @param refused what the client was told when it ended {@link End#REFUSED}; else 0
 * @param requestBytes of the body, as far as it came
 * @param responseBytes of the body, as far as it was sent
 * @param total from the head of the request to the last byte of the answer
 * @param received from the head of the request to the last byte of its body; zero when that did not
 *     come
 * @param requestDelay by which its {@link Throttle} held the request's body back
 * @param responseDelay by which it held the answer's body back
 */
public record ProxyOutcome(
        End end,
        int refused,
        long requestBytes,
        long responseBytes,
        Duration total,
        Duration received,
        Duration requestDelay,
        Duration responseDelay) {
    /** Before anything moved. */
    public static final ProxyOutcome NOTHING =
            new ProxyOutcome(
                    End.ANSWERED,
                    0,
                    0,
                    0,
                    Duration.ZERO,
                    Duration.ZERO,
                    Duration.ZERO,
                    Duration.ZERO);

    /** The ways to end. */
    public enum End {
        /** The client got a whole answer, the target's or the policy's. */
        ANSWERED,
        /** The client went away, or sent what is not HTTP, before its answer was complete. */
        CLIENT_GONE,
        /** The client sent a body that is not HTTP, and was told so by the proxy. */
        REFUSED,
        /**
         * The answer ended in its middle: the target broke off or fell silent, or the body of the
         * request passed its limit meanwhile.
         */
        TRUNCATED
    }
}
