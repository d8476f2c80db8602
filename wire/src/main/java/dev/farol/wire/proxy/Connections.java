package dev.farol.wire.proxy;

import dev.farol.wire.ProxyConnections;
import io.netty.channel.Channel;
import java.util.concurrent.atomic.LongAdder;

/** Counts connections: those of clients, or those to targets. */
@SuppressWarnings("FutureReturnValueIgnored") // the listener is all that is wanted
final class Connections {
    private final LongAdder opened = new LongAdder();
    private final LongAdder closed = new LongAdder();

    void opened(Channel connection) {
        opened.increment();
        connection.closeFuture().addListener(ended -> closed.increment());
    }

    ProxyConnections now() {
        // In this order, one that is accepted and closed in between is not less than none open.
        long ended = closed.sum();
        long all = opened.sum();
        return new ProxyConnections(all, all - ended);
    }
}
