package dev.farol.wire.testing;

import static dev.farol.kit.testing.Eventually.eventually;

import ch.qos.logback.classic.Logger;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.util.ResourceLeakDetector;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.LoggerFactory;

/**
 * Fails every test class that leaves a buffer unreleased. It leaks one itself each time, and waits
 * until that one is found: so are, by then, those lost before it, and a detector that is turned off
 * fails as well.
 */
public final class LeakGuard implements BeforeAllCallback, AfterAllCallback {
    private static final Queue<String> FOUND = new ConcurrentLinkedQueue<>();
    private static final AtomicInteger CANARIES = new AtomicInteger();

    /** Says on paper what is told here; the canaries would fill pages. */
    private static final Logger PAPER =
            (Logger) LoggerFactory.getLogger(ResourceLeakDetector.class);

    @Override
    public void beforeAll(ExtensionContext context) {
        PAPER.setAdditive(false);
        // Without the property, Vert.x turns the detector off when it loads.
        System.setProperty("io.netty.leakDetection.level", "paranoid");
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
        ByteBufUtil.setLeakListener((type, records) -> FOUND.add(records));
    }

    @Override
    public void afterAll(ExtensionContext context) {
        List<String> leaks = leaks();
        if (!leaks.isEmpty()) {
            throw new AssertionError(
                    leaks.size() + " buffers were not released; the first:\n" + leaks.getFirst());
        }
    }

    /** What was lost since the last call. */
    static List<String> leaks() {
        String name = "canary " + CANARIES.incrementAndGet() + ".";
        leak(name);
        eventually(
                "the lost canary is found",
                () -> {
                    System.gc();
                    // Every allocation reports what was collected.
                    ByteBufAllocator.DEFAULT.buffer().release();
                    return FOUND.stream().anyMatch(records -> records.contains(name));
                });
        List<String> all = List.copyOf(FOUND);
        FOUND.clear();
        return all.stream().filter(records -> !records.contains("canary ")).toList();
    }

    private static void leak(String name) {
        ByteBufAllocator.DEFAULT.buffer().touch(name);
    }
}
