package dev.farol.control.reconcile;

import static dev.farol.kit.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.kit.testing.Logs;
import dev.farol.spec.ResourceId;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WorkQueueTest {
    private final Map<String, AtomicInteger> looks = new ConcurrentHashMap<>();
    private final CountDownLatch gate = new CountDownLatch(1);
    private WorkQueue queue;

    @AfterEach
    void close() {
        gate.countDown();
        queue.close(Duration.ofSeconds(5));
    }

    @Test
    void looksOnceMoreAtWhatWasAddedMeanwhileHoweverOften() {
        queue = queue(4, this::blocked);
        queue.add(id("a"));
        eventually("it is looked at", () -> count("a") == 1);
        queue.add(id("a"));
        queue.add(id("A"));
        assertThat(count("a")).isEqualTo(1);

        gate.countDown();

        eventually("once more", () -> count("a") == 2);
        queue.close(Duration.ofSeconds(5));
        assertThat(count("a")).isEqualTo(2);
    }

    @Test
    void neverLooksAtOneResourceTwiceAtTheSameTime() {
        var inside = new AtomicInteger();
        var most = new AtomicInteger();
        queue =
                queue(
                        8,
                        id -> {
                            most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                            Thread.yield();
                            inside.decrementAndGet();
                            return counted(id);
                        });
        for (int i = 0; i < 200; i++) {
            queue.add(id("a"));
            int before = i;
            if (i % 10 == 0) {
                eventually("some looks", () -> count("a") > before / 100);
            }
        }
        eventually("it is quiet", () -> inside.get() == 0);
        assertThat(most).hasValue(1);
    }

    @Test
    void runsNoMoreThanItsPermits() {
        queue = queue(2, this::blocked);
        for (String name : new String[] {"a", "b", "c"}) {
            queue.add(id(name));
        }
        eventually("two run", () -> looks.size() == 2);

        gate.countDown();

        eventually("all ran", () -> looks.size() == 3);
    }

    @Test
    @Logs("failed; again in")
    void looksAgainAfterAFailureAndThenAtEase() {
        queue =
                queue(
                        1,
                        id -> {
                            counted(id);
                            if (count("a") < 4) {
                                throw new IllegalStateException("not yet");
                            }
                            return Optional.empty();
                        });
        queue.add(id("a"));

        eventually("it works at last", () -> count("a") == 4);
    }

    @Test
    void looksAgainWhenTheWorkAsksForIt() {
        queue =
                queue(
                        1,
                        id -> {
                            counted(id);
                            return count("a") < 3
                                    ? Optional.of(Duration.ofMillis(1))
                                    : Optional.empty();
                        });
        queue.add(id("a"));

        eventually("three looks", () -> count("a") == 3);
    }

    @Test
    void anEarlierAlarmWins() {
        queue = queue(1, this::counted);
        queue.addAfter(id("a"), Duration.ofHours(1));
        queue.addAfter(id("a"), Duration.ofMillis(1));
        queue.addAfter(id("a"), Duration.ofHours(2));

        eventually("it rings", () -> count("a") == 1);
    }

    @Test
    void interruptsWhatDoesNotEndByItselfAndTakesNothingMore() {
        var interrupted = new AtomicBoolean();
        queue =
                queue(
                        1,
                        id -> {
                            counted(id);
                            try {
                                new CountDownLatch(1).await();
                            } catch (InterruptedException stopping) {
                                interrupted.set(true);
                                throw stopping;
                            }
                            return Optional.empty();
                        });
        queue.add(id("a"));
        eventually("it runs", () -> count("a") == 1);

        queue.close(Duration.ofMillis(1));

        assertThat(interrupted).isTrue();
        queue.add(id("b"));
        assertThat(count("b")).isZero();
    }

    private static WorkQueue queue(int permits, WorkQueue.Work work) {
        return new WorkQueue(work, permits, Duration.ofMillis(1), Duration.ofMillis(10));
    }

    private Optional<Duration> blocked(ResourceId id) throws InterruptedException {
        counted(id);
        gate.await();
        return Optional.empty();
    }

    private Optional<Duration> counted(ResourceId id) {
        looks.computeIfAbsent(id.key(), key -> new AtomicInteger()).incrementAndGet();
        return Optional.empty();
    }

    private int count(String name) {
        return looks.getOrDefault(id(name).key(), new AtomicInteger()).get();
    }

    private static ResourceId id(String name) {
        return ResourceId.workspace("s", "g", "w").child("onlineEndpoints", name);
    }
}
