package dev.farol.environment.local;

import dev.farol.environment.interpreter.Interpreter;
import dev.farol.environment.process.Command;
import dev.farol.environment.process.Commands;
import dev.farol.environment.process.Outcome;
import dev.farol.environment.process.Script;
import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compiles an environment's modules before anybody imports them, so that the first worker finds
 * them compiled; what another environment compiled from the same file is linked, not made again. uv
 * can compile too, but knows only everything, each time: for scikit-learn and pandas that was three
 * quarters of a cold build and nearly all of one from a lock.
 */
final class Compilation {
    private static final Logger log = LoggerFactory.getLogger(Compilation.class);
    private static final Duration KEPT = Duration.ofDays(30);

    private static final double WORTH_TELLING = 0.3;

    private final Commands commands;
    private final Map<String, String> variables;
    private final Path store;
    private final Duration limit;

    Compilation(Commands commands, Map<String, String> variables, Path store, Duration limit) {
        this.commands = commands;
        this.variables = variables;
        this.store = store;
        this.limit = limit;
    }

    void run(Place place, Interpreter python, Consumer<String> progress)
            throws IOException, InterruptedException {
        long start = System.nanoTime();
        List<String> line =
                List.of(
                        place.python().toString(),
                        "-I",
                        "-S",
                        "-c",
                        Script.text("compile.py"),
                        place.folder().resolve("lib").toString(),
                        store.toString(),
                        Integer.toString(Runtime.getRuntime().availableProcessors()));
        Outcome outcome =
                commands.run(
                        new Command(line, variables, place.folder(), limit)
                                .guarded(python.path(), place.running().toString()));
        if (!outcome.succeeded()) {
            throw new FarolException(
                    ErrorCode.ENVIRONMENT_UNRESOLVABLE,
                    "The packages cannot be compiled: "
                            + outcome.messages().lines().reduce("", (first, last) -> last));
        }
        String[] counts = outcome.output().strip().split(" ");
        double seconds = (System.nanoTime() - start) / 1e9;
        if (!counts[0].equals("0") && seconds >= WORTH_TELLING) {
            progress.accept(
                    String.format(Locale.ROOT, "compiled %s files in %.1f s", counts[0], seconds));
        }
    }

    /** Forgets what no environment has used for a while. */
    void prune() {
        Instant old = Instant.now().minus(KEPT);
        try {
            if (Files.isDirectory(store)) {
                Files.walkFileTree(store, new Sweep(old));
            }
        } catch (IOException failed) {
            log.warn("Compiled modules in {} cannot be pruned", store, failed);
        }
    }

    private static final class Sweep extends SimpleFileVisitor<Path> {
        private final Instant old;

        Sweep(Instant old) {
            this.old = old;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
            boolean alone = Integer.valueOf(1).equals(Files.getAttribute(file, "unix:nlink"));
            if (alone && attributes.lastModifiedTime().toInstant().isBefore(old)) {
                Files.delete(file);
            }
            return FileVisitResult.CONTINUE;
        }
    }
}
