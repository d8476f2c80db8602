package dev.farol.gateway;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.farol.spec.RoutingSnapshot.Instance;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** An instance that answers what the test says. */
final class FakeInstance implements AutoCloseable {
    /** Answers one request. */
    @FunctionalInterface
    interface Model {
        void answer(HttpExchange exchange) throws Exception;
    }

    /** What came. */
    record Seen(String method, String path, String requestId, int bytes) {}

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpServer server;
    private final String id;
    private final List<Seen> seen = new CopyOnWriteArrayList<>();
    private volatile Model model;

    FakeInstance(String id, Model model) throws IOException {
        this.id = id;
        this.model = model;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    FakeInstance(String id) throws IOException {
        this(id, exchange -> reply(exchange, 200, id));
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            seen.add(
                    new Seen(
                            exchange.getRequestMethod(),
                            exchange.getRequestURI().toString(),
                            exchange.getRequestHeaders().getFirst("x-request-id"),
                            body.length));
            model.answer(exchange);
        } catch (IOException broken) {
            throw broken;
        } catch (Exception stopped) {
            throw new IOException(stopped);
        }
    }

    static void reply(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(java.nio.charset.StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    void model(Model next) {
        model = next;
    }

    List<Seen> seen() {
        return seen;
    }

    int port() {
        return server.getAddress().getPort();
    }

    Instance spec() {
        return Snapshots.instance(id, port());
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
