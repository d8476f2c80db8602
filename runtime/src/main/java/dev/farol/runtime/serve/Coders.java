package dev.farol.runtime.serve;

import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;

/** Threads that read and write what takes so long that the loop must not. */
public final class Coders implements AutoCloseable {
    /** In bytes: a body or an answer beyond is not the loop's work. */
    public static final int LARGE = 128 * 1024;

    private final ExecutorService threads;
    private final Executor loop;

    /**
     * @param count of the threads; none is started before there is work
     */
    public Coders(int count, Executor loop) {
        this.threads =
                Executors.newFixedThreadPool(
                        count, Thread.ofPlatform().daemon().name("coder-", 0).factory());
        this.loop = loop;
    }

    /**
     * Does the first part of something here, and on the loop what is left of it.
     *
     * @param work must not throw
     * @return false after {@link #close}, and nothing comes of it
     */
    public boolean run(Supplier<Runnable> work) {
        try {
            threads.execute(() -> loop.execute(work.get()));
            return true;
        } catch (RejectedExecutionException ended) {
            return false;
        }
    }

    /** What has not begun is dropped. */
    @Override
    public void close() {
        threads.shutdownNow();
    }
}
