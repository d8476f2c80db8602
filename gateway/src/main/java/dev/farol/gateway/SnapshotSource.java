package dev.farol.gateway;

import dev.farol.spec.RoutingSnapshot;
import java.util.function.Consumer;

/** Where routing snapshots come from. */
@FunctionalInterface
public interface SnapshotSource {
    /** Ends a subscription; nothing is delivered after it returns. */
    @FunctionalInterface
    interface Subscription extends AutoCloseable {
        @Override
        void close();
    }

    /** Delivers the newest snapshot, if there is one, then each that follows, one at a time. */
    Subscription subscribe(Consumer<RoutingSnapshot> consumer);
}
