package dev.farol.wire;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** An HTTP server of an instance. */
public interface FaceServer extends AutoCloseable {
    int port();

    /**
     * From now on every answer says {@code Connection: close}. As soon as no request came for a
     * moment, and a second later at the latest, nothing more is accepted and idle connections are
     * closed; running requests still get their answers.
     *
     * @param limit after which running exchanges are cut off
     * @return completes when the last connection is closed
     */
    CompletableFuture<Void> drain(Duration limit);

    /** Cuts everything off. Returns at once. */
    @Override
    void close();
}
