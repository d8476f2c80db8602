package dev.farol.backend.local;

import dev.farol.backend.InstanceSpec;
import dev.farol.backend.InstanceType;
import dev.farol.backend.verdict.Cause;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at what an instance uses, and ends what uses more memory than its instance type has. */
final class MemoryGuard {
    private static final Logger LOG = LoggerFactory.getLogger(MemoryGuard.class);
    private static final Duration STARTING = Duration.ofMillis(100);
    private static final Duration RUNNING = Duration.ofMillis(500);
    private static final Duration SCAN_STARTING = Duration.ofSeconds(1);
    private static final Duration SCAN_RUNNING = Duration.ofSeconds(2);

    private final InstanceSpec spec;
    private final @Nullable InstanceType type;
    private final SharedScan scan;

    MemoryGuard(InstanceSpec spec, Surroundings surroundings) {
        this.spec = spec;
        this.type = surroundings.types().find(spec.instanceType()).orElse(null);
        this.scan = surroundings.scan();
        if (type == null) {
            LOG.info(
                    "Instance {}: the instance type {} is not known here; its memory is not"
                            + " limited.",
                    spec.id(),
                    spec.instanceType());
        }
    }

    /** How long until the next look. */
    static Duration pace(InstanceState state) {
        return state.coming() ? STARTING : RUNNING;
    }

    TreeMeter.Usage look(Attempt attempt, InstanceState state) {
        Duration age = state.coming() ? SCAN_STARTING : SCAN_RUNNING;
        TreeMeter.Usage usage = attempt.measure(scan.notOlderThan(age));
        if (type != null && usage.residentBytes() > type.memory().bytes()) {
            // Forks of one zygote share most of their pages: only the exact sum condemns.
            long exact = attempt.exactBytes();
            if (exact > type.memory().bytes()) {
                LOG.info("Instance {} uses {} bytes and is stopped", spec.id(), exact);
                attempt.killForMemory(new Cause.OverMemory(exact, type.memory().bytes()));
            }
        }
        return usage;
    }
}
