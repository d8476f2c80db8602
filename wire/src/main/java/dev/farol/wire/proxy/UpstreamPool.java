package dev.farol.wire.proxy;

import dev.farol.wire.ProxyConfig;
import dev.farol.wire.Target;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.uring.IoUringSocketChannel;
import io.netty.resolver.AddressResolverGroup;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one event loop to all targets. The one used last is used first, so that a
 * burst's extra connections grow old and are closed. Those that speak HTTP/2 carry as many requests
 * at once as their target allows.
 */
final class UpstreamPool {
    /** The connections to one target: idle ones, and those that carry many requests. */
    static final class Slot {
        private final Target target;
        private final String authority;
        private final ArrayDeque<Upstream> idle = new ArrayDeque<>();
        private final List<Http2Connection> shared = new ArrayList<>();
        private boolean listed = true;
        private boolean forgotten;

        Slot(Target target) {
            this.target = target;
            this.authority = target.authority();
        }

        Target target() {
            return target;
        }

        /** The form of a Host header. */
        String authority() {
            return authority;
        }

        /** Nothing is kept in it any more. */
        private boolean unlistWhenEmpty() {
            listed = !(idle.isEmpty() && shared.isEmpty());
            return !listed;
        }
    }

    /** Servers close what is idle for seconds; within this time, only when they end. */
    private static final long LIVE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final int ESTABLISHED = 1;

    private final ProxyConfig config;
    private final BodyRoom room;
    private final Connections connections;
    private final Bootstrap literal;
    private final Bootstrap named;
    private final Map<Target, Slot> slots = new HashMap<>();
    private final HeadWriter heads = new HeadWriter();
    private final LoopClock clock = new LoopClock();

    UpstreamPool(
            EventLoop loop,
            Transport transport,
            AddressResolverGroup<InetSocketAddress> names,
            ProxyConfig config,
            BodyRoom room,
            Connections connections) {
        this.config = config;
        this.room = room;
        this.connections = connections;
        var common =
                new Bootstrap()
                        .group(loop)
                        .channel(transport.client())
                        .option(ChannelOption.TCP_NODELAY, true)
                        .option(
                                ChannelOption.CONNECT_TIMEOUT_MILLIS,
                                Math.toIntExact(config.connectTimeout().toMillis()));
        this.literal = common.clone().disableResolver();
        this.named = common.resolver(names);
    }

    /** Gives {@code user} a kept connection, or opens one. */
    void acquire(Target target, Kept wanted, UpstreamUser user) {
        Slot slot = slots.computeIfAbsent(target, Slot::new);
        if (target.protocol() == Target.Protocol.HTTP_2) {
            shared(slot).open(new Http2Connection.Wanted(user, stream(slot, user)));
            return;
        }
        Upstream kept;
        while ((kept = slot.idle.peekLast()) != null && allows(wanted, kept)) {
            slot.idle.pollLast();
            if (wanted == Kept.LIVE ? isEstablished(kept.channel()) : kept.channel().isActive()) {
                kept.use(user);
                user.connected(kept);
                return;
            }
        }
        connect(slot, user);
    }

    private boolean allows(Kept wanted, Upstream kept) {
        return switch (wanted) {
            case ANY -> true;
            case LIVE -> clock.recently() - kept.idleSince() < LIVE_NANOS;
            case NONE -> false;
        };
    }

    /** Asks the kernel: the end of a connection may be there and not read yet. */
    private static boolean isEstablished(Channel connection) {
        if (!connection.isActive()) {
            return false;
        }
        try {
            return switch (connection) {
                case IoUringSocketChannel socket -> socket.tcpInfo().state() == ESTABLISHED;
                case EpollSocketChannel socket -> socket.tcpInfo().state() == ESTABLISHED;
                default -> true;
            };
        } catch (ChannelException closed) {
            return false;
        }
    }

