package dev.farol.store;

import dev.farol.store.memory.MemoryStore;
import java.time.InstantSource;

/** Opens stores. */
public final class Stores {
    private Stores() {}

    /** A store that forgets everything with the process; for tests. */
    public static Store memory() {
        return memory(InstantSource.system());
    }

    public static Store memory(InstantSource clock) {
        return new MemoryStore(clock);
    }
}
