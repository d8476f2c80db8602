package dev.farol.wire.proxy;

import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import dev.farol.spec.Problem;
import dev.farol.wire.Listen;
import dev.farol.wire.ProxyConfig;
import dev.farol.wire.ProxyConnections;
import dev.farol.wire.ProxyPolicy;
import dev.farol.wire.ProxyServer;
import dev.farol.wire.Target;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.socket.DatagramChannel;
import io.netty.resolver.dns.DnsAddressResolverGroup;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** {@link ProxyServer} on Netty, with io_uring or epoll where they work. */
public final class NettyProxyServer implements ProxyServer {
    /** How long clients have to close their connections after their last answer. */
    private static final Duration LINGER = Duration.ofSeconds(1);

    /** How long connections that are cut off may take to be closed. */
    private static final Duration CLOSE = Duration.ofSeconds(2);

    private final MultiThreadIoEventLoopGroup group;
    private final DnsAddressResolverGroup names;
    private final Channel listener;
    private final Map<EventLoop, ProxyLoop> loops;
    private final AtomicInteger open;
    private final AtomicInteger lingering;
    private final Connections connections;
    private final Connections outward;

    private NettyProxyServer(
            MultiThreadIoEventLoopGroup group,
            DnsAddressResolverGroup names,
            Channel listener,
            Map<EventLoop, ProxyLoop> loops,
            AtomicInteger open,
            AtomicInteger lingering,
            Connections connections,
            Connections outward) {
        this.group = group;
        this.names = names;
        this.listener = listener;
        this.loops = loops;
        this.open = open;
        this.lingering = lingering;
        this.connections = connections;
        this.outward = outward;
    }

    /** See {@link ProxyServer#start}. */
    public static NettyProxyServer start(Listen listen, ProxyPolicy policy, ProxyConfig config) {
        ServerTls tls = listen.tls() == null ? null : new ServerTls(listen.tls());
        Transport transport = Transport.best(config.ioUring());
        var group =
                new MultiThreadIoEventLoopGroup(
                        config.eventLoops(),
                        new DefaultThreadFactory("farol-proxy", true),
                        transport.handlers());
        var open = new AtomicInteger();
        var lingering = new AtomicInteger();
        var connections = new Connections();
        var outward = new Connections();
        ChannelFactory<DatagramChannel> sockets = transport.datagrams();
        var names =
                new DnsAddressResolverGroup(
                        new DnsNameResolverBuilder()
                                .datagramChannelFactory(
                                        () -> outward.opened(sockets.newChannel())));
        var loops = new HashMap<EventLoop, ProxyLoop>();
        group.forEach(
                executor -> {
                    var loop = (EventLoop) executor;
                    var room = new BodyRoom();
                    var pool = new UpstreamPool(loop, transport, names, config, room, outward);
                    var carried = new ProxyLoop(loop, pool, policy, config, room, open, lingering);
                    carried.startSweeping();
                    loops.put(loop, carried);
                });
        if (tls != null) {
            tls.watch(loops.keySet().iterator().next());
        }
        ChannelFuture bound =
                new ServerBootstrap()
                        .group(group)
                        .channel(transport.server())
                        .option(ChannelOption.SO_BACKLOG, 1024)
                        .option(ChannelOption.SO_REUSEADDR, true)
                        .childOption(ChannelOption.TCP_NODELAY, true)
                        .childHandler(new ProxyPipeline(loops, tls, connections))
                        .bind(new InetSocketAddress(listen.host(), listen.port()))
                        .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            bound.channel().close().awaitUninterruptibly(CLOSE.toMillis());
            stop(group, names, connections, outward);
            throw new FarolException(
                    Problem.of(
                            ErrorCode.UNAVAILABLE,
                            "Cannot listen on %s:%d: %s"
                                    .formatted(
                                            listen.host(), listen.port(), message(bound.cause()))),
                    bound.cause());
        }
        return new NettyProxyServer(
                group, names, bound.channel(), loops, open, lingering, connections, outward);
    }

    private static String message(@Nullable Throwable cause) {
        return cause == null ? "unknown" : String.valueOf(cause.getMessage());
    }

    @Override
    public int port() {
        return ((InetSocketAddress) listener.localAddress()).getPort();
    }

    @Override
    public ProxyConnections connections() {
        return connections.now();
    }

    @Override
    public void settle() {
        loops.keySet().stream()
                .filter(loop -> !loop.isShuttingDown())
                .map(loop -> loop.submit(() -> {}))
                .toList()
                .forEach(Future::awaitUninterruptibly);
    }

    @Override
    public void forget(Target target) {
        onEachLoop(loop -> loop.pool().forget(target));
    }

    @Override
    public boolean drain(Duration limit) throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        listener.close().await();
        // On all loops, before the first connection closes on one.
        onEachLoop(ProxyLoop::announceEnd);
        settle();
        onEachLoop(ProxyLoop::drain);
        boolean complete = await(open, end);
        boolean _ = await(lingering, Math.min(end, System.nanoTime() + LINGER.toNanos()));
        close();
        return complete;
    }

    private static boolean await(AtomicInteger count, long end) throws InterruptedException {
        while (count.get() > 0 && System.nanoTime() < end) {
            TimeUnit.MILLISECONDS.sleep(5);
        }
        return count.get() == 0;
    }

    @Override
    public void close() {
        listener.close().awaitUninterruptibly();
        onEachLoop(ProxyLoop::close);
        // A connection that was accepted last is known only when its loop has come to it.
        settle();
        stop(group, names, connections, outward);
    }

    /**
     * What io_uring still reads or writes is taken back before its socket closes, and that needs
     * its loop: the loops end after the last socket.
     *
     * @param outward the connections to targets, and the resolver's sockets
     */
    private static void stop(
            MultiThreadIoEventLoopGroup group,
            DnsAddressResolverGroup names,
            Connections connections,
            Connections outward) {
        names.close();
        long end = System.nanoTime() + CLOSE.toNanos();
        while (connections.now().open() + outward.now().open() > 0 && System.nanoTime() < end) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    private void onEachLoop(java.util.function.Consumer<ProxyLoop> action) {
        loops.forEach(
                (executor, loop) -> {
                    if (!executor.isShuttingDown()) {
                        executor.execute(() -> action.accept(loop));
                    }
                });
    }
}
