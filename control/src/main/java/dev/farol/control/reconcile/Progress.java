package dev.farol.control.reconcile;

import dev.farol.spec.FarolException;
import dev.farol.spec.ResourceId;
import dev.farol.store.OperationStore;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Words on what happens with one deployment: to the operation that runs, now and then, the newest
 * always in the end; to the log of its preparation, each.
 */
final class Progress {
    private static final Logger log = LoggerFactory.getLogger(Progress.class);

    private final ResourceId deployment;
    private final OperationStore operations;
    private final DeploymentRecord record;
    private final long intervalNanos;

    private @Nullable String operation;
    private @Nullable String unsaid;
    private long saidAt;

    Progress(
            ResourceId deployment,
            OperationStore operations,
            DeploymentRecord record,
            Duration interval) {
        this.deployment = deployment;
        this.operations = operations;
        this.record = record;
        this.intervalNanos = interval.toNanos();
        this.saidAt = System.nanoTime() - intervalNanos;
    }

    /** Which operation hears from now on; null when none runs. */
    synchronized void operation(@Nullable String id) {
        if (id == null || !id.equals(operation)) {
            unsaid = null;
        }
        operation = id;
    }

    /** A line that the log keeps. Never throws: the work does not depend on being told of. */
    synchronized void line(String text) {
        try {
            record.line(deployment, text);
        } catch (java.io.UncheckedIOException unwritable) {
            log.warn("The log of {} cannot be written", deployment, unwritable);
        }
        say(text);
    }

    /** A word for whoever waits, which the log does not keep. */
    synchronized void say(String text) {
        unsaid = text;
        flush();
    }

    /** Says what was held back, if the time for it has come. */
    synchronized void flush() {
        long now = System.nanoTime();
        if (operation == null || unsaid == null || now - saidAt < intervalNanos) {
            return;
        }
        saidAt = now;
        String text = unsaid;
        unsaid = null;
        try {
            operations.progress(operation, text);
        } catch (FarolException unsayable) {
            log.info("The progress of {} cannot be told", deployment, unsayable);
        }
    }
}
