package dev.farol.backend.local;

import dev.farol.backend.Command;
import dev.farol.backend.ZygoteLauncher;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One environment's zygote: started, started again when it dies, given up when it fails three times
 * in a row. Instances never depend on it: they ask for its socket and get none when it fails.
 */
final class Zygote {
    private static final Logger LOG = LoggerFactory.getLogger(Zygote.class);
    private static final int TRIES = 3;
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(1);
    private static final Duration KILL_PATIENCE = Duration.ofSeconds(5);

    /** What reaches the zygote's thread. */
    private enum Word {
        READY,
        EXITED,
        STOP
    }

    /**
     * Where a zygote lives.
     *
     * @param imports tells it what to import
     * @param folder for its pid
     * @param errors gets what it writes to its standard error
     */
    record Place(Path socket, Path imports, Path folder, Path errors) {}

    private final String name;
    private final Path python;
    private final Place place;
    private final ZygoteLauncher launcher;
    private final ProcessLauncher processes;
    private final ProcessTable table;
    private final String mark;
    private final Duration startLimit;
    private final Backoff backoff;
    private final LinkedBlockingQueue<Word> words = new LinkedBlockingQueue<>();
    private final CompletableFuture<Void> over = new CompletableFuture<>();

    private volatile CompletableFuture<Optional<Path>> socket = new CompletableFuture<>();
    private volatile boolean stopping;

    Zygote(
            String name,
            Path python,
            Place place,
            ZygoteLauncher launcher,
            ProcessLauncher processes,
            ProcessTable table,
            String mark,
            Duration startLimit,
            Backoff backoff) {
        this.name = name;
        this.python = python;
        this.place = place;
        this.launcher = launcher;
        this.processes = processes;
        this.table = table;
        this.mark = mark;
        this.startLimit = startLimit;
        this.backoff = backoff;
    }

    /** Where it listens, when it does; none when it could not be started. */
    CompletableFuture<Optional<Path>> socket() {
        return socket;
    }

    /** Whether it will do no more. */
    boolean over() {
        return over.isDone();
    }

    /**
     * @param idle is asked from time to time whether the zygote may go
     */
    void start(Duration askEvery, BooleanSupplier idle) {
        Thread.ofVirtual().name("zygote-" + name).start(() -> run(askEvery, idle));
    }

    /** Ends it and what stems from it. Blocks until it is gone. */
    void stop() {
        stopping = true;
        words.add(Word.STOP);
        over.join();
    }

    private void run(Duration askEvery, BooleanSupplier idle) {
        try {
            int failures = 0;
            while (!stopping && failures < TRIES) {
                boolean served = life(askEvery, idle);
                failures = served ? 0 : failures + 1;
                if (!stopping && failures < TRIES) {
                    rest(served ? backoff.afterCrash() : backoff.afterFailedStart());
                }
            }
            if (failures == TRIES) {
                LOG.info("The zygote of environment {} is given up; workers start afresh.", name);
            }
        } catch (RuntimeException fault) {
            LOG.error("The zygote of environment {} cannot be kept", name, fault);
        } finally {
            socket.complete(Optional.empty());
            over.complete(null);
        }
    }

    /** From start to end of one process; true when it came to serve. */
    private boolean life(Duration askEvery, BooleanSupplier idle) {
        var tree = new ProcessTree(table, value -> stopping && value.equals(mark));
        Process process = null;
        boolean ready = false;
        try {
            process = launch(tree);
            ready = await(startLimit) == Word.READY;
            settle(ready);
            while (ready && !stopping) {
                Word word = await(askEvery);
                if (word == Word.EXITED) {
                    LOG.info("The zygote of environment {} ended and is started again.", name);
                    break;
                }
                if (word == null && idle.getAsBoolean()) {
                    stopping = true;
                }
            }
        } catch (IOException fault) {
            LOG.info("The zygote of environment {} does not start: {}", name, fault.toString());
            settle(false);
        } finally {
            if (ready) {
                socket = new CompletableFuture<>();
            }
            if (process != null) {
                end(process, tree);
            }
        }
        return ready;
    }

    private Process launch(ProcessTree tree) throws IOException {
        Files.createDirectories(place.folder());
        Files.createDirectories(place.errors().getParent());
        Files.deleteIfExists(place.socket());
        words.removeIf(word -> word != Word.STOP);
        var pids = new PidFile(place.folder());
        pids.clear();
        Command command = launcher.command(python, place.socket(), place.imports());
        Process process = processes.start(command, mark, place.folder(), place.errors());
        table.find(process.pid())
                .map(ProcessTable.Entry::id)
                .ifPresent(
                        id -> {
                            tree.add(id);
                            pids.add(id);
                        });
        EventReader.attach(
                process,
                "zygote-" + name,
                line -> {
                    if (line.strip().equals("ready")) {
                        words.add(Word.READY);
                    }
                },
                code -> words.add(Word.EXITED));
        return process;
    }

    private void settle(boolean ready) {
        Optional<Path> found = ready ? Optional.of(place.socket()) : Optional.empty();
        if (!socket.complete(found)) {
            socket = CompletableFuture.completedFuture(found);
        }
    }

    /** The word that comes next, or null when none comes in time. */
    private @Nullable Word await(Duration limit) {
        try {
            return words.poll(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException nobodyDoesThat) {
            return null;
        }
    }

    private void rest(Duration pause) {
        if (!pause.isZero() && await(pause) == Word.STOP) {
            stopping = true;
        }
    }

    /** Its workers are instances' and stay, unless the zygote itself is no longer wanted. */
    private void end(Process process, ProcessTree tree) {
        process.toHandle().destroy();
        try {
            if (!process.waitFor(STOP_PATIENCE)) {
                process.toHandle().destroyForcibly();
            }
            if (stopping) {
                tree.end(KILL_PATIENCE);
            } else {
                process.waitFor(KILL_PATIENCE);
            }
            process.getOutputStream().close();
            Files.deleteIfExists(place.socket());
        } catch (InterruptedException nobodyDoesThat) {
            Thread.currentThread().interrupt();
        } catch (IOException closedAlready) {
            LOG.debug("The zygote of environment {}: {}", name, closedAlready.toString());
        }
        new PidFile(place.folder()).clear();
    }
}
