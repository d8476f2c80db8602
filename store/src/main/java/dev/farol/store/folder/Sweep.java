package dev.farol.store.folder;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes what nobody will ask for: once, beside the start, a shard at a time, contents that no
 * object refers to (what a crash left between the bytes and the row); then, every hour, blocks of
 * uploads that were given up.
 */
final class Sweep implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Sweep.class);
    private static final int SHARDS = 256;

    private final BlobFiles blobs;
    private final @Nullable Vault vault;
    private final Collector collector;
    private final Chore blocks;
    private final Thread thread;
    private final CountDownLatch closed = new CountDownLatch(1);

    /** Removes the content unless something refers to it. */
    interface Collector {
        void collect(String sha256) throws IOException;
    }

    /** Something to do now and then. */
    interface Chore {
        void run() throws IOException;
    }

    Sweep(BlobFiles blobs, @Nullable Vault vault, Collector collector, Chore blocks) {
        this.blobs = blobs;
        this.vault = vault;
        this.collector = collector;
        this.blocks = blocks;
        this.thread = Thread.ofVirtual().name("objects-sweep").start(this::run);
    }

    private void run() {
        try {
            contents();
        } catch (IOException | RuntimeException e) {
            log.warn("Objects without a name were not all removed; the next start tries again", e);
        }
        do {
            try {
                blocks.run();
            } catch (IOException | RuntimeException e) {
                log.warn("Old blocks were not all removed; the next hour tries again", e);
            }
        } while (!isClosedWithinAnHour());
    }

    private void contents() throws IOException {
        for (Path shard : blobs.shards()) {
            for (String sha256 : blobs.digests(shard)) {
                if (closed.getCount() == 0) {
                    return;
                }
                collector.collect(sha256);
            }
        }
        for (int shard = 0; vault != null && shard < SHARDS; shard++) {
            if (closed.getCount() == 0) {
                return;
            }
            for (String sha256 : vault.digests(HexFormat.of().toHexDigits((byte) shard))) {
                collector.collect(sha256);
            }
        }
    }

    private boolean isClosedWithinAnHour() {
        try {
            return closed.await(1, TimeUnit.HOURS);
        } catch (InterruptedException e) {
            return true;
        }
    }

    @Override
    public void close() {
        closed.countDown();
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
