package dev.farol.wire;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** A server that does exactly what its script says with each connection. */
final class RawServer implements AutoCloseable {
    /** What to do with a connection. */
    @FunctionalInterface
    interface Script {
        void serve(RawConnection connection, int number) throws Exception;
    }

    private final ServerSocket listener;
    private final Script script;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicReference<Exception> failure = new AtomicReference<>();

    RawServer(Script script) throws IOException {
        this.script = script;
        this.listener = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    /** Answers every request on every connection with the same bytes. */
    static RawServer answering(String answer) throws IOException {
        return new RawServer(
                (connection, number) -> {
                    while (connection.readRequest() != null) {
                        connection.write(answer);
                    }
                });
    }

    static String ok(String body) {
        return "HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = listener.accept();
                open.add(socket);
                int number = connections.incrementAndGet();
                Thread.ofVirtual().start(() -> serve(socket, number));
            }
        } catch (IOException closed) {
            failure.compareAndSet(null, closed);
        }
    }

    private void serve(Socket socket, int number) {
        try (socket) {
            script.serve(new RawConnection(socket), number);
        } catch (Exception ended) {
            failure.compareAndSet(null, ended);
        } finally {
            open.remove(socket);
        }
    }

    Target target() {
        return new Target("127.0.0.1", listener.getLocalPort());
    }

    int connections() {
        return connections.get();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : open) {
            socket.close();
        }
    }
}
