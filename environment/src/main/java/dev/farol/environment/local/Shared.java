package dev.farol.environment.local;

import dev.farol.environment.PythonEnvironment;
import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One build that any number of callers wait for. It runs on a thread of its own, so that a caller
 * who gives up takes it from nobody; who comes late hears what was said before.
 */
final class Shared {
    private static final Logger log = LoggerFactory.getLogger(Shared.class);

    private final CompletableFuture<PythonEnvironment> result = new CompletableFuture<>();
    private final List<String> said = new ArrayList<>();
    private final List<Consumer<String>> listeners = new ArrayList<>();

    /** The work; it may fail in any way. */
    @FunctionalInterface
    interface Work {
        PythonEnvironment run(Consumer<String> progress) throws IOException, InterruptedException;
    }

    /**
     * @param ended called before the callers get their answer: one who comes after the answer must
     *     not find this build any more
     */
    void run(Work work, Runnable ended) {
        PythonEnvironment built = null;
        FarolException failure = null;
        try {
            built = work.run(this::say);
        } catch (FarolException known) {
            failure = known;
        } catch (IOException failed) {
            log.warn("An environment cannot be built", failed);
            failure = Failures.files(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            failure = Failures.canceled();
        } catch (RuntimeException | Error fault) {
            log.error("A fault while an environment was built", fault);
            failure =
                    new FarolException(
                            ErrorCode.INTERNAL, "A fault while the environment was built.");
        }
        ended.run();
        if (failure == null) {
            result.complete(built);
        } else {
            result.completeExceptionally(failure);
        }
    }

    private synchronized void say(String line) {
        said.add(line);
        listeners.forEach(listener -> tell(listener, line));
    }

    private static void tell(Consumer<String> listener, String line) {
        try {
            listener.accept(line);
        } catch (RuntimeException broken) {
            log.warn("A listener to the progress of a build failed", broken);
        }
    }

    private synchronized void join(Consumer<String> listener) {
        said.forEach(line -> tell(listener, line));
        listeners.add(listener);
    }

    private synchronized void leave(Consumer<String> listener) {
        listeners.remove(listener);
    }

    PythonEnvironment await(Consumer<String> progress) {
        join(progress);
        try {
            return result.get();
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof FarolException known) {
                throw new FarolException(known.problem(), known);
            }
            throw new IllegalStateException("Builds fail in one way only", failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw Failures.canceled();
        } finally {
            leave(progress);
        }
    }
}
