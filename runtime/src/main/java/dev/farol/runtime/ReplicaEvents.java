package dev.farol.runtime;

import dev.farol.kit.Json;
import dev.farol.spec.Phase;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/** Tells the backend what happens, one JSON object a line. Never blocks its caller. */
final class ReplicaEvents implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ReplicaEvents.class);

    private final OutputStream out;
    private final ExecutorService writer =
            Executors.newSingleThreadExecutor(Thread.ofVirtual().name("events").factory());

    ReplicaEvents(OutputStream out) {
        this.out = out;
    }

    void listening(String host, int port) {
        write(event("listening").put("host", host).put("port", port));
    }

    void phase(Phase phase) {
        write(event("phase").put("phase", phase.wire()));
    }

    void worker(long pid, String state, @Nullable Integer exitCode) {
        write(event("worker").put("pid", pid).put("state", state).put("exitCode", exitCode));
    }

    void ready() {
        write(event("ready"));
    }

    void failed(StartFailure failure) {
        write(
                event("failed")
                        .put("phase", failure.phase().wire())
                        .put("exception", failure.exception())
                        .put("location", failure.location())
                        .put("exitCode", failure.exitCode())
                        .put("message", failure.message()));
    }

    private static ObjectNode event(String name) {
        return Json.object().put("event", name);
    }

    private void write(ObjectNode event) {
        byte[] line = (event + "\n").getBytes(StandardCharsets.UTF_8);
        writer.execute(
                () -> {
                    try {
                        out.write(line);
                        out.flush();
                    } catch (IOException failure) {
                        LOG.warn("Nobody hears the events of this replica", failure);
                    }
                });
    }

    /** Blocks until the last event is written. */
    @Override
    public void close() {
        writer.shutdown();
        try {
            if (!writer.awaitTermination(2, TimeUnit.SECONDS)) {
                LOG.warn("Nobody reads the events of this replica");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
