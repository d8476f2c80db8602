package dev.farol.kit.testing;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/** Waits for a condition, never for a time: the one place in tests that pauses. */
public final class Eventually {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private Eventually() {}

    /** Calls {@code probe} until it neither throws nor answers false, and answers what it gave. */
    public static <T> T eventually(String what, Callable<T> probe) {
        return eventually(
                what, LIMIT, probe, value -> !Boolean.FALSE.equals(value) && value != null);
    }

    public static <T> T eventually(String what, Duration limit, Callable<T> probe) {
        return eventually(
                what, limit, probe, value -> !Boolean.FALSE.equals(value) && value != null);
    }

    public static <T> T eventually(
            String what, Duration limit, Callable<T> probe, Predicate<T> done) {
        long end = System.nanoTime() + limit.toNanos();
        Object last = null;
        while (true) {
            try {
                T value = probe.call();
                if (done.test(value)) {
                    return value;
                }
                last = value;
            } catch (Exception | AssertionError failure) {
                last = failure;
            }
            if (System.nanoTime() > end) {
                var error =
                        new AssertionError(
                                "Not so within " + limit + ": " + what + "; last: " + last);
                if (last instanceof Throwable cause) {
                    error.initCause(cause);
                }
                throw error;
            }
            LockSupport.parkNanos(20_000_000);
        }
    }
}
