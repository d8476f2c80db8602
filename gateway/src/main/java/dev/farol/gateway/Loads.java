package dev.farol.gateway;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** How many requests are under way, per instance and per deployment. Outlives snapshots. */
final class Loads {
    private final ConcurrentHashMap<String, AtomicInteger> instances = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<String, AtomicInteger> deployments = new ConcurrentHashMap<>();

    AtomicInteger instance(String id) {
        return instances.computeIfAbsent(id, first -> new AtomicInteger());
    }

    AtomicInteger deployment(String endpoint, String deployment) {
        return deployments.computeIfAbsent(
                endpoint + "/" + deployment, first -> new AtomicInteger());
    }

    int inFlight(String instance) {
        AtomicInteger load = instances.get(instance);
        return load == null ? 0 : load.get();
    }

    /** Drops the idle counters of what is gone; nobody may still pick from it. */
    void keep(Set<String> liveInstances, Set<String> liveDeployments) {
        instances
                .entrySet()
                .removeIf(e -> e.getValue().get() == 0 && !liveInstances.contains(e.getKey()));
        deployments
                .entrySet()
                .removeIf(e -> e.getValue().get() == 0 && !liveDeployments.contains(e.getKey()));
    }
}
