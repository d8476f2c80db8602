package dev.farol.gateway;

import dev.farol.wire.Listen;
import dev.farol.wire.ProxyConfig;

/**
 * Settings of the gateway.
 *
 * @param host the address that it listens on
 * @param port 0 means any
 * @param retryPercent how many of 100 requests may go a second time, to another instance
 * @param minRetriesPerSecond what may go a second time however few requests there are
 * @param mirrorQueueSize copies that may be under way at once, of all endpoints; those beyond are
 *     lost, and counted
 */
public record GatewayConfig(
        String host,
        int port,
        ProxyConfig proxy,
        int retryPercent,
        int minRetriesPerSecond,
        int mirrorQueueSize) {
    public static final GatewayConfig DEFAULTS =
            new GatewayConfig("127.0.0.1", 8080, ProxyConfig.DEFAULTS, 10, 3, 64);

    public GatewayConfig withPort(int other) {
        return new GatewayConfig(
                host, other, proxy, retryPercent, minRetriesPerSecond, mirrorQueueSize);
    }

    Listen listen() {
        return new Listen(host, port, null);
    }
}
