package dev.farol.cli.asset;

import dev.farol.cli.arm.CommandFailed;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Runs tasks a few at a time; the first failure stops those that have not begun. */
final class Crew {
    private Crew() {}

    static void run(int hands, List<Runnable> tasks) {
        if (tasks.size() == 1) {
            tasks.getFirst().run();
            return;
        }
        var free = new Semaphore(hands);
        var failure = new AtomicReference<@Nullable RuntimeException>();
        try {
            for (Runnable task : tasks) {
                free.acquire();
                if (failure.get() != null) {
                    free.release();
                    break;
                }
                Thread.ofVirtual().start(() -> work(task, free, failure));
            }
            free.acquire(hands);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new CommandFailed(130, "Interrupted.");
        }
        RuntimeException first = failure.get();
        if (first != null) {
            throw first;
        }
    }

    private static void work(
            Runnable task, Semaphore free, AtomicReference<@Nullable RuntimeException> failure) {
        try {
            task.run();
        } catch (RuntimeException failed) {
            failure.compareAndSet(null, failed);
        } finally {
            free.release();
        }
    }
}
