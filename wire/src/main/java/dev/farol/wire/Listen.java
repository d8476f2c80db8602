package dev.farol.wire;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where a server listens.
 *
 * @param port 0 means any free port
 * @param tls null means plain HTTP
 */
public record Listen(String host, int port, @Nullable Tls tls) {
    /** PEM files: the chain, leaf first, and the PKCS#8 key. */
    public record Tls(Path chain, Path key) {}
}
