package dev.farol.gateway;

import dev.farol.wire.Listen;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Whether callers speak TLS with the gateway, and with which certificate. The files are read again
 * when they change.
 *
 * @param enabled callers speak TLS, and nothing else
 * @param certificate PEM, the server's own certificate first; without one, whoever starts the
 *     gateway gives it
 * @param key PEM, PKCS#8 without a password
 */
public record GatewayTls(boolean enabled, @Nullable Path certificate, @Nullable Path key) {
    public static final GatewayTls DEFAULTS = new GatewayTls(false, null, null);

    public GatewayTls {
        if ((certificate == null) != (key == null)) {
            throw new IllegalArgumentException(
                    "certificate and key: only one is given (expected: both, or neither)");
        }
    }

    /** Whether a certificate is wanted and none is given. */
    public boolean lacksCertificate() {
        return enabled && certificate == null;
    }

    Listen.@Nullable Tls files() {
        return enabled && certificate != null && key != null
                ? new Listen.Tls(certificate, key)
                : null;
    }
}
