package dev.farol.store;

import java.util.function.Function;

/** Resources and operations, with transactions over both. Thread-safe; calls block. */
public interface Store extends AutoCloseable {
    ResourceStore resources();

    OperationStore operations();

    /**
     * Runs {@code work} in one transaction: all of its writes are durable when this returns, or
     * none happened when it throws. A transaction that lost a race with another is run again, so
     * {@code work} must only touch the store.
     */
    <T> T transact(Function<Store, T> work);

    @Override
    void close();
}
