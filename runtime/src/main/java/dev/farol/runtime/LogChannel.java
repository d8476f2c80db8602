package dev.farol.runtime;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Unix domain socket that one process connects to as its stdout and stderr; what comes over it
 * goes to the console log, to the last byte.
 */
public final class LogChannel implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LogChannel.class);

    private final Path socket;
    private final ServerSocketChannel server;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private volatile boolean connected;

    private LogChannel(Path socket, ServerSocketChannel server) {
        this.socket = socket;
        this.server = server;
    }

    public static LogChannel open(Path socket, ConsoleLog console) throws IOException {
        Files.deleteIfExists(socket);
        var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(socket), 1);
        var channel = new LogChannel(socket, server);
        Thread.ofVirtual().name("log-" + socket.getFileName()).start(() -> channel.pump(console));
        return channel;
    }

    private void pump(ConsoleLog console) {
        try (var peer = server.accept()) {
            connected = true;
            closeServer();
            console.copy(Channels.newInputStream(peer));
        } catch (ClosedChannelException closed) {
            LOG.debug("Nobody connected to {}", socket, closed);
        } catch (IOException failure) {
            LOG.warn("The output of a worker is lost", failure);
        } finally {
            closeServer();
            ended.complete(null);
        }
    }

    public Path socket() {
        return socket;
    }

    /**
     * For after the process's end: waits until its last byte is in the log. A child of the process
     * may hold the channel open for longer; its output is still taken.
     */
    public void await(Duration limit) {
        if (!connected) {
            closeServer();
        }
        try {
            ended.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException held) {
            LOG.debug("{} is still held open", socket, held);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private void closeServer() {
        try {
            server.close();
            Files.deleteIfExists(socket);
        } catch (IOException failure) {
            LOG.warn("Cannot remove {}", socket, failure);
        }
    }

    @Override
    public void close() {
        closeServer();
    }
}
