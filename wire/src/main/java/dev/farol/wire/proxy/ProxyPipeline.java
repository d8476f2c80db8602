package dev.farol.wire.proxy;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ApplicationProtocolNegotiationHandler;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import java.util.Map;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import org.jspecify.annotations.Nullable;

/** Sets up each accepted connection for the protocol that its client speaks. */
@SuppressWarnings("FutureReturnValueIgnored") // a write that fails closes its connection
final class ProxyPipeline extends ChannelInitializer<Channel> {
    private static final int MAX_STREAMS = 1000;
    private static final int STREAM_WINDOW = 256 * 1024;

    private final Map<EventLoop, ProxyLoop> loops;
    private final @Nullable ServerTls tls;
    private final Connections connections;

    ProxyPipeline(
            Map<EventLoop, ProxyLoop> loops, @Nullable ServerTls tls, Connections connections) {
        this.loops = Map.copyOf(loops);
        this.tls = tls;
        this.connections = connections;
    }

    @Override
    protected void initChannel(Channel channel) {
        connections.opened(channel);
        loop(channel).accepted(channel);
        ServerTls secure = tls;
        if (secure == null) {
            channel.pipeline().addLast(new PrefaceDetector(this));
        } else {
            channel.pipeline()
                    .addLast(secure.context().newHandler(channel.alloc()), new ByAlpn(this));
        }
    }

    /**
     * @param serverName null without TLS; empty when the client named none
     */
    void http1(ChannelPipeline pipeline, @Nullable String serverName) {
        ProxyLoop loop = loop(pipeline.channel());
        loop.spoke(pipeline.channel());
        var encoder = new AnswerEncoder(loop.heads());
        pipeline.addLast(new RequestDecoder(loop.config()), encoder);
        pipeline.addLast(new Front(loop, encoder, serverName));
    }

    /** See {@link #http1}. */
    void http2(ChannelPipeline pipeline, @Nullable String serverName) {
        ProxyLoop loop = loop(pipeline.channel());
        loop.spoke(pipeline.channel());
        loop.multiplexed(pipeline.channel());
        pipeline.addLast(
                Http2FrameCodecBuilder.forServer()
                        .initialSettings(
                                Http2Settings.defaultSettings()
                                        .maxConcurrentStreams(MAX_STREAMS)
                                        .initialWindowSize(STREAM_WINDOW)
                                        .maxHeaderListSize(loop.config().maxHeaders()))
                        .build(),
                new ConnectionWindow(),
                new Http2MultiplexHandler(
                        new ChannelInitializer<Channel>() {
                            @Override
                            protected void initChannel(Channel stream) {
                                stream.pipeline()
                                        .addLast(
                                                new StreamCodec(true),
                                                new Front(loop, null, serverName));
                            }
                        }),
                new IdleStateHandler(
                        0, 0, Math.toIntExact(loop.config().clientIdleTimeout().toSeconds())),
                new CloseWhenIdle());
    }

    private ProxyLoop loop(Channel channel) {
        ProxyLoop loop = loops.get(channel.eventLoop());
        if (loop == null) {
            throw new IllegalStateException("a connection on a loop of somebody else");
        }
        return loop;
    }

    /** Configures the connection once the TLS handshake has named the protocol. */
    private static final class ByAlpn extends ApplicationProtocolNegotiationHandler {
        private final ProxyPipeline owner;

        ByAlpn(ProxyPipeline owner) {
            super(ApplicationProtocolNames.HTTP_1_1);
            this.owner = owner;
        }

        @Override
        protected void configurePipeline(ChannelHandlerContext context, String protocol) {
            if (ApplicationProtocolNames.HTTP_2.equals(protocol)) {
                owner.http2(context.pipeline(), serverName(context));
            } else {
                owner.http1(context.pipeline(), serverName(context));
            }
        }

        private static String serverName(ChannelHandlerContext context) {
            SslHandler tls = context.pipeline().get(SslHandler.class);
            if (tls.engine().getSession() instanceof ExtendedSSLSession session) {
                for (SNIServerName name : session.getRequestedServerNames()) {
                    if (name instanceof SNIHostName host) {
                        return host.getAsciiName();
                    }
                }
            }
            return "";
        }

        /** A client that does not trust the certificate, or speaks no TLS, is not our fault. */
        @Override
        protected void handshakeFailure(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }

        /** Nor one that breaks off: whoever connects could fill the log. */
        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }

    /** Says goodbye to a connection without traffic; streams that still run end first. */
    private static final class CloseWhenIdle extends ChannelInboundHandlerAdapter {
        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event)
                throws Exception {
            if (event instanceof IdleStateEvent) {
                context.close();
            } else {
                super.userEventTriggered(context, event);
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }
}