    private void connect(Slot slot, UpstreamUser user) {
        ChannelFuture future =
                dial(
                        slot.target,
                        new ChannelInitializer<>() {
                            @Override
                            protected void initChannel(Channel channel) {
                                room.assign(channel);
                                var answers = new AnswerDecoder();
                                channel.pipeline()
                                        .addLast(answers, new RequestEncoder(answers, heads));
                            }
                        });
        future.addListener(
                (ChannelFutureListener)
                        done -> {
                            if (!done.isSuccess()) {
                                user.connectFailed();
                                return;
                            }
                            var upstream =
                                    new Upstream(
                                            this,
                                            slot,
                                            done.channel(),
                                            done.channel().pipeline().get(RequestEncoder.class));
                            upstream.channel().pipeline().addLast(upstream);
                            upstream.use(user);
                            user.connected(upstream);
                        });
    }

    private ChannelFuture dial(Target target, ChannelInitializer<Channel> pipeline) {
        InetSocketAddress address = literalAddress(target);
        Bootstrap bootstrap = (address == null ? named : literal).clone().handler(pipeline);
        ChannelFuture dialled =
                address == null
                        ? bootstrap.connect(target.host(), target.port())
                        : bootstrap.connect(address);
        connections.opened(dialled.channel());
        return dialled;
    }

    /** A connection of HTTP/2 with room for one more request. */
    private Http2Connection shared(Slot slot) {
        for (Http2Connection each : slot.shared) {
            if (each.hasRoom()) {
                return each;
            }
        }
        var made = new Http2Connection();
        slot.shared.add(made);
        ChannelFuture dialled = dial(slot.target, made.pipeline());
        dialled.channel().closeFuture().addListener(closed -> slot.shared.remove(made));
        dialled.addListener((ChannelFutureListener) done -> made.dialled(done));
        return made;
    }

    private ChannelInitializer<Channel> stream(Slot slot, UpstreamUser user) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                var upstream = new Upstream(UpstreamPool.this, slot, channel, null);
                upstream.use(user);
                channel.pipeline().addLast(new StreamCodec(false), upstream);
            }
        };
    }

    /** The address of a host that is written as numbers; null for a name, which needs a look-up. */
    private static @Nullable InetSocketAddress literalAddress(Target target) {
        byte[] bytes = NetUtil.createByteArrayFromIpAddressString(target.host());
        if (bytes == null) {
            return null;
        }
        try {
            return new InetSocketAddress(InetAddress.getByAddress(bytes), target.port());
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Takes back a connection whose request and answer are complete. */
    void release(Upstream upstream) {
        if (upstream.slot().forgotten || !upstream.channel().isActive()) {
            upstream.abandon();
            return;
        }
        upstream.idle(clock.recently());
        Slot slot = upstream.slot();
        if (!slot.listed) {
            slot = slots.computeIfAbsent(slot.target, Slot::new);
        }
        slot.idle.addLast(upstream);
    }

    void closed(Upstream upstream) {
        Slot slot = slots.get(upstream.target());
        if (slot != null) {
            slot.idle.remove(upstream);
        }
    }

    void forget(Target target) {
        forgetSpoken(target.spoken(false));
        forgetSpoken(target.spoken(true));
    }

    private void forgetSpoken(Target target) {
        Slot slot = slots.remove(target);
        if (slot != null) {
            slot.forgotten = true;
            closeAll(slot);
        }
    }

    /** Closes what was idle for too long. */
    void sweep(long now) {
        long limit = config.targetIdleTimeout().toNanos();
        slots.values()
                .removeIf(
                        slot -> {
                            Upstream oldest;
                            while ((oldest = slot.idle.peekFirst()) != null
                                    && now - oldest.idleSince() > limit) {
                                slot.idle.pollFirst();
                                oldest.abandon();
                            }
                            List.copyOf(slot.shared).forEach(each -> each.sweep(now, limit));
                            return slot.unlistWhenEmpty();
                        });
    }

    /** The time of the loop. */
    LoopClock clock() {
        return clock;
    }

    /** Puts heads together for all connections of the loop. */
    HeadWriter heads() {
        return heads;
    }

    void close() {
        heads.close();
        slots.values().forEach(UpstreamPool::closeAll);
        slots.clear();
    }

    private static void closeAll(Slot slot) {
        Upstream idle;
        while ((idle = slot.idle.pollFirst()) != null) {
            idle.abandon();
        }
        List.copyOf(slot.shared).forEach(Http2Connection::retire);
    }
}
