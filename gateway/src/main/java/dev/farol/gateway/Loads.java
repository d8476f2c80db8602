package dev.farol.gateway;

import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.ToIntFunction;

/** What is counted per instance, deployment and endpoint. Outlives snapshots. */
final class Loads {
    private final Counters<InstanceHealth> instances =
            new Counters<>(
                    first -> new InstanceHealth(System.nanoTime()), health -> health.load().get());
    private final Counters<EndpointLoad> endpoints =
            new Counters<>(
                    first ->
                            new EndpointLoad(new AtomicInteger(), new RateLimit(System.nanoTime())),
                    load -> load.running().get());
    private final Counters<AtomicInteger> deployments =
            new Counters<>(first -> new AtomicInteger(), AtomicInteger::get);

    InstanceHealth instance(String id) {
        return instances.of(id);
    }

    EndpointLoad endpoint(String endpoint) {
        return endpoints.of(endpoint);
    }

    AtomicInteger deployment(String endpoint, String deployment) {
        return deployments.of(deploymentKey(endpoint, deployment));
    }

    static String deploymentKey(String endpoint, String deployment) {
        return endpoint + "/" + deployment;
    }

    int inFlight(String instance) {
        return instances.count(instance);
    }

    /**
     * Drops the counters of what left, each once it is idle; nobody may still pick from it. Called
     * by one thread at a time.
     *
     * @param came among it what may have left before
     */
    void changed(Parts came, Parts left) {
        instances.changed(came.instances(), left.instances());
        deployments.changed(came.deployments(), left.deployments());
        endpoints.changed(came.endpoints(), left.endpoints());
    }

    private static final class Counters<T> {
        private final ConcurrentHashMap<String, T> all = new ConcurrentHashMap<>();
        private final Set<String> leaving = new HashSet<>();
        private final Function<String, T> first;
        private final ToIntFunction<T> running;

        Counters(Function<String, T> first, ToIntFunction<T> running) {
            this.first = first;
            this.running = running;
        }

        T of(String key) {
            return all.computeIfAbsent(key, first);
        }

        int count(String key) {
            T known = all.get(key);
            return known == null ? 0 : running.applyAsInt(known);
        }

        void changed(Collection<String> came, Collection<String> left) {
            came.forEach(leaving::remove);
            leaving.addAll(left);
            leaving.removeIf(
                    key -> {
                        boolean idle = count(key) == 0;
                        if (idle) {
                            all.remove(key);
                        }
                        return idle;
                    });
        }
    }
}
