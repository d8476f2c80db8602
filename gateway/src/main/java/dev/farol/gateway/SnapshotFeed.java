package dev.farol.gateway;

import dev.farol.spec.RoutingSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Hands snapshots from control to the gateway when both are in one process. {@link #accept} returns
 * when every subscriber has taken the snapshot in.
 */
public final class SnapshotFeed implements SnapshotSource, Consumer<RoutingSnapshot> {
    private final List<Consumer<RoutingSnapshot>> consumers = new ArrayList<>();
    private final Consumer<String> unknownKeys;
    private @Nullable RoutingSnapshot newest;

    /** A feed whose other end has all keys there are. */
    public SnapshotFeed() {
        this(issuer -> {});
    }

    /**
     * @param unknownKeys gets the issuers whose keys are missing
     */
    public SnapshotFeed(Consumer<String> unknownKeys) {
        this.unknownKeys = unknownKeys;
    }

    @Override
    public void unknownKey(String issuer) {
        unknownKeys.accept(issuer);
    }

    @Override
    public synchronized void accept(RoutingSnapshot snapshot) {
        newest = snapshot;
        consumers.forEach(consumer -> consumer.accept(snapshot));
    }

    @Override
    public synchronized Subscription subscribe(Consumer<RoutingSnapshot> consumer) {
        consumers.add(consumer);
        RoutingSnapshot known = newest;
        if (known != null) {
            consumer.accept(known);
        }
        return () -> unsubscribe(consumer);
    }

    private synchronized void unsubscribe(Consumer<RoutingSnapshot> consumer) {
        consumers.remove(consumer);
    }
}
