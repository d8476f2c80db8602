package dev.farol.gateway;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** What is counted per instance, deployment and endpoint. Outlives snapshots. */
final class Loads {
    private final ConcurrentHashMap<String, InstanceHealth> instances = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<String, EndpointLoad> endpoints = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<String, DeploymentLoad> deployments = new ConcurrentHashMap<>();
    private final GatewayMetrics metrics;

    Loads(GatewayMetrics metrics) {
        this.metrics = metrics;
    }

    InstanceHealth instance(String id) {
        return instances.computeIfAbsent(id, first -> new InstanceHealth(System.nanoTime()));
    }

    EndpointLoad endpoint(String endpoint) {
        return endpoints.computeIfAbsent(
                endpoint,
                first ->
                        new EndpointLoad(
                                new AtomicInteger(),
                                new RateLimit(System.nanoTime()),
                                new Bandwidth(System.nanoTime()),
                                new RouteMeters(metrics, endpoint, "")));
    }

    DeploymentLoad deployment(String endpoint, String deployment) {
        return deployments.computeIfAbsent(
                endpoint + "/" + deployment,
                first ->
                        new DeploymentLoad(
                                new AtomicInteger(),
                                new RouteMeters(metrics, endpoint, deployment)));
    }

    int inFlight(String instance) {
        InstanceHealth known = instances.get(instance);
        return known == null ? 0 : known.load().get();
    }

    /** Drops the idle counters of what is gone; nobody may still pick from it. */
    void keep(Set<String> liveEndpoints, Set<String> liveDeployments, Set<String> liveInstances) {
        endpoints
                .entrySet()
                .removeIf(
                        e ->
                                !liveEndpoints.contains(e.getKey())
                                        && idle(e.getValue().running(), e.getValue().meters()));
        instances
                .entrySet()
                .removeIf(
                        e -> e.getValue().load().get() == 0 && !liveInstances.contains(e.getKey()));
        deployments
                .entrySet()
                .removeIf(
                        e ->
                                !liveDeployments.contains(e.getKey())
                                        && idle(e.getValue().pending(), e.getValue().meters()));
    }

    /** Whether nothing runs any more; then its series go. */
    private static boolean idle(AtomicInteger running, RouteMeters meters) {
        boolean idle = running.get() == 0;
        if (idle) {
            meters.remove();
        }
        return idle;
    }
}
