package dev.farol.wire;

import dev.farol.wire.proxy.NettyProxyServer;
import java.time.Duration;

/**
 * A reverse proxy on event loops: HTTP/1.1 and HTTP/2 in (by ALPN with TLS, by prior knowledge
 * without), HTTP/1.1 out, bodies untouched and streamed with back-pressure both ways.
 */
public interface ProxyServer extends AutoCloseable {
    /**
     * Listens when it returns.
     *
     * @throws dev.farol.spec.FarolException when the address cannot be bound or the certificate not
     *     read
     */
    static ProxyServer start(Listen listen, ProxyPolicy policy, ProxyConfig config) {
        return NettyProxyServer.start(listen, policy, config);
    }

    /** The port that is listened on. */
    int port();

    /** The connections of clients; one of HTTP/2 is one, however many requests it carries. */
    ProxyConnections connections();

    /**
     * Returns when every decision of the policy that had begun is made: what it saw before this
     * call, it sees no more. Not to be called on an event loop.
     */
    void settle();

    /** Closes the idle connections to a target that is no longer used; busy ones end first. */
    void forget(Target target);

    /**
     * Stops accepting, lets running requests end, then closes what is left.
     *
     * @return whether all of them ended in time
     */
    boolean drain(Duration limit) throws InterruptedException;

    @Override
    void close();
}
