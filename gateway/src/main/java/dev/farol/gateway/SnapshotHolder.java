package dev.farol.gateway;

import dev.farol.spec.RoutingSnapshot;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The snapshot that requests are routed by: one volatile field. What is not newer, or breaks a
 * rule, is refused, and the last good one stays.
 */
final class SnapshotHolder {
    private static final Logger log = LoggerFactory.getLogger(SnapshotHolder.class);

    private final Loads loads;
    private final InstantSource clock;
    private final LongAdder refused = new LongAdder();
    private volatile RouteTable current;
    private volatile Instant since = Instant.EPOCH;

    SnapshotHolder(Loads loads, InstantSource clock) {
        this.loads = loads;
        this.clock = clock;
        this.current = new RouteTable();
    }

    RouteTable current() {
        return current;
    }

    /** Whether the snapshot was taken in. */
    synchronized boolean offer(RoutingSnapshot snapshot) {
        RouteTable before = current;
        if (snapshot.version() <= before.version()) {
            log.debug("Snapshot {} is not newer than {}", snapshot.version(), before.version());
            return false;
        }
        Map<String, RoutingSnapshot.Endpoint> changed = before.lacks(snapshot);
        List<String> violations = new ArrayList<>(SnapshotRules.violations(changed));
        if (!before.judgesBy(snapshot.authority())) {
            violations.addAll(SnapshotRules.violations(snapshot.authority()));
        }
        if (!violations.isEmpty()) {
            refused.increment();
            log.error(
                    "Snapshot {} is refused, {} stays: {}",
                    snapshot.version(),
                    before.version(),
                    String.join("; ", violations));
            return false;
        }
        current = new RouteTable(snapshot, changed, loads, before);
        since = clock.instant();
        return true;
    }

    /** When the current one was taken in. */
    Instant since() {
        return since;
    }

    /** How many broke a rule. */
    long refused() {
        return refused.sum();
    }
}
