package dev.farol.gateway;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.ToIntFunction;

/** What is counted per instance, deployment and endpoint. Outlives snapshots. */
final class Loads {
    private final Counters<InstanceHealth> instances =
            new Counters<>(
                    first -> new InstanceHealth(System.nanoTime()),
                    health -> health.load().get(),
                    dropped -> {});
    private final Counters<EndpointLoad> endpoints;
    private final Counters<DeploymentLoad> deployments;

    Loads(GatewayMetrics metrics) {
        endpoints =
                new Counters<>(
                        endpoint ->
                                new EndpointLoad(
                                        new AtomicInteger(),
                                        new RateLimit(System.nanoTime()),
                                        new Bandwidth(System.nanoTime()),
                                        new RouteMeters(metrics, endpoint, "")),
                        load -> load.running().get(),
                        dropped -> dropped.meters().remove());
        deployments =
                new Counters<>(
                        key -> {
                            int slash = key.indexOf('/');
                            return new DeploymentLoad(
                                    new AtomicInteger(),
                                    new AtomicInteger(),
                                    new RouteMeters(
                                            metrics,
                                            key.substring(0, slash),
                                            key.substring(slash + 1)));
                        },
                        load -> load.pending().get() + load.copies().get(),
                        dropped -> dropped.meters().remove());
    }

    InstanceHealth instance(String id) {
        return instances.of(id);
    }

    EndpointLoad endpoint(String endpoint) {
        return endpoints.of(endpoint);
    }

    DeploymentLoad deployment(String endpoint, String deployment) {
        return deployments.of(deploymentKey(endpoint, deployment));
    }

    private static String deploymentKey(String endpoint, String deployment) {
        return endpoint + "/" + deployment;
    }

    int inFlight(String instance) {
        return instances.count(instance);
    }

    /**
     * Drops the counters of what no endpoint has any more, each once it is idle. Called by one
     * thread at a time, when nobody picks from what left.
     *
     * @param came endpoints by name in lower case, that are new or not as before
     * @param left those that are gone or not as now, as they were
     */
    void changed(Map<String, RoutedEndpoint> came, Map<String, RoutedEndpoint> left) {
        came.forEach(
                (name, endpoint) -> {
                    endpoints.use(name);
                    endpoint.deployments().keySet().stream()
                            .map(deployment -> deploymentKey(name, deployment))
                            .forEach(deployments::use);
                    endpoint.forEachInstance(instance -> instances.use(instance.id()));
                });
        left.forEach(
                (name, endpoint) -> {
                    endpoints.leave(name);
                    endpoint.deployments().keySet().stream()
                            .map(deployment -> deploymentKey(name, deployment))
                            .forEach(deployments::leave);
                    endpoint.forEachInstance(instance -> instances.leave(instance.id()));
                });
        dropIdle();
    }

    /** Drops what left and is idle by now, called as {@link #changed} is. */
    void dropIdle() {
        instances.dropIdle();
        deployments.dropIdle();
        endpoints.dropIdle();
    }

    private static final class Counters<T> {
        private final ConcurrentHashMap<String, T> all = new ConcurrentHashMap<>();
        private final Uses<String> uses = new Uses<>();
        private final Set<String> leaving = new HashSet<>();
        private final Function<String, T> first;
        private final ToIntFunction<T> running;
        private final Consumer<T> dropped;

        Counters(Function<String, T> first, ToIntFunction<T> running, Consumer<T> dropped) {
            this.first = first;
            this.running = running;
            this.dropped = dropped;
        }

        T of(String key) {
            return all.computeIfAbsent(key, first);
        }

        int count(String key) {
            T known = all.get(key);
            return known == null ? 0 : running.applyAsInt(known);
        }

        void use(String key) {
            uses.add(key);
            leaving.remove(key);
        }

        void leave(String key) {
            if (uses.remove(key)) {
                leaving.add(key);
            }
        }

        void dropIdle() {
            leaving.removeIf(
                    key -> {
                        boolean idle = count(key) == 0;
                        T gone = idle ? all.remove(key) : null;
                        if (gone != null) {
                            dropped.accept(gone);
                        }
                        return idle;
                    });
        }
    }
}
