package dev.farol.wire.proxy;

import dev.farol.wire.ProxyConnections;
import io.netty.channel.Channel;
import java.util.concurrent.atomic.LongAdder;

/** Counts connections: those of clients, or those that this server opened itself. */
@SuppressWarnings("FutureReturnValueIgnored") // the listener is all that is wanted
final class Connections {
    private final LongAdder opened = new LongAdder();
    private final LongAdder closed = new LongAdder();

    <C extends Channel> C opened(C connection) {
        opened.increment();
        connection.closeFuture().addListener(ended -> closed.increment());
        return connection;
    }

    ProxyConnections now() {
        // In this order, one that is accepted and closed in between is not less than none open.
        long ended = closed.sum();
        long all = opened.sum();
        return new ProxyConnections(all, all - ended);
    }
}
