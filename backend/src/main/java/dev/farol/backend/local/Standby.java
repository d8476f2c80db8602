package dev.farol.backend.local;

import dev.farol.backend.Command;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One replica that was started ahead of need: it has its virtual machine up and waits on its stdin
 * for the name of a spec file. A start that finds it there is shorter by a virtual machine's start;
 * one that does not starts its own.
 */
final class Standby implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Standby.class);

    private final @Nullable Command command;
    private final ProcessLauncher processes;
    private final Path folder;
    private final String mark;
    private final Duration pause;

    private @Nullable Process waiting;
    private @Nullable Path faults;
    private @Nullable Thread refill;
    private CountDownLatch early = new CountDownLatch(1);
    private int count;
    private boolean closed;

    /**
     * @param command null means that this backend keeps none
     * @param folder gets the standard error of the one that waits
     * @param pause how long to leave the machine to the instance that took the last one, at most
     */
    Standby(
            @Nullable Command command,
            ProcessLauncher processes,
            Path folder,
            String mark,
            Duration pause) {
        this.command = command;
        this.processes = processes;
        this.folder = folder;
        this.mark = mark;
        this.pause = pause;
    }

    /** Begins to keep one, a pause from now at the latest. */
    synchronized void prepare() {
        if (command == null || closed || waiting != null || refill != null) {
            return;
        }
        early = new CountDownLatch(1);
        refill = Thread.ofVirtual().name("standby").start(this::fill);
    }

    /** An instance has come up: the machine is free for the next one that waits. */
    synchronized void settled() {
        early.countDown();
    }

    /**
     * The one that waits, now on its way with this spec; empty when there is none.
     *
     * @param errors where its standard error is kept from now on
     */
    synchronized Optional<Process> take(Path specFile, Path errors) {
        Process process = waiting;
        waiting = null;
        if (process == null) {
            return Optional.empty();
        }
        prepare();
        try {
            if (faults != null && Files.exists(faults)) {
                Files.move(faults, errors, StandardCopyOption.REPLACE_EXISTING);
            }
            var stdin = process.getOutputStream();
            stdin.write((specFile + "\n").getBytes(StandardCharsets.UTF_8));
            stdin.flush();
            return Optional.of(process);
        } catch (IOException gone) {
            LOG.info("The replica that waited is of no use: {}", gone.toString());
            process.toHandle().destroyForcibly();
            return Optional.empty();
        }
    }

    private synchronized CountDownLatch early() {
        return early;
    }

    private void fill() {
        try {
            boolean _ = early().await(pause.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException closing) {
            return;
        }
        synchronized (this) {
            refill = null;
            if (closed || waiting != null || command == null) {
                return;
            }
            try {
                Files.createDirectories(folder);
                faults = folder.resolve("standby-" + ++count + ".err");
                Files.deleteIfExists(faults);
                waiting = processes.start(command, mark, folder, faults);
            } catch (IOException fault) {
                LOG.warn("No replica waits ahead of need: {}", fault.toString());
            }
        }
    }

    /** Ends the one that waits. */
    @Override
    public synchronized void close() {
        closed = true;
        if (refill != null) {
            refill.interrupt();
        }
        if (waiting != null) {
            waiting.toHandle().destroyForcibly();
            waiting = null;
        }
        if (faults != null) {
            try {
                Files.deleteIfExists(faults);
            } catch (IOException fault) {
                LOG.debug("{} stays", faults, fault);
            }
        }
    }
}
