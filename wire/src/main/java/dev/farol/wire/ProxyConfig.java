package dev.farol.wire;

import java.time.Duration;

/**
 * Settings of a {@link ProxyServer}.
 *
 * @param eventLoops threads that carry all traffic
 * @param bufferLimit in bytes: bodies up to this size go in one piece and can go again, larger ones
 *     are streamed
 * @param connectTimeout to a target
 * @param clientIdleTimeout closes a client's connection that carries nothing
 * @param targetIdleTimeout closes a kept connection to a target that carries nothing
 * @param bodyIdleTimeout the longest silence within a request that is still arriving
 * @param tunnelIdleTimeout the longest silence of both ends of a WebSocket
 * @param maxRequestLine in bytes
 * @param maxHeaders in bytes, of all headers together
 * @param maxHeaderCount headers of one request
 * @param ioUring whether the kernel's io_uring is used where it may be; else, or without, epoll
 */
public record ProxyConfig(
        int eventLoops,
        int bufferLimit,
        Duration connectTimeout,
        Duration clientIdleTimeout,
        Duration targetIdleTimeout,
        Duration bodyIdleTimeout,
        Duration tunnelIdleTimeout,
        int maxRequestLine,
        int maxHeaders,
        int maxHeaderCount,
        boolean ioUring) {
    public static final ProxyConfig DEFAULTS =
            new ProxyConfig(
                    2,
                    64 * 1024,
                    Duration.ofSeconds(2),
                    Duration.ofSeconds(75),
                    Duration.ofSeconds(30),
                    Duration.ofSeconds(60),
                    Duration.ofMinutes(10),
                    16 * 1024,
                    64 * 1024,
                    200,
                    true);

    public ProxyConfig {
        if (eventLoops < 1) {
            throw new IllegalArgumentException("eventLoops: " + eventLoops + " (expected: >= 1)");
        }
        if (bufferLimit < 0) {
            throw new IllegalArgumentException("bufferLimit: " + bufferLimit + " (expected: >= 0)");
        }
    }
}
