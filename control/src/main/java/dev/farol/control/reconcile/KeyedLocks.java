package dev.farol.control.reconcile;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/** One lock per key, so that a thing is made once however many ask for it at the same time. */
final class KeyedLocks {
    private final Map<String, ReentrantLock> locks = new ConcurrentHashMap<>();

    /** What is done under a lock. */
    @FunctionalInterface
    interface Making<T, E extends Exception> {
        T make() throws E;
    }

    <T, E extends Exception> T locked(String key, Making<T, E> making)
            throws E, InterruptedException {
        ReentrantLock lock = locks.computeIfAbsent(key, absent -> new ReentrantLock());
        lock.lockInterruptibly();
        try {
            return making.make();
        } finally {
            lock.unlock();
        }
    }
}
