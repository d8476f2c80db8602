package dev.farol.store.folder;

import java.io.IOException;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes contents that no object refers to: what a crash left between the bytes and the row. Runs
 * once, beside the start, a shard at a time.
 */
final class Sweep implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Sweep.class);

    private final BlobFiles blobs;
    private final Collector collector;
    private final Thread thread;
    private volatile boolean closed;

    /** Removes the content unless something refers to it. */
    interface Collector {
        void collect(String sha256) throws IOException;
    }

    Sweep(BlobFiles blobs, Collector collector) {
        this.blobs = blobs;
        this.collector = collector;
        this.thread = Thread.ofVirtual().name("objects-sweep").start(this::run);
    }

    private void run() {
        try {
            for (Path shard : blobs.shards()) {
                for (String sha256 : blobs.digests(shard)) {
                    if (closed) {
                        return;
                    }
                    collector.collect(sha256);
                }
            }
        } catch (IOException e) {
            log.warn("Objects without a name were not all removed; the next start tries again", e);
        }
    }

    @Override
    public void close() {
        closed = true;
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
