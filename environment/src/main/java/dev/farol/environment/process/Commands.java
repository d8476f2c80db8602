package dev.farol.environment.process;

import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Runs programs; ends all of them when closed. */
public final class Commands implements AutoCloseable {
    private static final long AFTER_END_SECONDS = 5;

    private final Set<Process> running = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /**
     * Runs a program to its end. An interrupt ends it.
     *
     * @throws IOException when it cannot be started
     */
    public Outcome run(Command command) throws IOException, InterruptedException {
        if (closed) {
            throw stopping();
        }
        var builder = new ProcessBuilder(command.line()).directory(command.folder().toFile());
        builder.environment().clear();
        builder.environment().putAll(command.variables());
        Process process = builder.start();
        running.add(process);
        try {
            if (closed) {
                throw stopping();
            }
            var output = new FutureTask<>(() -> text(process.getInputStream()));
            var messages =
                    new FutureTask<>(() -> lines(process.getErrorStream(), command.messages()));
            Thread.ofVirtual().start(output);
            Thread.ofVirtual().start(messages);
            boolean ended = process.waitFor(command.limit().toMillis(), TimeUnit.MILLISECONDS);
            if (!ended) {
                end(process);
            }
            int code = ended ? process.exitValue() : Outcome.TIME_OVER;
            Outcome outcome = new Outcome(code, read(output), read(messages));
            if (closed) {
                throw stopping();
            }
            return outcome;
        } finally {
            end(process);
            running.remove(process);
        }
    }

    private static FarolException stopping() {
        return new FarolException(ErrorCode.INTERRUPTED, "Farol stopped meanwhile.");
    }

    /** What a stream gave; a descendant that survived keeps it open, and is not waited for long. */
    private static String read(FutureTask<String> reading) throws InterruptedException {
        try {
            return reading.get(AFTER_END_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | java.util.concurrent.TimeoutException unreadable) {
            return "";
        }
    }

    private static String text(InputStream stream) throws IOException {
        return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    }

    private static String lines(InputStream stream, Consumer<String> listener) throws IOException {
        var all = new StringBuilder();
        try (BufferedReader reader =
                new BufferedReader(new java.io.InputStreamReader(stream, StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                all.append(line).append('\n');
                listener.accept(line);
            }
        }
        return all.toString();
    }

    /** Ends a program and everything below it. The list is taken first: orphans are not found. */
    private static void end(Process process) {
        try (Stream<ProcessHandle> below = process.descendants()) {
            below.toList().forEach(ProcessHandle::destroyForcibly);
        }
        process.destroyForcibly();
    }

    @Override
    public void close() {
        closed = true;
        running.forEach(Commands::end);
    }
}
