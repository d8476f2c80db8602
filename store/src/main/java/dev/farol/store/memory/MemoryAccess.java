package dev.farol.store.memory;

import java.util.function.Function;

/** Runs a piece of work on the state: under the lock, or inside a transaction that has it. */
interface MemoryAccess {
    <T> T with(Function<MemoryState, T> work);
}
