package dev.farol.runtime;

import dev.farol.runtime.log.LineSink;
import dev.farol.runtime.log.RotatingFile;
import dev.farol.runtime.log.StreamSink;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code console.log} of an instance: the output of the user's code, and the few lines that the
 * replica adds to it. Rotated; thread-safe.
 */
public final class ConsoleLog implements AutoCloseable {
    public static final String FILE = "console.log";

    private static final Logger LOG = LoggerFactory.getLogger(ConsoleLog.class);

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss,SSS", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);

    /**
     * Every write wakes a thread, which on a small machine is felt by the request that is running.
     */
    private static final Duration GATHER = Duration.ofMillis(100);

    /** Characters that wait for a disk that stands still; lines beyond are lost, and counted. */
    private static final int MOST = 1 << 20;

    private final LineSink out;
    private final long pid = ProcessHandle.current().pid();
    private final StringBuilder pending = new StringBuilder();
    private final ScheduledExecutorService writer =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("console-log").factory());
    private volatile Prefix last = new Prefix(-1, "");
    private long lost;

    /** Whether what is pending is on its way already. */
    private boolean soon;

    /**
     * @param folder is made when it does not exist
     */
    public ConsoleLog(Path folder, long maxBytes, int files) throws IOException {
        this(new RotatingFile(folder.resolve(FILE), maxBytes, files));
    }

    /** Writes to the stream instead of a file; the stream stays open. */
    public ConsoleLog(OutputStream stream) {
        this(new StreamSink(stream));
    }

    private ConsoleLog(LineSink out) {
        this.out = out;
    }

    /** Copies the stream until its end. Blocks; the caller's thread waits for the disk. */
    public void copy(InputStream output) throws IOException {
        var buffer = new byte[16 * 1024];
        for (int count = output.read(buffer); count >= 0; count = output.read(buffer)) {
            out.write(buffer, 0, count);
        }
    }

    /**
     * A line of the replica's own in the form of Azure ML's server, on its way at once. Never
     * blocks.
     */
    public void line(String text) {
        boolean waiting;
        synchronized (pending) {
            boolean _ = add(text);
            waiting = soon;
            soon = true;
        }
        if (!waiting) {
            schedule(Duration.ZERO);
        }
    }

    /** The line of an access, which may wait for others. Never blocks. */
    public void accessLine(String text) {
        if (add(text)) {
            schedule(GATHER);
        }
    }

    /** Answers whether nothing waited before. */
    private boolean add(String text) {
        String line = prefix(Instant.now()) + text + "\n";
        synchronized (pending) {
            boolean first = pending.isEmpty();
            if (pending.length() + line.length() > MOST) {
                lost++;
                return false;
            }
            pending.append(line);
            return first;
        }
    }

    /** Times are told to the millisecond, in which many lines may come. */
    private String prefix(Instant now) {
        long milli = now.toEpochMilli();
        Prefix known = last;
        if (known.milli() != milli) {
            known = new Prefix(milli, TIME.format(now) + " I [" + pid + "] azmlinfsrv - ");
            last = known;
        }
        return known.text();
    }

    private record Prefix(long milli, String text) {}

    /** Lines that come close together go out together. */
    private void schedule(Duration delay) {
        try {
            var _ = writer.schedule(this::flush, delay.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException closing) {
            LOG.debug("{} is closed; its last lines go out now", FILE, closing);
        }
    }

    private void flush() {
        byte[] bytes;
        synchronized (pending) {
            if (lost > 0) {
                // Beyond the room for lines, which is full: else the count would be lost as well.
                pending.append(prefix(Instant.now()))
                        .append(lost)
                        .append(" lines were lost here: the disk did not keep up\n");
                lost = 0;
            }
            bytes = pending.toString().getBytes(StandardCharsets.UTF_8);
            pending.setLength(0);
            soon = false;
        }
        try {
            out.write(bytes, 0, bytes.length);
        } catch (IOException failure) {
            LOG.error("Cannot write {}", FILE, failure);
        }
    }

    @Override
    public void close() throws IOException {
        writer.shutdownNow();
        try {
            if (!writer.awaitTermination(5, TimeUnit.SECONDS)) {
                LOG.warn("Lines of the replica did not reach {} in time", FILE);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        flush();
        out.close();
    }
}
