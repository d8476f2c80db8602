package dev.farol.backend.local;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Listens to a child process: each line that it prints, then its exit code. */
final class EventReader {
    private static final Logger LOG = LoggerFactory.getLogger(EventReader.class);
    // A grandchild may hold the pipe open for longer than the child lives.
    private static final Duration LAST_WORDS = Duration.ofMillis(500);
    private static final long SMALL_STACK = 256 * 1024;

    private EventReader() {}

    /**
     * @param onExit comes after every line that was printed before the end
     */
    static void attach(Process process, String name, Consumer<String> onLine, IntConsumer onExit) {
        // Reading a pipe holds its carrier: a platform thread, so that virtual ones are not
        // starved.
        Thread reader =
                Thread.ofPlatform()
                        .name("events-" + name)
                        .daemon(true)
                        .stackSize(SMALL_STACK)
                        .start(() -> read(process, name, onLine));
        Thread.ofVirtual()
                .name("exit-" + name)
                .start(
                        () -> {
                            try {
                                int code = process.waitFor();
                                reader.join(LAST_WORDS);
                                onExit.accept(code);
                            } catch (InterruptedException interrupted) {
                                Thread.currentThread().interrupt();
                            }
                        });
    }

    private static void read(Process process, String name, Consumer<String> onLine) {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                onLine.accept(line);
            }
        } catch (IOException closed) {
            LOG.debug("The output of {} ended: {}", name, closed.toString());
        }
    }
}
