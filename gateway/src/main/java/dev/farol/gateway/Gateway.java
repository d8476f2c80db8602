package dev.farol.gateway;

import dev.farol.gateway.SnapshotSource.Subscription;
import dev.farol.spec.RoutingSnapshot;
import dev.farol.wire.ProxyServer;
import dev.farol.wire.Target;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The data plane of one process. It serves by the last good snapshot whatever becomes of its
 * source.
 */
public final class Gateway implements AutoCloseable {
    private final ProxyServer proxy;
    private final SnapshotHolder snapshots;
    private final Loads loads;
    private final Uses<Target> targets = new Uses<>();
    private final GatewayMetrics metrics;
    private final MirrorQueue mirrors;
    private final @Nullable AccessLog accessLog;
    private final Subscription subscription;

    private Gateway(
            GatewayConfig config,
            SnapshotSource source,
            PrometheusRegistry registry,
            List<ExchangeListener> extra) {
        var clock = InstantSource.system();
        metrics = new GatewayMetrics(registry);
        loads = new Loads(metrics);
        snapshots = new SnapshotHolder(loads, clock);
        mirrors = new MirrorQueue(config.mirrorQueueSize());
        accessLog = accessLog(config.accessLog(), clock);
        var listeners = new ArrayList<>(extra);
        if (accessLog != null) {
            listeners.add(accessLog);
        }
        var budget =
                new RetryBudget(
                        config.retryPercent(), config.minRetriesPerSecond(), System.nanoTime());
        try {
            proxy =
                    ProxyServer.start(
                            config.listen(),
                            new ScoringPolicy(
                                    snapshots,
                                    budget,
                                    mirrors,
                                    listeners,
                                    source::unknownKey,
                                    metrics,
                                    clock),
                            config.proxy());
        } catch (RuntimeException fault) {
            closeLog();
            throw fault;
        }
        GatewayGauges.register(metrics, proxy, mirrors, snapshots, accessLog);
        subscription = source.subscribe(this::swap);
    }

    private static @Nullable AccessLog accessLog(AccessLogConfig config, InstantSource clock) {
        if (!config.enabled()) {
            return null;
        }
        if (config.file() == null) {
            throw new IllegalArgumentException("the access log is enabled without a file");
        }
        return AccessLog.start(config.file(), config, clock);
    }

    /**
     * Listens when it returns.
     *
     * @param registry gets the gateway's metrics
     * @param listeners hear of every request when it is over
     * @throws dev.farol.spec.FarolException when the address cannot be bound
     */
    public static Gateway start(
            GatewayConfig config,
            SnapshotSource source,
            PrometheusRegistry registry,
            ExchangeListener... listeners) {
        return new Gateway(config, source, registry, List.of(listeners));
    }

    /** With a registry of its own. */
    static Gateway start(
            GatewayConfig config, SnapshotSource source, ExchangeListener... listeners) {
        return start(config, source, new PrometheusRegistry(), listeners);
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

    /**
     * Forgets what was counted of endpoints, deployments and instances that are gone, and on which
     * no request runs any more.
     */
    public synchronized void tidy() {
        loads.dropIdle();
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
        return metrics.counts();
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
        boolean complete = proxy.drain(limit);
        closeLog();
        return complete;
    }

    @Override
    public void close() {
        subscription.close();
        proxy.close();
        closeLog();
    }

    private void closeLog() {
        if (accessLog != null) {
            accessLog.close();
        }
    }
}
