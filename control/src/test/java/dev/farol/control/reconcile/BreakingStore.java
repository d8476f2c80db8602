package dev.farol.control.reconcile;

import dev.farol.store.OperationStore;
import dev.farol.store.ResourceStore;
import dev.farol.store.Store;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * A store whose connection breaks at the n-th write, before or after it was durable, for good: what
 * a process sees of its store when it is killed there.
 */
final class BreakingStore implements Store {
    private static final Set<String> WRITES =
            Set.of(
                    "updateStatus",
                    "updateSpec",
                    "create",
                    "delete",
                    "putSecret",
                    "finish",
                    "start");

    private final Store store;
    private final AtomicInteger left;
    private final boolean after;
    private final AtomicBoolean broken = new AtomicBoolean();

    BreakingStore(Store store, int writes, boolean after) {
        this.store = store;
        this.left = new AtomicInteger(writes);
        this.after = after;
    }

    boolean broken() {
        return broken.get();
    }

    @Override
    public ResourceStore resources() {
        return wrap(ResourceStore.class, store.resources());
    }

    @Override
    public OperationStore operations() {
        return wrap(OperationStore.class, store.operations());
    }

    @Override
    public <T> T transact(Function<Store, T> work) {
        boolean last = begin();
        T result;
        try {
            result = store.transact(work);
        } catch (RuntimeException | Error refused) {
            undone(last);
            throw refused;
        }
        end(last);
        return result;
    }

    @Override
    public void close() {}

    private <T> T wrap(Class<T> type, T real) {
        return type.cast(
                Proxy.newProxyInstance(
                        type.getClassLoader(),
                        new Class<?>[] {type},
                        (proxy, method, arguments) -> {
                            if (broken.get()) {
                                throw new Broken();
                            }
                            boolean last = WRITES.contains(method.getName()) && begin();
                            try {
                                Object result = method.invoke(real, arguments);
                                end(last);
                                return result;
                            } catch (InvocationTargetException failure) {
                                undone(last);
                                throw failure.getCause();
                            }
                        }));
    }

    private boolean begin() {
        if (broken.get()) {
            throw new Broken();
        }
        boolean last = left.decrementAndGet() == 0;
        if (last && !after) {
            broken.set(true);
            throw new Broken();
        }
        return last;
    }

    /** Nothing was written, as when somebody else changed it meanwhile: the next one counts. */
    private void undone(boolean last) {
        if (last) {
            left.set(1);
        }
    }

    private void end(boolean last) {
        if (last) {
            broken.set(true);
            throw new Broken();
        }
    }

    /** The connection is gone. */
    static final class Broken extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Broken() {
            super("broken", null, false, false);
        }
    }
}
