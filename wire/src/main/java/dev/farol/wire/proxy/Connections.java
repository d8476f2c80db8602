package dev.farol.wire.proxy;

import dev.farol.wire.ProxyConnections;
import io.netty.channel.Channel;
import java.util.concurrent.atomic.LongAdder;

/** Counts the connections of clients. */
@SuppressWarnings("FutureReturnValueIgnored") // the listener is all that is wanted
final class Connections {
    private final LongAdder accepted = new LongAdder();
    private final LongAdder closed = new LongAdder();

    void accepted(Channel connection) {
        accepted.increment();
        connection.closeFuture().addListener(ended -> closed.increment());
    }

    ProxyConnections now() {
        // In this order, one that is accepted and closed in between is not less than none open.
        long ended = closed.sum();
        long all = accepted.sum();
        return new ProxyConnections(all, all - ended);
    }
}
