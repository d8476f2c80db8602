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

    /**
     * A caller's token names a key that the newest snapshot lacks. Returns at once; a snapshot that
     * has the key may follow. Called as often as such tokens come: whoever asks the issuer must not
     * be made a source of load.
     */
    default void unknownKey(String issuer) {}
}
