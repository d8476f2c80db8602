package dev.farol.runtime.python.pool;

import dev.farol.runtime.ConsoleLog;
import dev.farol.runtime.LogChannel;
import dev.farol.runtime.python.launch.Launched;
import dev.farol.runtime.python.launch.Launcher;
import dev.farol.wire.EventLoop;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The blocking side of a worker's life: files, sockets, process; each on a virtual thread. */
final class Nursery {
    /** What the pool hears, on the loop's thread. */
    interface Listener {
        void launched(Worker worker, Launched process);

        /** The process ended and its output is in the log. */
        void exited(Worker worker, int code);

        void notLaunched(Worker worker, IOException failure);
    }

    private static final Logger LOG = LoggerFactory.getLogger(Nursery.class);

    /** How long the last output of an ended worker may take to arrive. */
    private static final Duration LAST_WORDS = Duration.ofMillis(500);

    private final Launcher launcher;
    private final Starter starter;
    private final ConsoleLog console;
    private final Path runDir;
    private final EventLoop loop;
    private final Listener listener;

    Nursery(
            Launcher launcher,
            Starter starter,
            ConsoleLog console,
            Path runDir,
            EventLoop loop,
            Listener listener) {
        this.launcher = launcher;
        this.starter = starter;
        this.console = console;
        this.runDir = runDir;
        this.loop = loop;
        this.listener = listener;
    }

    void launch(Worker worker) {
        Thread.ofVirtual()
                .name("launch-" + worker.id)
                .start(
                        () -> {
                            try {
                                launchNow(worker);
                            } catch (IOException failure) {
                                LOG.error("Worker {} cannot be started", worker.id, failure);
                                loop.execute(() -> listener.notLaunched(worker, failure));
                            } catch (InterruptedException interrupted) {
                                Thread.currentThread().interrupt();
                            }
                        });
    }

    private void launchNow(Worker worker) throws IOException, InterruptedException {
        worker.mark.create();
        try {
            var log = LogChannel.open(runDir.resolve(worker.id + ".log"), console);
            var process = launcher.launch(starter.order(worker, log.socket()));
            loop.execute(() -> listener.launched(worker, process));
            Consumer<Integer> onExit =
                    code ->
                            Thread.ofVirtual()
                                    .name("last-words-" + worker.id)
                                    .start(() -> ended(worker, log, code));
            var _ = process.exit().thenAccept(onExit);
        } catch (IOException failure) {
            worker.mark.delete();
            throw failure;
        }
    }

    private void ended(Worker worker, LogChannel log, int code) {
        log.await(LAST_WORDS);
        log.close();
        loop.execute(() -> listener.exited(worker, code));
    }

    /** Removes what the worker leaves behind. */
    void forget(Worker worker) {
        Thread.ofVirtual()
                .name("forget-" + worker.id)
                .start(
                        () -> {
                            try {
                                worker.mark.delete();
                            } catch (IOException failure) {
                                LOG.warn("Traces of worker {} remain", worker.id, failure);
                            }
                        });
    }
}
