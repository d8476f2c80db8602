package dev.farol.wire;

/**
 * The connections of clients.
 *
 * @param accepted since the start
 * @param open now
 */
public record ProxyConnections(long accepted, long open) {}
