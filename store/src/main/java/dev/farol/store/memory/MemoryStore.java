package dev.farol.store.memory;

import dev.farol.store.OperationStore;
import dev.farol.store.ResourceStore;
import dev.farol.store.Store;
import dev.farol.store.rule.Refusal;
import java.time.InstantSource;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/** One lock around maps; a transaction works on a copy that replaces the original at its end. */
public final class MemoryStore implements Store {
    private final InstantSource clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final View view;
    private MemoryState state = new MemoryState();

    public MemoryStore(InstantSource clock) {
        this.clock = clock;
        this.view = new View(this::locked);
    }

    @Override
    public ResourceStore resources() {
        return view.resources();
    }

    @Override
    public OperationStore operations() {
        return view.operations();
    }

    @Override
    public <T> T transact(Function<Store, T> work) {
        return locked(
                before -> {
                    MemoryState copy = new MemoryState(before);
                    T result = work.apply(new View(new Direct(copy)));
                    state = copy;
                    return result;
                });
    }

    @Override
    public void close() {}

    private <T> T locked(Function<MemoryState, T> work) {
        if (lock.isHeldByCurrentThread()) {
            throw Refusal.nested();
        }
        lock.lock();
        try {
            return work.apply(state);
        } finally {
            lock.unlock();
        }
    }

    /** The state of a transaction, which holds the lock. */
    private record Direct(MemoryState state) implements MemoryAccess {
        @Override
        public <T> T with(Function<MemoryState, T> work) {
            return work.apply(state);
        }
    }

    /** The two stores over one way to the state; the store that a transaction is given. */
    private final class View implements Store {
        private final MemoryResources resources;
        private final MemoryOperations operations;

        View(MemoryAccess access) {
            resources = new MemoryResources(access, clock);
            operations = new MemoryOperations(access, clock);
        }

        @Override
        public ResourceStore resources() {
            return resources;
        }

        @Override
        public OperationStore operations() {
            return operations;
        }

        @Override
        public <T> T transact(Function<Store, T> work) {
            return work.apply(this);
        }

        @Override
        public void close() {
            throw Refusal.nested();
        }
    }
}
