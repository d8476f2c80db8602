package dev.farol.gateway;

import dev.farol.wire.Target;
import java.util.concurrent.atomic.AtomicInteger;

/** An instance and what is known of it. */
record RoutedInstance(String id, Target target, InstanceHealth health) {
    /** How many requests are under way on it. */
    AtomicInteger load() {
        return health.load();
    }
}
