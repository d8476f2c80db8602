package dev.farol.wire;

/**
 * A request that was refused before anyone looked at it.
 *
 * @param status what the client was told
 * @param method as it came; empty when not even that could be read
 * @param path without the query; empty when it could not be read
 * @param protocol see {@link ProxyRequest#protocol}
 * @param responseBytes of the body of the answer
 */
public record ProxyRefusal(
        int status, String method, String path, String protocol, long responseBytes) {}
