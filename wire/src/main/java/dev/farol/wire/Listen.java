package dev.farol.wire;

import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where a server listens.
 *
 * @param port 0 means any free port
 * @param tls null means plain HTTP
 */
public record Listen(String host, int port, @Nullable Tls tls) {
    private static final int LAST_PORT = 65_535;

    /**
     * @throws FarolException {@code INVALID_ARGUMENT} for what is no port
     */
    public Listen {
        if (port < 0 || port > LAST_PORT) {
            throw new FarolException(
                    ErrorCode.INVALID_ARGUMENT,
                    "port",
                    "The port is " + port + " (expected: 0 to " + LAST_PORT + ")");
        }
    }

    /**
     * PEM files: the chain, leaf first, and the PKCS#8 key. The proxy reads them again on change.
     */
    public record Tls(Path chain, Path key) {}
}
