package dev.farol.control;

import dev.farol.backend.Backend;
import dev.farol.control.reconcile.ReconcileLoop;
import dev.farol.environment.Environments;
import dev.farol.spec.RoutingSnapshot;
import dev.farol.store.ObjectStore;
import dev.farol.store.Store;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The acting half of the control plane: reconcilers from desired to observed, the ends of
 * operations, the routing snapshots. It owns what it makes and nothing that it is given.
 */
public interface ControlLoop extends AutoCloseable {
    /**
     * What the loop works on; opened and closed by who wires it, and closed after it.
     *
     * @param drains how many requests the gateway has running on an instance
     * @param authority what tokens are judged by, as it is at each call
     * @param sinks get every routing snapshot, in order; the gateway is one
     * @param assets a folder on the object store's file system: models and code are linked there
     * @param logs a folder for what is kept of each deployment
     */
    record Parts(
            Store store,
            ObjectStore objects,
            Environments environments,
            Backend backend,
            DrainWatch drains,
            Supplier<RoutingSnapshot.Authority> authority,
            List<Consumer<RoutingSnapshot>> sinks,
            Path assets,
            Path logs,
            InstantSource clock) {
        public Parts {
            sinks = List.copyOf(sinks);
        }
    }

    static ControlLoop of(Parts parts, ReconcileConfig config) {
        return new ReconcileLoop(parts, config);
    }

    /** Publishes what the store says, takes up everything that is in it, and returns. */
    void start();

    /** What the API calls after it wrote. */
    Nudge nudge();

    /** What getLogs reads. */
    InstanceLogs logs();

    /** The routing snapshot that was published last. */
    RoutingSnapshot snapshot();

    /**
     * Takes up nothing new and waits for the looks that are in progress. Operations that are not
     * done stay open; the next start goes on with them. Snapshots still follow the instances.
     */
    void drain(Duration deadline);

    @Override
    void close();
}
