package dev.farol.environment;

import java.util.function.Consumer;

/**
 * Makes Python environments on this machine. Thread-safe; concurrent calls for one environment
 * build it once.
 */
public interface Environments extends AutoCloseable {
    /**
     * Finds the interpreter and pins every package, asking the package index; the result is kept
     * with the environment version and replayed ever after.
     *
     * @param progress gets one line per step, for people
     * @throws dev.farol.spec.FarolException {@code ENVIRONMENT_UNRESOLVABLE} naming the line of the
     *     definition that cannot be had
     */
    Lock resolve(Definition definition, Consumer<String> progress);

    /**
     * The environment of a lock, built if it is not there yet (from the cache, without the index
     * where possible).
     */
    PythonEnvironment build(Lock lock, Consumer<String> progress);

    @Override
    void close();
}
