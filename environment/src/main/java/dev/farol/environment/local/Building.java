package dev.farol.environment.local;

import dev.farol.environment.Lock;
import dev.farol.environment.PythonEnvironment;
import dev.farol.environment.definition.PythonVersion;
import dev.farol.environment.interpreter.Interpreter;
import dev.farol.environment.interpreter.Interpreters;
import dev.farol.environment.process.FolderLock;
import dev.farol.environment.process.Outcome;
import dev.farol.environment.uv.Chatter;
import dev.farol.environment.uv.Reason;
import dev.farol.environment.uv.Uv;
import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Builds one environment from its lock, alone on the machine. */
final class Building {
    private static final Logger log = LoggerFactory.getLogger(Building.class);

    private final Uv uv;
    private final Interpreters interpreters;
    private final Compilation compilation;
    private final FirstImport firstImport;

    Building(Uv uv, Interpreters interpreters, Compilation compilation, FirstImport firstImport) {
        this.compilation = compilation;
        this.uv = uv;
        this.interpreters = interpreters;
        this.firstImport = firstImport;
    }

    PythonEnvironment build(Lock lock, Place place, Consumer<String> progress)
            throws IOException, InterruptedException {
        Runnable waiting =
                () -> progress.accept("waiting: another process builds this environment");
        try (FolderLock _ = FolderLock.acquire(place.lock(), waiting)) {
            if (place.isComplete()) {
                return place.environment();
            }
            long start = System.nanoTime();
            place.clear();
            Interpreter python = interpreter(lock, progress);
            uv.prepare(interpreters, progress);
            fill(lock, place, python, progress);
            List<String> notes = firstImport.run(lock, place, python, progress);
            place.complete(
                    new Place.Marker(
                            lock.key(),
                            python.path().toString(),
                            python.version().toString(),
                            count(lock),
                            notes));
            String took =
                    String.format(
                            java.util.Locale.ROOT, "%.1f s", (System.nanoTime() - start) / 1e9);
            progress.accept("environment ready in " + took);
            log.info("Environment {} built in {}", lock.key(), took);
            return place.environment();
        }
    }

    private Interpreter interpreter(Lock lock, Consumer<String> progress)
            throws IOException, InterruptedException {
        PythonVersion version = PythonVersion.parse(lock.pythonVersion());
        Interpreter python =
                interpreters
                        .like(Path.of(lock.pythonPath()), version, progress)
                        .orElseThrow(
                                () ->
                                        new FarolException(
                                                ErrorCode.ENVIRONMENT_UNRESOLVABLE,
                                                "The environment was locked with Python "
                                                        + version
                                                        + ", and this machine has none of that"
                                                        + " minor version any more: install one,"
                                                        + " or create a new version of the"
                                                        + " environment"));
        if (!python.version().equals(version)) {
            progress.accept("Python " + version + " is gone: " + python.version() + " is taken");
        }
        return python;
    }

    private void fill(Lock lock, Place place, Interpreter python, Consumer<String> progress)
            throws IOException, InterruptedException {
        Outcome made = uv.venv(python, place.folder(), place.running());
        if (!made.succeeded()) {
            throw failure(made);
        }
        if (count(lock) == 0) {
            return;
        }
        progress.accept(
                "installing " + count(lock) + (count(lock) == 1 ? " package" : " packages"));
        Path requirements = place.folder().resolve("requirements.lock");
        List<String> lines = new ArrayList<>();
        List<String> options = new ArrayList<>();
        for (String line : lock.requirements()) {
            if (line.startsWith("--trusted-host ")) {
                options.addAll(List.of("--allow-insecure-host", line.substring(15)));
            } else {
                lines.add(line);
            }
        }
        if (lines.stream().anyMatch(line -> line.startsWith("--extra-index-url"))) {
            options.addAll(List.of("--index-strategy", "unsafe-best-match"));
        }
        Files.write(requirements, lines);
        if (!install(place, python, requirements, offline(options), progress).succeeded()) {
            Outcome online = install(place, python, requirements, options, progress);
            if (!online.succeeded()) {
                throw failure(online);
            }
        }
        compilation.run(place, python, progress);
    }

    private static List<String> offline(List<String> options) {
        var offline = new ArrayList<>(options);
        offline.add("--offline");
        return offline;
    }

    private Outcome install(
            Place place,
            Interpreter python,
            Path requirements,
            List<String> options,
            Consumer<String> progress)
            throws IOException, InterruptedException {
        try (Chatter chatter = new Chatter(progress, System::nanoTime)) {
            return uv.install(
                    python, place.folder(), requirements, place.running(), options, chatter);
        }
    }

    private static FarolException failure(Outcome outcome) {
        Reason reason = Reason.of(outcome.messages());
        if (reason.unreachable()) {
            return Blame.unreachable(reason);
        }
        return new FarolException(
                ErrorCode.ENVIRONMENT_UNRESOLVABLE,
                "The environment cannot be built: "
                        + (outcome.timeOver() ? "it took too long" : reason.text()));
    }

    private static int count(Lock lock) {
        return (int) lock.requirements().stream().filter(line -> !line.startsWith("-")).count();
    }
}
