package dev.farol.control.reconcile;

import dev.farol.spec.ResourceId;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Resources to look at. Each is in the queue at most once and never looked at twice at the same
 * time; what is added while it is being looked at is looked at once more. Work runs on virtual
 * threads, at most {@code permits} of them; work that throws is repeated after a growing pause.
 */
final class WorkQueue {
    private static final Logger log = LoggerFactory.getLogger(WorkQueue.class);

    private static final Duration TIMER_END = Duration.ofSeconds(5);

    /** What is done with a resource; answers when to look again although nothing happened. */
    @FunctionalInterface
    interface Work {
        Optional<Duration> on(ResourceId id) throws InterruptedException;
    }

    /** A time to look again. */
    private record Alarm(ScheduledFuture<?> future, long atNanos) {}

    private final Work work;
    private final int permits;
    private final Duration retryFirst;
    private final Duration retryMost;
    private final ScheduledExecutorService timer;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition idle = lock.newCondition();
    private final ArrayDeque<ResourceId> waiting = new ArrayDeque<>();
    private final Set<String> queued = new HashSet<>();
    private final Map<String, Thread> running = new HashMap<>();
    private final Map<String, ResourceId> again = new HashMap<>();
    private final Map<String, Alarm> alarms = new HashMap<>();
    private final Map<String, Integer> failures = new HashMap<>();
    private boolean closed;

    WorkQueue(Work work, int permits, Duration retryFirst, Duration retryMost) {
        this.work = work;
        this.permits = permits;
        this.retryFirst = retryFirst;
        this.retryMost = retryMost;
        this.timer =
                Executors.newSingleThreadScheduledExecutor(
                        Thread.ofPlatform().daemon().name("reconcile-timer").factory());
    }

    /** Have {@code id} looked at soon. */
    void add(ResourceId id) {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            if (running.containsKey(id.key())) {
                again.put(id.key(), id);
            } else if (queued.add(id.key())) {
                waiting.add(id);
                startWaiting();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Have {@code id} looked at in {@code delay}, or earlier where that was asked before. */
    void addAfter(ResourceId id, Duration delay) {
        if (delay.isZero()) {
            add(id);
            return;
        }
        lock.lock();
        try {
            long at = System.nanoTime() + delay.toNanos();
            Alarm present = alarms.get(id.key());
            if (closed || (present != null && present.atNanos() - at <= 0)) {
                return;
            }
            if (present != null) {
                present.future().cancel(false);
            }
            ScheduledFuture<?> future =
                    timer.schedule(() -> ring(id), delay.toNanos(), TimeUnit.NANOSECONDS);
            alarms.put(id.key(), new Alarm(future, at));
        } finally {
            lock.unlock();
        }
    }

    /** Runs {@code action} now and then until the queue closes. */
    void every(Duration period, Runnable action) {
        ScheduledFuture<?> unused =
                timer.scheduleWithFixedDelay(
                        () -> {
                            try {
                                action.run();
                            } catch (RuntimeException failure) {
                                log.warn("A periodic look failed; the next one will tell", failure);
                            }
                        },
                        period.toNanos(),
                        period.toNanos(),
                        TimeUnit.NANOSECONDS);
    }

    /**
     * Starts nothing any more, waits for what runs, interrupts what still runs after {@code
     * deadline}.
     */
    void close(Duration deadline) {
        try {
            closeLooks(deadline);
            if (!timer.awaitTermination(TIMER_END.toMillis(), TimeUnit.MILLISECONDS)) {
                log.warn("The periodic look does not end");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void closeLooks(Duration deadline) throws InterruptedException {
        lock.lock();
        try {
            closed = true;
            timer.shutdownNow();
            waiting.clear();
            queued.clear();
            long left = deadline.toNanos();
            while (!running.isEmpty() && left > 0) {
                left = idle.awaitNanos(left);
            }
            running.values().forEach(Thread::interrupt);
            while (!running.isEmpty()) {
                idle.await();
            }
        } finally {
            lock.unlock();
        }
    }

    private void ring(ResourceId id) {
        lock.lock();
        try {
            alarms.remove(id.key());
        } finally {
            lock.unlock();
        }
        add(id);
    }

    private void startWaiting() {
        while (!closed && running.size() < permits && !waiting.isEmpty()) {
            ResourceId id = waiting.remove();
            queued.remove(id.key());
            Alarm alarm = alarms.remove(id.key());
            if (alarm != null) {
                alarm.future().cancel(false);
            }
            Thread thread =
                    Thread.ofVirtual().name("reconcile " + id.name()).unstarted(() -> look(id));
            running.put(id.key(), thread);
            thread.start();
        }
    }

    private void look(ResourceId id) {
        Optional<Duration> next = Optional.empty();
        try {
            next = work.on(id);
            succeeded(id);
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error failure) {
            next = Optional.of(failed(id, failure));
        } finally {
            done(id);
        }
        next.ifPresent(delay -> addAfter(id, delay));
    }

    private void succeeded(ResourceId id) {
        lock.lock();
        try {
            failures.remove(id.key());
        } finally {
            lock.unlock();
        }
    }

    private Duration failed(ResourceId id, Throwable failure) {
        lock.lock();
        try {
            int count = failures.merge(id.key(), 1, Integer::sum);
            Duration pause = retryFirst.multipliedBy(1L << Math.min(count - 1, 20));
            Duration bounded = pause.compareTo(retryMost) > 0 ? retryMost : pause;
            if (!closed) {
                log.warn("Reconciling {} failed; again in {}", id, bounded, failure);
            }
            return bounded;
        } finally {
            lock.unlock();
        }
    }

    private void done(ResourceId id) {
        lock.lock();
        try {
            running.remove(id.key());
            ResourceId repeat = again.remove(id.key());
            if (repeat != null && !closed && queued.add(repeat.key())) {
                waiting.add(repeat);
            }
            startWaiting();
            idle.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
