package dev.farol.wire;

/** Why there is no answer of a target. */
public enum ProxyFailure {
    /** No connection could be opened: the request reached nobody. */
    CONNECT,
    /** The connection broke before the answer began: the request may have run. */
    LOST,
    /** The answer did not begin in time. */
    TIMEOUT,
    /**
     * More of the body came than {@link ProxyForward#bodyLimit}; the target has part of it at most.
     */
    TOO_LARGE
}
