package dev.farol.wire.frame;

import dev.farol.wire.EventLoop;
import dev.farol.wire.FrameHandler;
import dev.farol.wire.FrameServer;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Accepts on a Unix domain socket, on the loop that the caller is on. */
public final class VertxFrameServer implements FrameServer {
    private static final Logger LOG = LoggerFactory.getLogger(VertxFrameServer.class);

    private final NetServer server;
    private final Path socket;

    private VertxFrameServer(NetServer server, Path socket) {
        this.server = server;
        this.socket = socket;
    }

    public static Future<FrameServer> start(
            Vertx vertx, EventLoop loop, Path socket, int maxFrame, FrameHandler handler) {
        if (!loop.inLoop()) {
            throw new IllegalStateException("Frames are served from the loop's own thread");
        }
        var server = vertx.createNetServer(new NetServerOptions());
        server.connectHandler(peer -> new VertxFrameConnection(peer, maxFrame, handler).begin());
        return server.listen(SocketAddress.domainSocketAddress(socket.toString()))
                .map(listening -> new VertxFrameServer(listening, socket));
    }

    @Override
    public void close() {
        server.close()
                .onComplete(
                        ignored -> {
                            try {
                                Files.deleteIfExists(socket);
                            } catch (IOException failure) {
                                LOG.warn("Cannot remove {}", socket, failure);
                            }
                        });
    }
}
