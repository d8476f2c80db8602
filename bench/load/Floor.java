import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * What a proxy on Netty costs before it is one of anything: {@code relay} passes bytes from each
 * client's connection to one of its own and back, {@code http} reads and writes messages with
 * Netty's codecs and keeps connections, with no check, no route and no header of its own.
 */
final class Floor {
    private static int upstream;
    private static final ArrayDeque<Channel> idle = new ArrayDeque<>();

    /** Arguments: {@code relay} or {@code http}, and the upstream's port; prints its own. */
    public static void main(String[] args) throws Exception {
        boolean relay = args[0].equals("relay");
        upstream = Integer.parseInt(args[1]);
        var group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        Channel listener =
                new ServerBootstrap()
                        .group(group)
                        .channel(EpollServerSocketChannel.class)
                        .option(ChannelOption.SO_BACKLOG, 1024)
                        .childOption(ChannelOption.TCP_NODELAY, true)
                        .childHandler(
                                new ChannelInitializer<>() {
                                    @Override
                                    protected void initChannel(Channel channel) {
                                        if (relay) {
                                            channel.pipeline().addLast(new Relay());
                                        } else {
                                            channel.pipeline()
                                                    .addLast(
                                                            new HttpServerCodec(),
                                                            new HttpObjectAggregator(1 << 21),
                                                            new Front());
                                        }
                                    }
                                })
                        .bind("127.0.0.1", 0)
                        .sync()
                        .channel();
        System.out.println(((InetSocketAddress) listener.localAddress()).getPort());
        while (System.in.read() >= 0) {}
        group.shutdownGracefully(0, 1, java.util.concurrent.TimeUnit.SECONDS).sync();
    }

    private static Bootstrap dialler(EventLoop loop) {
        return new Bootstrap()
                .group(loop)
                .channel(EpollSocketChannel.class)
                .option(ChannelOption.TCP_NODELAY, true)
                .disableResolver();
    }

    /** One side of a pair; bytes go to the other. */
    private static final class Relay extends ChannelInboundHandlerAdapter {
        private Channel other;
        private final List<Object> early = new ArrayList<>();

        @Override
        public void channelActive(ChannelHandlerContext context) {
            if (other != null) {
                return;
            }
            var back = new Relay();
            back.other = context.channel();
            dialler(context.channel().eventLoop())
                    .handler(back)
                    .connect(new InetSocketAddress("127.0.0.1", upstream))
                    .addListener(
                            (ChannelFutureListener)
                                    done -> {
                                        other = done.channel();
                                        early.forEach(other::write);
                                        early.clear();
                                        other.flush();
                                    });
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            if (other == null) {
                early.add(message);
            } else {
                other.write(message);
            }
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            if (other != null) {
                other.flush();
            }
        }

        /** A caller that breaks off is seen as its connection's end. */
        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            if (other != null) {
                other.writeAndFlush(Unpooled.EMPTY_BUFFER)
                        .addListener(ChannelFutureListener.CLOSE);
            }
        }
    }

    private static final class Front extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            Channel kept;
            while ((kept = idle.pollLast()) != null) {
                if (kept.isActive()) {
                    send(kept, context, message);
                    return;
                }
            }
            dialler(context.channel().eventLoop())
                    .handler(
                            new ChannelInitializer<>() {
                                @Override
                                protected void initChannel(Channel channel) {
                                    channel.pipeline()
                                            .addLast(
                                                    new HttpClientCodec(),
                                                    new HttpObjectAggregator(1 << 21),
                                                    new Back());
                                }
                            })
                    .connect(new InetSocketAddress("127.0.0.1", upstream))
                    .addListener(
                            (ChannelFutureListener) done -> send(done.channel(), context, message));
        }

        private static void send(Channel to, ChannelHandlerContext from, Object message) {
            to.pipeline().get(Back.class).client = from;
            to.writeAndFlush((FullHttpRequest) message);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }

    private static final class Back extends ChannelInboundHandlerAdapter {
        private ChannelHandlerContext client;

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            client.writeAndFlush(message);
            idle.addLast(context.channel());
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }
}
