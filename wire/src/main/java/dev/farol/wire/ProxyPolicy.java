package dev.farol.wire;

/**
 * Decides about each request when its head has come. Called on the event loop that carries the
 * request: it must not block, and several loops call it at once.
 */
@FunctionalInterface
public interface ProxyPolicy {
    ProxyDecision decide(ProxyRequest request);
}
