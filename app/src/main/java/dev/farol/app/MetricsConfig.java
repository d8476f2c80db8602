package dev.farol.app;

import dev.farol.kit.config.Secret;
import org.jspecify.annotations.Nullable;

/**
 * Settings of the page that Prometheus reads.
 *
 * @param host the address that it listens on; one that other machines reach wants a token
 * @param port 0 means any
 * @param token what readers say in {@code Authorization: Bearer}; nothing when there is none
 */
record MetricsConfig(boolean enabled, String host, int port, @Nullable Secret token) {
    static final MetricsConfig DEFAULTS = new MetricsConfig(true, "127.0.0.1", 9464, null);
}
