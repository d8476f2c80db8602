package dev.farol.runtime.python.launch;

import dev.farol.kit.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** JSON lines to and from a zygote, which kills the workers of a connection that closes. */
final class ZygoteConnection {
    private static final Logger LOG = LoggerFactory.getLogger(ZygoteConnection.class);

    /** What a worker's exit code is when its zygote is gone: they are killed with it. */
    private static final int KILLED = 128 + 9;

    private final SocketChannel channel;
    private final Object writing = new Object();
    private final Map<String, CompletableFuture<Launched>> spawning = new ConcurrentHashMap<>();
    private final Map<Long, Fork> forks = new ConcurrentHashMap<>();

    private ZygoteConnection(SocketChannel channel) {
        this.channel = channel;
    }

    static ZygoteConnection connect(Path socket) throws IOException {
        var channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
        var connection = new ZygoteConnection(channel);
        Thread.ofVirtual().name("zygote-reader").start(connection::read);
        return connection;
    }

    boolean open() {
        return channel.isOpen();
    }

    Launched spawn(Order order, Duration patience) throws IOException, InterruptedException {
        var answer = new CompletableFuture<Launched>();
        spawning.put(order.id(), answer);
        try {
            var request = Json.object().put("op", "spawn").put("id", order.id());
            request.set("launch", order.launch());
            request.set("env", Json.STRICT.valueToTree(order.environment()));
            request.set("own", Json.STRICT.valueToTree(order.own()));
            write(request.put("fresh", order.fresh()));
            return answer.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException tooLong) {
            // Should it still come, nobody wants it.
            var _ = answer.thenAccept(Launched::kill);
            throw new IOException("No answer within " + patience, tooLong);
        } catch (ExecutionException refused) {
            throw new IOException(refused.getCause());
        }
    }

    void learn(List<String> modules) {
        try {
            var request = Json.object().put("op", "learn");
            request.set("modules", Json.STRICT.valueToTree(modules));
            write(request);
        } catch (IOException gone) {
            LOG.debug("The zygote does not learn", gone);
        }
    }

    private void write(ObjectNode request) throws IOException {
        var bytes = ByteBuffer.wrap((request + "\n").getBytes(StandardCharsets.UTF_8));
        synchronized (writing) {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        }
    }

    private void read() {
        try (var lines =
                new BufferedReader(
                        new InputStreamReader(
                                Channels.newInputStream(channel), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                handle(Json.STRICT.readTree(line));
            }
        } catch (IOException | JacksonException failure) {
            LOG.debug("The connection to the zygote failed", failure);
        } finally {
            close();
            var gone = new IOException("The zygote is gone");
            spawning.values().forEach(answer -> answer.completeExceptionally(gone));
            forks.values().forEach(fork -> fork.exit.complete(KILLED));
        }
    }

    private void handle(JsonNode event) {
        switch (event.path("event").asString()) {
            case "spawned" -> {
                var fork = new Fork(event.path("pid").asLong(), event.path("fresh").asBoolean());
                forks.put(fork.pid(), fork);
                answer(event).complete(fork);
            }
            case "refused" ->
                    answer(event)
                            .completeExceptionally(
                                    new IOException(event.path("message").asString()));
            case "exited" -> {
                var fork = forks.remove(event.path("pid").asLong());
                if (fork != null) {
                    fork.exit.complete(event.path("code").asInt());
                }
            }
            default -> LOG.warn("The zygote says what nobody understands: {}", event);
        }
    }

    private CompletableFuture<Launched> answer(JsonNode event) {
        var answer = spawning.remove(event.path("id").asString());
        return answer == null ? new CompletableFuture<>() : answer;
    }

    void close() {
        try {
            channel.close();
        } catch (IOException failure) {
            LOG.debug("The connection to the zygote did not close", failure);
        }
    }

    /** A worker that the zygote made. */
    private final class Fork implements Launched {
        private final long pid;
        private final boolean fresh;
        private final CompletableFuture<Integer> exit = new CompletableFuture<>();

        Fork(long pid, boolean fresh) {
            this.pid = pid;
            this.fresh = fresh;
        }

        @Override
        public long pid() {
            return pid;
        }

        @Override
        public boolean fresh() {
            return fresh;
        }

        @Override
        public CompletableFuture<Integer> exit() {
            return exit;
        }

        @Override
        public void kill() {
            try {
                write(Json.object().put("op", "kill").put("pid", pid));
            } catch (IOException gone) {
                LOG.debug("The zygote is gone and its workers with it", gone);
            }
        }
    }
}
