package dev.farol.wire.proxy;

import dev.farol.wire.ProxyConfig;
import dev.farol.wire.ProxyPolicy;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http2.DefaultHttp2GoAwayFrame;
import io.netty.handler.codec.http2.Http2Error;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** What the connections of one event loop share. Used on that loop only. */
@SuppressWarnings("FutureReturnValueIgnored") // a write that fails closes its connection
final class ProxyLoop {
    private final EventLoop executor;
    private final UpstreamPool pool;
    private final ProxyPolicy policy;
    private final ProxyConfig config;
    private final BodyRoom room;
    private final AtomicInteger open;
    private final AtomicInteger lingering;
    private final Set<Front> fronts = new HashSet<>();
    private final Set<Mirroring> mirrorings = new HashSet<>();
    private final Set<Channel> multiplexed = new HashSet<>();
    private final Map<Channel, Long> silent = new HashMap<>();
    private boolean draining;

    /**
     * @param open counts the connections and streams of all loops
     * @param lingering counts their connections that carry streams
     */
    ProxyLoop(
            EventLoop executor,
            UpstreamPool pool,
            ProxyPolicy policy,
            ProxyConfig config,
            BodyRoom room,
            AtomicInteger open,
            AtomicInteger lingering) {
        this.executor = executor;
        this.pool = pool;
        this.policy = policy;
        this.config = config;
        this.room = room;
        this.open = open;
        this.lingering = lingering;
    }

    void startSweeping() {
        var sweeping = executor.scheduleWithFixedDelay(this::sweep, 1, 1, TimeUnit.SECONDS);
        executor.terminationFuture().addListener(ended -> sweeping.cancel(false));
    }

    EventLoop executor() {
        return executor;
    }

    UpstreamPool pool() {
        return pool;
    }

    /** Puts heads together for all connections of the loop. */
    HeadWriter heads() {
        return pool.heads();
    }

    ProxyPolicy policy() {
        return policy;
    }

    ProxyConfig config() {
        return config;
    }

    /** See {@link LoopClock#now}. */
    long now() {
        return pool.clock().now();
    }

    /** See {@link LoopClock#look}. */
    void lookAtTheClock() {
        pool.clock().look();
    }

    /** See {@link LoopClock#recently}. */
    long recently() {
        return pool.clock().recently();
    }

    boolean draining() {
        return draining;
    }

    void opened(Front front) {
        fronts.add(front);
        room.opened();
        open.incrementAndGet();
    }

    void closed(Front front) {
        if (fronts.remove(front)) {
            room.closed();
            open.decrementAndGet();
        }
    }

    void began(Mirroring mirroring) {
        mirrorings.add(mirroring);
    }

    void ended(Mirroring mirroring) {
        mirrorings.remove(mirroring);
    }

    /** A connection whose protocol is not known yet. */
    void accepted(Channel connection) {
        if (draining) {
            connection.close();
            return;
        }
        room.assign(connection);
        silent.put(connection, now());
        connection.closeFuture().addListener(closed -> silent.remove(connection));
    }

    /** It has said what it speaks. */
    void spoke(Channel connection) {
        silent.remove(connection);
    }

    /** A connection that carries many streams, each a {@link Front} of its own. */
    void multiplexed(Channel connection) {
        multiplexed.add(connection);
        lingering.incrementAndGet();
        connection
                .closeFuture()
                .addListener(
                        closed -> {
                            multiplexed.remove(connection);
                            lingering.decrementAndGet();
                        });
    }

    /** From now on answers say that their connection ends. */
    void announceEnd() {
        draining = true;
    }

    /**
     * Idle connections close now, busy ones after their answer. Those with streams are left to
     * their clients to close: closed from here with something of theirs unread, they would lose the
     * last answers on the way.
     */
    void drain() {
        List.copyOf(silent.keySet()).forEach(Channel::close);
        List.copyOf(fronts).forEach(Front::drain);
        List.copyOf(multiplexed)
                .forEach(
                        connection ->
                                connection.writeAndFlush(
                                        new DefaultHttp2GoAwayFrame(Http2Error.NO_ERROR)));
    }

    void close() {
        draining = true;
        List.copyOf(silent.keySet()).forEach(Channel::close);
        List.copyOf(fronts).forEach(Front::abort);
        List.copyOf(mirrorings).forEach(Mirroring::cut);
        List.copyOf(multiplexed).forEach(Channel::close);
        pool.close();
    }

    private void sweep() {
        long now = now();
        pool.sweep(now);
        long limit = config.clientIdleTimeout().toNanos();
        silent.entrySet().stream()
                .filter(connection -> now - connection.getValue() > limit)
                .map(Map.Entry::getKey)
                .toList()
                .forEach(Channel::close);
        List.copyOf(fronts).forEach(front -> front.sweep(now));
    }
}
