package dev.farol.backend.local;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells listeners of changes, one after another, on a thread of its own. */
final class Changes implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Changes.class);
    private static final String END = "";

    private final LinkedBlockingQueue<String> queue = new LinkedBlockingQueue<>();
    private final List<Consumer<String>> listeners = new CopyOnWriteArrayList<>();
    private final Thread thread = Thread.ofVirtual().name("backend-changes").unstarted(this::run);

    void start() {
        thread.start();
    }

    void add(Consumer<String> listener) {
        listeners.add(listener);
    }

    void changed(String instanceId) {
        queue.add(instanceId);
    }

    private void run() {
        try {
            for (String id = queue.take(); !id.equals(END); id = queue.take()) {
                tell(id);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void tell(String id) {
        for (Consumer<String> listener : listeners) {
            try {
                listener.accept(id);
            } catch (RuntimeException fault) {
                LOG.error("A listener failed on the change of instance {}", id, fault);
            }
        }
    }

    /** Tells what is still to be told, then ends. */
    @Override
    public void close() {
        queue.add(END);
    }
}
