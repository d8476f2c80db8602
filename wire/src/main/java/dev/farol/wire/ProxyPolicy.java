package dev.farol.wire;

/**
 * Decides about each request when its head has come. Called on the event loop that carries the
 * request: it must not block, and several loops call it at once.
 */
@FunctionalInterface
public interface ProxyPolicy {
    ProxyDecision decide(ProxyRequest request);

    /** A request that the proxy answered by itself: it is no well-formed one, and never decided. */
    default void refused(ProxyRefusal refusal) {}
}
