package dev.farol.gateway;

import dev.farol.gateway.SnapshotSource.Subscription;
import dev.farol.spec.RoutingSnapshot;
import dev.farol.wire.ProxyServer;
import dev.farol.wire.Target;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The data plane of one process. It serves by the last good snapshot whatever becomes of its
 * source.
 */
public final class Gateway implements AutoCloseable {
    private final ProxyServer proxy;
    private final SnapshotHolder snapshots;
    private final Loads loads;
    private final Uses<Target> targets = new Uses<>();
    private final RequestCounts counts;
    private final MirrorQueue mirrors;
    private final Subscription subscription;

    private Gateway(GatewayConfig config, SnapshotSource source, List<ExchangeListener> extra) {
        loads = new Loads();
        snapshots = new SnapshotHolder(loads);
        counts = new RequestCounts();
        mirrors = new MirrorQueue(config.mirrorQueueSize());
        var listeners = new ArrayList<ExchangeListener>(List.of(counts, new AccessLog()));
        listeners.addAll(extra);
        var budget =
                new RetryBudget(
                        config.retryPercent(), config.minRetriesPerSecond(), System.nanoTime());
        proxy =
                ProxyServer.start(
                        config.listen(),
                        new ScoringPolicy(
                                snapshots,
                                budget,
                                mirrors,
                                listeners,
                                source::unknownKey,
                                InstantSource.system()),
                        config.proxy());
        subscription = source.subscribe(this::swap);
    }

    /**
     * Listens when it returns.
     *
     * @param listeners hear of every request when it is over
     * @throws dev.farol.spec.FarolException when the address cannot be bound
     */
    public static Gateway start(
            GatewayConfig config, SnapshotSource source, ExchangeListener... listeners) {
        return new Gateway(config, source, List.of(listeners));
    }

    /** When it returns, no request is sent any more to an instance that the snapshot lacks. */
    private synchronized void swap(RoutingSnapshot snapshot) {
        if (!snapshots.offer(snapshot)) {
            return;
        }
        RouteTable now = snapshots.current();
        proxy.settle();
        abandoned(now).forEach(proxy::forget);
        loads.changed(now.came(), now.left());
    }

    /** The targets that no endpoint has any more. */
    private Set<Target> abandoned(RouteTable now) {
        now.came()
                .values()
                .forEach(
                        endpoint ->
                                endpoint.forEachInstance(
                                        instance -> targets.add(instance.target())));
        var found = new HashSet<Target>();
        now.left()
                .values()
                .forEach(
                        endpoint ->
                                endpoint.forEachInstance(
                                        instance -> {
                                            if (targets.remove(instance.target())) {
                                                found.add(instance.target());
                                            }
                                        }));
        return found;
    }

    public int port() {
        return proxy.port();
    }

    /**
     * Requests under way on an instance, copies included. Once a snapshot without the instance was
     * taken in, it only falls.
     */
    public int inFlight(String instanceId) {
        return loads.inFlight(instanceId);
    }

    /** The version of the snapshot in use; 0 before the first. */
    public long snapshotVersion() {
        return snapshots.current().version();
    }

    public List<RequestCount> counts() {
        return counts.snapshot();
    }

    public MirrorCounts mirrorCounts() {
        return mirrors.counts();
    }

    /**
     * Stops accepting, lets running requests end, then closes.
     *
     * @return whether all of them ended in time
     */
    public boolean drain(Duration limit) throws InterruptedException {
        subscription.close();
        return proxy.drain(limit);
    }

    @Override
    public void close() {
        subscription.close();
        proxy.close();
    }
}
