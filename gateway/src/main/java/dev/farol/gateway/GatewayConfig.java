package dev.farol.gateway;

import dev.farol.wire.Listen;
import dev.farol.wire.ProxyConfig;
import java.nio.file.Path;

/**
 * Settings of the gateway.
 *
 * @param host the address that it listens on
 * @param port 0 means any
 * @param tls whether and how callers speak TLS
 * @param retryPercent how many of 100 requests may go a second time, to another instance
 * @param minRetriesPerSecond what may go a second time however few requests there are
 * @param mirrorQueueSize copies that may be under way at once to one deployment, and 16 times as
 *     many to all; those beyond are lost, and counted
 * @param accessLog whether a line is written for each request, and where
 */
public record GatewayConfig(
        String host,
        int port,
        GatewayTls tls,
        ProxyConfig proxy,
        int retryPercent,
        int minRetriesPerSecond,
        int mirrorQueueSize,
        AccessLogConfig accessLog) {
    public static final GatewayConfig DEFAULTS =
            new GatewayConfig(
                    "127.0.0.1",
                    8080,
                    GatewayTls.DEFAULTS,
                    ProxyConfig.DEFAULTS,
                    10,
                    3,
                    64,
                    AccessLogConfig.DEFAULTS);

    public GatewayConfig withPort(int other) {
        return new GatewayConfig(
                host,
                other,
                tls,
                proxy,
                retryPercent,
                minRetriesPerSecond,
                mirrorQueueSize,
                accessLog);
    }

    /** With a certificate for a gateway that has none of its own. */
    public GatewayConfig withCertificate(Path certificate, Path key) {
        return new GatewayConfig(
                host,
                port,
                new GatewayTls(true, certificate, key),
                proxy,
                retryPercent,
                minRetriesPerSecond,
                mirrorQueueSize,
                accessLog);
    }

    /** With a file for an access log that has none of its own. */
    public GatewayConfig withAccessLogIn(Path file) {
        return withAccessLog(accessLog.orFile(file));
    }

    GatewayConfig withAccessLog(AccessLogConfig other) {
        return new GatewayConfig(
                host, port, tls, proxy, retryPercent, minRetriesPerSecond, mirrorQueueSize, other);
    }

    Listen listen() {
        if (tls.lacksCertificate()) {
            throw new IllegalArgumentException("tls is enabled without a certificate");
        }
        return new Listen(host, port, tls.files());
    }
}
