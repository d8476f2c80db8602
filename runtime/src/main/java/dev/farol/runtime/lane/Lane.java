package dev.farol.runtime.lane;

import dev.farol.spec.RequestSettings;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets {@code max_concurrent_requests_per_instance} requests run at once and as many wait, each at
 * most {@code max_queue_wait}; ends the wait for a running one after {@code request_timeout}. One
 * thread only.
 *
 * <p>Both limits are the same for every request, so each queue is in the order of its deadlines and
 * one timer for the two heads is enough. A ride that ended stays in its queue until it comes to the
 * head.
 */
public final class Lane {
    /** Calls back, on the lane's thread, after a delay. */
    @FunctionalInterface
    public interface Alarm {
        /**
         * @return cancels the call
         */
        Runnable after(Duration delay, Runnable task);
    }

    /** A request on its way through the lane. */
    public abstract static class Ride {
        private State state = State.NEW;
        private long deadline;

        /** It may run now. */
        protected abstract void granted();

        /** It must not run: too many are pending, or it waited too long. */
        protected abstract void shed();

        /** It ran too long; its place is given to another. */
        protected abstract void timedOut();
    }

    private enum State {
        NEW,
        WAITING,
        RUNNING,
        ENDED
    }

    private final int permits;
    private final long maxQueueWait;
    private final long requestTimeout;
    private final LongSupplier nanos;
    private final Alarm alarm;
    private final ArrayDeque<Ride> waiting = new ArrayDeque<>();
    private final ArrayDeque<Ride> running = new ArrayDeque<>();
    private int waitingCount;
    private int runningCount;
    private @Nullable Runnable armed;
    private long armedFor;

    public Lane(RequestSettings settings, LongSupplier nanos, Alarm alarm) {
        this.permits = Math.max(1, settings.maxConcurrentRequestsPerInstance());
        this.maxQueueWait = settings.maxQueueWait().toNanos();
        this.requestTimeout = settings.requestTimeout().toNanos();
        this.nanos = nanos;
        this.alarm = alarm;
    }

    /** Grants, queues or sheds the ride; granted or shed, it knows before this returns. */
    public void enter(Ride ride) {
        if (runningCount < permits) {
            grant(ride);
        } else if (waitingCount < permits && maxQueueWait > 0) {
            ride.state = State.WAITING;
            ride.deadline = nanos.getAsLong() + maxQueueWait;
            waiting.add(ride);
            waitingCount++;
            arm();
        } else {
            ride.state = State.ENDED;
            ride.shed();
        }
    }

    /** The ride is over: answered, or given up while it waited. */
    public void leave(Ride ride) {
        switch (ride.state) {
            case RUNNING -> {
                end(ride);
                runningCount--;
                grantNext();
            }
            case WAITING -> {
                end(ride);
                waitingCount--;
            }
            case NEW, ENDED -> {}
        }
    }

    /** How many run now. */
    public int running() {
        return runningCount;
    }

    /** How many wait now. */
    public int waiting() {
        return waitingCount;
    }

    private void end(Ride ride) {
        ride.state = State.ENDED;
        trim(running);
        trim(waiting);
    }

    private static void trim(ArrayDeque<Ride> queue) {
        for (Ride head = queue.peek(); head != null && head.state == State.ENDED; ) {
            queue.poll();
            head = queue.peek();
        }
    }

    private void grant(Ride ride) {
        ride.state = State.RUNNING;
        ride.deadline = nanos.getAsLong() + requestTimeout;
        runningCount++;
        running.add(ride);
        arm();
        ride.granted();
    }

    private void grantNext() {
        while (runningCount < permits && waitingCount > 0) {
            Ride next = waiting.poll();
            if (next != null && next.state == State.WAITING) {
                waitingCount--;
                grant(next);
            }
        }
    }

    private void arm() {
        Ride wait = waiting.peek();
        Ride run = running.peek();
        if (wait == null && run == null) {
            return;
        }
        long next =
                wait == null
                        ? run.deadline
                        : run == null || wait.deadline - run.deadline < 0
                                ? wait.deadline
                                : run.deadline;
        if (armed != null) {
            if (armedFor - next <= 0) {
                return;
            }
            armed.run();
        }
        armedFor = next;
        long delay = Math.max(0, next - nanos.getAsLong());
        armed = alarm.after(Duration.ofNanos(delay), this::ring);
    }

    private void ring() {
        armed = null;
        long now = nanos.getAsLong();
        for (Ride head = due(waiting, now); head != null; head = due(waiting, now)) {
            if (head.state == State.WAITING) {
                head.state = State.ENDED;
                waitingCount--;
                head.shed();
            }
        }
        for (Ride head = due(running, now); head != null; head = due(running, now)) {
            if (head.state == State.RUNNING) {
                head.state = State.ENDED;
                runningCount--;
                head.timedOut();
            }
        }
        grantNext();
        trim(running);
        trim(waiting);
        arm();
    }

    /** Takes the head out when its deadline is over. */
    private static @Nullable Ride due(ArrayDeque<Ride> queue, long now) {
        Ride head = queue.peek();
        return head != null && head.deadline - now <= 0 ? queue.poll() : null;
    }
}
