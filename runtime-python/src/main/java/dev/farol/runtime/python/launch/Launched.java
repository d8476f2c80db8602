package dev.farol.runtime.python.launch;

import java.util.concurrent.CompletableFuture;

/** A worker's process. */
public interface Launched {
    long pid();

    /** Whether it shares nothing with a zygote. */
    boolean fresh();

    /** Completes with the exit code, or 128 + signal. */
    CompletableFuture<Integer> exit();

    /** Kills it and what it started. Never blocks for long; harmless when it has ended. */
    void kill();
}
