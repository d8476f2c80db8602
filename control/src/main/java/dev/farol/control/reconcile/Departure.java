package dev.farol.control.reconcile;

import dev.farol.backend.Backend;
import dev.farol.control.DrainWatch;
import dev.farol.spec.ResourceId;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way out of an instance, in this order: a snapshot without it is with every gateway; no
 * request runs on it, or patience ends; the backend removes it.
 */
final class Departure {
    private static final Logger log = LoggerFactory.getLogger(Departure.class);
    private static final Duration LOOK = Duration.ofMillis(5);
    private static final Duration RETRY = Duration.ofSeconds(1);

    private final Backend backend;
    private final DrainWatch drains;
    private final Function<ResourceId, CompletableFuture<Void>> unlist;
    private final Duration grace;
    private final Map<String, Thread> running = new ConcurrentHashMap<>();
    private volatile boolean closed;

    /**
     * @param unlist has the endpoint's snapshot made anew; done when every gateway has it
     * @param grace for requests that chose the instance from the snapshot before
     */
    Departure(
            Backend backend,
            DrainWatch drains,
            Function<ResourceId, CompletableFuture<Void>> unlist,
            Duration grace) {
        this.backend = backend;
        this.drains = drains;
        this.unlist = unlist;
        this.grace = grace;
    }

    /**
     * Begins in the background, and goes on trying until the instance is gone.
     *
     * @param patience how long its requests may run; zero for one that was never called
     */
    void begin(String id, ResourceId endpoint, Duration patience, Runnable gone) {
        if (closed) {
            return;
        }
        Thread thread =
                Thread.ofVirtual()
                        .name("drain " + id)
                        .unstarted(() -> run(id, endpoint, patience, gone));
        running.put(id, thread);
        thread.start();
    }

    /** Ends all waiting; what was not removed yet is left to the backend's own end. */
    void close() {
        closed = true;
        for (Thread thread : running.values()) {
            thread.interrupt();
            try {
                thread.join();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private void run(String id, ResourceId endpoint, Duration patience, Runnable gone) {
        try {
            while (!closed && !attempt(id, endpoint, patience)) {
                Thread.sleep(RETRY);
            }
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        } finally {
            running.remove(id);
        }
        if (!closed) {
            gone.run();
        }
    }

    private boolean attempt(String id, ResourceId endpoint, Duration patience)
            throws InterruptedException {
        try {
            unlist.apply(endpoint).get();
            backend.remove(id, patience.isZero() ? patience : drain(id, patience)).get();
            return true;
        } catch (ExecutionException | RuntimeException failure) {
            if (!closed) {
                log.warn("Instance {} could not be removed; again in {}", id, RETRY, failure);
            }
            return false;
        }
    }

    /** What is left of the patience once no request runs. */
    private Duration drain(String id, Duration patience) throws InterruptedException {
        Thread.sleep(grace);
        long end = System.nanoTime() + patience.toNanos();
        while (drains.inFlight(id) > 0 && System.nanoTime() - end < 0) {
            Thread.sleep(LOOK);
        }
        return Duration.ofNanos(Math.max(0, end - System.nanoTime()));
    }
}
