package dev.farol.wire;

import dev.farol.wire.api.VertxApiServer;
import java.time.Duration;

/**
 * A server whose handlers block: HTTP/1.1, and HTTP/2 by ALPN with TLS. Bodies stream with
 * back-pressure both ways; a client that waits for {@code 100 Continue} gets it when the handler
 * first reads.
 */
public interface ApiServer extends AutoCloseable {
    /**
     * Listens when it returns.
     *
     * @throws dev.farol.spec.FarolException when the address cannot be bound or the certificate not
     *     read
     */
    static ApiServer start(Listen listen, ApiHandler handler, ApiServerConfig config) {
        return VertxApiServer.start(listen, handler, config);
    }

    static ApiServer start(Listen listen, ApiHandler handler) {
        return start(listen, handler, ApiServerConfig.DEFAULTS);
    }

    /** The port that is listened on. */
    int port();

    /**
     * Stops accepting, lets running requests end, then closes.
     *
     * @return whether all of them ended in time
     */
    boolean drain(Duration limit) throws InterruptedException;

    @Override
    void close();
}
