package dev.farol.gateway;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** What is counted per instance, deployment and endpoint. Outlives snapshots. */
final class Loads {
    private final ConcurrentHashMap<String, InstanceHealth> instances = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<String, EndpointLoad> endpoints = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<String, AtomicInteger> deployments = new ConcurrentHashMap<>();

    InstanceHealth instance(String id) {
        return instances.computeIfAbsent(id, first -> new InstanceHealth(System.nanoTime()));
    }

    EndpointLoad endpoint(String endpoint) {
        return endpoints.computeIfAbsent(
                endpoint,
                first -> new EndpointLoad(new AtomicInteger(), new RateLimit(System.nanoTime())));
    }

    AtomicInteger deployment(String endpoint, String deployment) {
        return deployments.computeIfAbsent(
                endpoint + "/" + deployment, first -> new AtomicInteger());
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
                                e.getValue().running().get() == 0
                                        && !liveEndpoints.contains(e.getKey()));
        instances
                .entrySet()
                .removeIf(
                        e -> e.getValue().load().get() == 0 && !liveInstances.contains(e.getKey()));
        deployments
                .entrySet()
                .removeIf(e -> e.getValue().get() == 0 && !liveDeployments.contains(e.getKey()));
    }
}
