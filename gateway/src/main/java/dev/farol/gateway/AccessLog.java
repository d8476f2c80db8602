package dev.farol.gateway;

import dev.farol.kit.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JsonGenerator;

/**
 * One line of JSON per request in a file. Requests put what is known of them in a bounded queue; a
 * thread of its own takes them out, several times a second, and writes. What the queue has no room
 * for, or the disk, is lost, counted, and told: no request waits for its line.
 */
final class AccessLog implements ExchangeListener, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(AccessLog.class);

    /** What may wait to be written. */
    static final int ROOM = 16 * 1024;

    private static final long PAUSE = Duration.ofMillis(100).toNanos();
    private static final long NOTICE = Duration.ofSeconds(10).toNanos();
    private static final Duration LAST_WORDS = Duration.ofSeconds(5);

    private record Line(Instant ended, ExchangeRecord exchange) {}

    private final Path file;
    private final long maxSize;
    private final int keep;
    private final InstantSource clock;
    private final ArrayBlockingQueue<Line> queue = new ArrayBlockingQueue<>(ROOM);
    private final LongAdder written = new LongAdder();
    private final LongAdder lost = new LongAdder();
    private final Thread writer;
    private volatile boolean closing;
    private @Nullable OutputStream out;
    private long size;
    private long toldLost;
    private long toldAt;

    private AccessLog(Path file, AccessLogConfig config, InstantSource clock) {
        this.file = file;
        this.maxSize = config.maxSize().bytes();
        this.keep = config.keep();
        this.clock = clock;
        this.toldAt = System.nanoTime() - NOTICE;
        this.writer = Thread.ofPlatform().daemon().name("farol-access-log").unstarted(this::run);
    }

    /**
     * @param file the one of the settings, which has one
     */
    static AccessLog start(Path file, AccessLogConfig config, InstantSource clock) {
        var started = new AccessLog(file, config, clock);
        started.writer.start();
        return started;
    }

    @Override
    public void ended(ExchangeRecord exchange) {
        if (!queue.offer(new Line(clock.instant(), exchange))) {
            lost.increment();
        }
    }

    long written() {
        return written.sum();
    }

    long lost() {
        return lost.sum();
    }

    private void run() {
        var batch = new ArrayList<Line>();
        boolean last;
        do {
            last = closing;
            batch.clear();
            // Never waits on the queue itself: nobody then has to wake this thread up.
            if (queue.drainTo(batch, 1024) == 0) {
                if (!last) {
                    LockSupport.parkNanos(PAUSE);
                }
            } else {
                write(batch);
            }
            tellLosses();
        } while (!last || !queue.isEmpty());
        closeFile();
    }

    private void write(List<Line> batch) {
        var bytes = new ByteArrayOutputStream(512 * batch.size());
        for (Line line : batch) {
            try (JsonGenerator json = Json.STRICT.createGenerator(bytes)) {
                TrafficLine.write(json, line.ended(), line.exchange());
            }
            bytes.write('\n');
        }
        try {
            OutputStream open = out;
            if (open == null || size >= maxSize) {
                open = next();
            }
            bytes.writeTo(open);
            size += bytes.size();
            written.add(batch.size());
        } catch (IOException full) {
            lost.add(batch.size());
            boolean begun = out != null;
            closeFile();
            if (begun) {
                cutBack();
            }
            log.debug("The access log cannot be written", full);
        }
    }

    /** Takes back the half of a line that a full disk may have left. */
    private void cutBack() {
        try (FileChannel half = FileChannel.open(file, StandardOpenOption.WRITE)) {
            if (half.size() > size) {
                half.truncate(size);
            }
        } catch (IOException fault) {
            log.debug("The access log {} may end within a line", file, fault);
        }
    }

    /** The file to write to: the one there is, or, when that is full, a new one. */
    private OutputStream next() throws IOException {
        closeFile();
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        if (Files.exists(file) && Files.size(file) >= maxSize) {
            for (int i = keep - 1; i >= 1; i--) {
                move(aside(i), aside(i + 1));
            }
            if (keep > 0) {
                move(file, aside(1));
            } else {
                Files.delete(file);
            }
        }
        OutputStream opened =
                Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        size = Files.size(file);
        out = opened;
        return opened;
    }

    private Path aside(int number) {
        return file.resolveSibling(file.getFileName() + "." + number);
    }

    private static void move(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
        } catch (NoSuchFileException none) {
            // so many were not kept yet
        }
    }

    private void tellLosses() {
        long all = lost.sum();
        long now = System.nanoTime();
        if (all > toldLost && (closing || now - toldAt > NOTICE)) {
            log.warn(
                    "{} lines of the access log {} were lost: more came than could be written",
                    all - toldLost,
                    file);
            toldLost = all;
            toldAt = now;
        }
    }

    private void closeFile() {
        OutputStream open = out;
        out = null;
        if (open != null) {
            try {
                open.close();
            } catch (IOException fault) {
                log.warn("The access log {} did not close", file, fault);
            }
        }
    }

    /** Writes what waits, as far as that takes no longer than a few seconds. */
    @Override
    public void close() {
        closing = true;
        LockSupport.unpark(writer);
        boolean interrupted = false;
        try {
            if (!writer.join(LAST_WORDS)) {
                log.warn("The access log {} was cut off with {} lines left", file, queue.size());
            }
        } catch (InterruptedException stop) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
