package dev.farol.app;

import dev.farol.backend.BackendConfig;
import dev.farol.control.ControlConfig;
import dev.farol.control.ReconcileConfig;
import dev.farol.environment.EnvironmentConfig;
import dev.farol.gateway.GatewayConfig;
import dev.farol.store.ObjectsConfig;

/**
 * Every setting of a server, as in {@code farol.yaml}.
 *
 * @param host the address that the control plane listens on
 * @param port of the control plane; 0 means any
 */
record ServerConfig(
        String host,
        int port,
        ControlConfig control,
        ReconcileConfig reconcile,
        ObjectsConfig store,
        GatewayConfig gateway,
        MetricsConfig metrics,
        BackendConfig backend,
        EnvironmentConfig environment) {
    static final ServerConfig DEFAULTS =
            new ServerConfig(
                    "127.0.0.1",
                    8443,
                    ControlConfig.DEFAULTS,
                    ReconcileConfig.DEFAULTS,
                    ObjectsConfig.DEFAULTS,
                    GatewayConfig.DEFAULTS,
                    MetricsConfig.DEFAULTS,
                    BackendConfig.DEFAULTS,
                    EnvironmentConfig.DEFAULTS);
}
