package dev.farol.control.snapshot;

import dev.farol.control.model.OnlineDeployment;
import dev.farol.control.model.OnlineEndpoint;
import dev.farol.control.snapshot.EndpointPicture.Known;
import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import dev.farol.spec.ResourceId;
import dev.farol.spec.RoutingSnapshot;
import dev.farol.spec.RoutingSnapshot.Authority;
import dev.farol.spec.RoutingSnapshot.Endpoint;
import dev.farol.store.Resource;
import dev.farol.store.Store;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the routing snapshot in step with the store and with what is ready, and hands each new one
 * to its sinks, in order, from one thread. Only endpoints that were named by {@link #refresh} are
 * read again; the first change after a pause goes out at once, a burst goes out together. A
 * snapshot equal to the last one is not published.
 *
 * <p>Versions start from the clock's milliseconds, so that they grow across restarts too: fewer
 * than a thousand snapshots a second are made, and a publisher does not end before the clock has
 * passed its last version.
 */
public final class SnapshotPublisher implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(SnapshotPublisher.class);

    /** Milliseconds that versions may be before a clock that runs. */
    private static final long MOST_AHEAD = 100;

    /** How long an endpoint that could not be read is left alone. */
    private static final Duration RETRY = Duration.ofMillis(200);

    private final Store store;
    private final EndpointPicture picture;
    private final Supplier<Authority> authorities;
    private final List<Consumer<RoutingSnapshot>> sinks;
    private final InstantSource clock;
    private final Duration coalesce;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition work = lock.newCondition();
    private Map<String, Request> pending = new HashMap<>();
    private Authority authority = Authority.NONE;
    private boolean authorityChanged;
    private boolean closed;

    /** By resource key; like {@link #endpoints}, only the publishing thread touches it. */
    private final Map<String, Known> known = new HashMap<>();

    /** By endpoint name in lower case. */
    private final Map<String, Endpoint> endpoints = new HashMap<>();

    private volatile RoutingSnapshot current = RoutingSnapshot.EMPTY;
    private volatile @Nullable Thread thread;

    /**
     * @param authorities asked at the start and by {@link #lookAtAuthority}
     * @param coalesce the least time between two snapshots
     */
    public SnapshotPublisher(
            Store store,
            ServingRoutes routes,
            Supplier<Authority> authorities,
            List<Consumer<RoutingSnapshot>> sinks,
            InstantSource clock,
            Duration coalesce) {
        this.store = store;
        this.picture = new EndpointPicture(store.resources(), routes);
        this.authorities = authorities;
        this.sinks = List.copyOf(sinks);
        this.clock = clock;
        this.coalesce = coalesce;
    }

    /**
     * An endpoint to be looked at again, and who waits for it.
     *
     * @param read whether the store may say something new
     */
    private record Request(
            ResourceId endpoint, boolean read, List<CompletableFuture<Void>> waiters) {
        Request with(Request other) {
            var all = new ArrayList<>(waiters);
            all.addAll(other.waiters);
            return new Request(endpoint, read || other.read, all);
        }
    }

    /** Reads every endpoint, publishes the first snapshot, and goes on in the background. */
    public void start() {
        readAll();
        lookAtAuthority();
        publish();
        thread = Thread.ofVirtual().name("snapshot-publisher").start(this::run);
    }

    /** The snapshot that was published last. */
    public RoutingSnapshot current() {
        return current;
    }

    /**
     * Something about the endpoint or its deployments may have changed. The future completes when
     * every sink has a snapshot that knows it.
     */
    public CompletableFuture<Void> refresh(ResourceId endpoint) {
        var done = new CompletableFuture<Void>();
        add(new Request(endpoint, true, List.of(done)));
        return done;
    }

    /** The same for one who does not wait. */
    public void mark(ResourceId endpoint) {
        add(new Request(endpoint, true, List.of()));
    }

    /** Other instances may be ready; the store has nothing new and is not asked. */
    public void instancesChanged(ResourceId endpoint) {
        add(new Request(endpoint, false, List.of()));
    }

    /** Issuers may have other keys, principals other roles; a snapshot goes out if so. */
    public void lookAtAuthority() {
        Authority now = authorities.get();
        lock.lock();
        try {
            if (!now.equals(authority)) {
                authority = now;
                authorityChanged = true;
                work.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    private void add(Request request) {
        lock.lock();
        try {
            if (closed) {
                request.waiters().forEach(waiter -> waiter.completeExceptionally(stopped()));
                return;
            }
            pending.merge(request.endpoint().key(), request, Request::with);
            work.signal();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            work.signal();
        } finally {
            lock.unlock();
        }
        Thread running = thread;
        try {
            if (running == null) {
                abandon();
            } else {
                running.join();
            }
            long ahead = current.version() + 1 - clock.millis();
            if (ahead > 0) {
                Thread.sleep(Math.min(ahead, MOST_AHEAD));
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void readAll() {
        var deployments = new HashMap<String, List<Resource>>();
        for (Resource each : store.resources().ofKind(OnlineDeployment.KIND)) {
            String endpoint = each.id().parent().orElseThrow().key();
            deployments.computeIfAbsent(endpoint, key -> new ArrayList<>()).add(each);
        }
        for (Resource each : store.resources().ofKind(OnlineEndpoint.KIND)) {
            learn(
                    each.id(),
                    picture.read(each, deployments.getOrDefault(each.id().key(), List.of())));
            boolean unused = draw(each.id());
        }
    }

    private void run() {
        try {
            while (await()) {
                serve(take());
                pause();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } finally {
            abandon();
        }
    }

    /** Returns when there is something to do; false once closed. */
    private boolean await() throws InterruptedException {
        lock.lock();
        try {
            while (pending.isEmpty() && !authorityChanged && !closed) {
                work.await();
            }
            return !closed;
        } finally {
            lock.unlock();
        }
    }

    private Map<String, Request> take() {
        lock.lock();
        try {
            Map<String, Request> taken = pending;
            pending = new HashMap<>();
            return taken;
        } finally {
            lock.unlock();
        }
    }

    private void serve(Map<String, Request> batch) {
        var served = new ArrayList<CompletableFuture<Void>>();
        boolean changed = false;
        for (Request request : batch.values()) {
            try {
                if (request.read()) {
                    learn(request.endpoint(), picture.read(request.endpoint()));
                }
                changed |= draw(request.endpoint());
                served.addAll(request.waiters());
            } catch (RuntimeException unreadable) {
                log.warn("Cannot read endpoint {} for routing", request.endpoint(), unreadable);
                request.waiters().forEach(waiter -> waiter.completeExceptionally(unreadable));
                refreshLater(request.endpoint());
            }
        }
        if (changed || authorityWaiting()) {
            publish();
        }
        served.forEach(waiter -> waiter.complete(null));
    }

    private void learn(ResourceId id, Optional<Known> news) {
        news.ifPresentOrElse(now -> known.put(id.key(), now), () -> known.remove(id.key()));
    }

    /** Answers whether the endpoint looks other than before. */
    private boolean draw(ResourceId id) {
        String name = id.name().toLowerCase(Locale.ROOT);
        Known present = known.get(id.key());
        if (present == null) {
            return endpoints.remove(name) != null;
        }
        Endpoint now = picture.draw(present);
        return !now.equals(endpoints.put(name, now));
    }

    private void publish() {
        long version = Math.max(current.version() + 1, clock.millis());
        var snapshot = new RoutingSnapshot(version, endpoints, takeAuthority());
        for (Consumer<RoutingSnapshot> sink : sinks) {
            try {
                sink.accept(snapshot);
            } catch (RuntimeException refused) {
                log.error("A receiver of routing snapshots failed", refused);
            }
        }
        current = snapshot;
    }

    private boolean authorityWaiting() {
        lock.lock();
        try {
            return authorityChanged;
        } finally {
            lock.unlock();
        }
    }

    private Authority takeAuthority() {
        lock.lock();
        try {
            authorityChanged = false;
            return authority;
        } finally {
            lock.unlock();
        }
    }

    private void refreshLater(ResourceId endpoint) {
        CompletableFuture.delayedExecutor(RETRY.toMillis(), TimeUnit.MILLISECONDS)
                .execute(() -> mark(endpoint));
    }

    private void pause() throws InterruptedException {
        Thread.sleep(coalesce);
    }

    private void abandon() {
        lock.lock();
        try {
            closed = true;
            pending.values().stream()
                    .flatMap(request -> request.waiters().stream())
                    .forEach(waiter -> waiter.completeExceptionally(stopped()));
            pending.clear();
        } finally {
            lock.unlock();
        }
    }

    private static FarolException stopped() {
        return new FarolException(ErrorCode.UNAVAILABLE, "The snapshot publisher has stopped");
    }
}
