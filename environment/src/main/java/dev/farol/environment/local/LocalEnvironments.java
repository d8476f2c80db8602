package dev.farol.environment.local;

import dev.farol.environment.Definition;
import dev.farol.environment.EnvironmentConfig;
import dev.farol.environment.Environments;
import dev.farol.environment.Host;
import dev.farol.environment.Lock;
import dev.farol.environment.PythonEnvironment;
import dev.farol.environment.definition.InvalidDefinition;
import dev.farol.environment.definition.PythonSpec;
import dev.farol.environment.definition.Wanted;
import dev.farol.environment.interpreter.Choice;
import dev.farol.environment.interpreter.Interpreters;
import dev.farol.environment.process.Command;
import dev.farol.environment.process.Commands;
import dev.farol.environment.process.FolderLock;
import dev.farol.environment.process.Leftovers;
import dev.farol.environment.process.Outcome;
import dev.farol.environment.uv.Uv;
import dev.farol.kit.Trees;
import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Environments in the home folder: {@code envs/<key>}, made by uv. */
public final class LocalEnvironments implements Environments {
    private static final Logger log = LoggerFactory.getLogger(LocalEnvironments.class);
    private static final String TRASH = ".removed-";
    private static final Duration STALE = Duration.ofHours(1);

    private final Path envs;
    private final Path scratch;
    private final Commands commands = new Commands();
    private final Interpreters interpreters;
    private final Uv uv;
    private final Overrides overrides;
    private final Compilation compilation;
    private final Building building;
    private final Map<String, Shared> builds = new ConcurrentHashMap<>();
    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();

    /**
     * @throws IOException when the home folder cannot be written
     */
    public LocalEnvironments(EnvironmentConfig config, Path home, Host host) throws IOException {
        Path root = home.toAbsolutePath().normalize();
        this.envs = Files.createDirectories(root.resolve("envs"));
        this.scratch = Files.createDirectories(root.resolve("cache/resolving"));
        this.uv = new Uv(config, host, root, envs, commands);
        this.interpreters = new Interpreters(config, host, root, commands, uv);
        this.overrides = new Overrides(config.requirementOverrides());
        this.compilation =
                new Compilation(
                        commands,
                        uv.pythonVariables(),
                        root.resolve("cache/pyc"),
                        config.buildLimit());
        this.building =
                new Building(
                        uv,
                        interpreters,
                        compilation,
                        new FirstImport(commands, uv.pythonVariables(), config.importOnce()));
        tidy();
    }

    /** Removes what a Farol that was killed left over. */
    private void tidy() throws IOException {
        Leftovers.remove(envs, TRASH);
        try (DirectoryStream<Path> left = Files.newDirectoryStream(scratch)) {
            Instant old = Instant.now().minus(STALE);
            for (Path folder : left) {
                if (Files.getLastModifiedTime(folder).toInstant().isBefore(old)) {
                    Trees.delete(folder);
                }
            }
        }
    }

    @Override
    public Lock resolve(Definition definition, Consumer<String> progress) {
        Wanted wanted = Wanted.of(definition);
        try {
            Choice choice = interpreters.choose(wanted.python(), progress);
            if (definition.samePython()) {
                refuseOther(wanted, choice);
            }
            if (!wanted.requirements().isEmpty()) {
                uv.prepare(interpreters, progress);
            }
            return new Resolution(uv, overrides, scratch, wanted, choice, progress).lock();
        } catch (IOException failed) {
            throw Failures.files(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw Failures.canceled();
        }
    }

    /** Of the same minor version every patch will do. */
    private static void refuseOther(Wanted wanted, Choice choice) {
        PythonSpec asked = wanted.python();
        String note = choice.note();
        if (asked != null
                && note != null
                && !choice.interpreter().version().sameMinor(asked.anchor())) {
            String place = InvalidDefinition.place(wanted.source(), asked.line());
            throw new FarolException(
                    ErrorCode.ENVIRONMENT_UNRESOLVABLE,
                    place,
                    place
                            + ": '"
                            + asked.original()
                            + "' is not on this machine, and what one version of Python saved"
                            + " another may not read (found: "
                            + choice.found()
                            + "). Install it, name it in environment.interpreters, or save the"
                            + " model with one of these");
        }
    }

    @Override
    public PythonEnvironment build(Lock lock, Consumer<String> progress) {
        var place = new Place(envs, lock.key());
        if (used(place)) {
            return place.environment();
        }
        return builds.computeIfAbsent(lock.key(), key -> start(lock, place)).await(progress);
    }

    @Override
    public Ran run(
            PythonEnvironment environment,
            Path script,
            List<String> arguments,
            Path folder,
            Duration limit,
            Consumer<String> messages)
            throws InterruptedException {
        var line = new ArrayList<>(List.of(environment.python().toString(), script.toString()));
        line.addAll(arguments);
        var command = new Command(line, uv.pythonVariables(), folder, limit, messages);
        try {
            Outcome outcome = commands.run(command.guarded(environment.python(), "-"));
            return new Ran(outcome.code(), outcome.timeOver(), outcome.output());
        } catch (IOException failed) {
            throw Failures.files(failed);
        }
    }

    /** Whether it is complete; noted first, so that it is not taken away after the look. */
    private static boolean used(Place place) {
        try {
            place.used(Instant.now());
        } catch (IOException failed) {
            throw Failures.files(failed);
        }
        return place.isComplete();
    }

    private Shared start(Lock lock, Place place) {
        var shared = new Shared();
        Thread thread =
                Thread.ofVirtual()
                        .name("environment-" + lock.key().substring(0, 8))
                        .unstarted(
                                () ->
                                        shared.run(
                                                progress -> building.build(lock, place, progress),
                                                () -> {
                                                    builds.remove(lock.key());
                                                    threads.remove(Thread.currentThread());
                                                }));
        threads.add(thread);
        thread.start();
        return shared;
    }

    @Override
    public Set<String> prune(Set<String> keysInUse, Instant usedBefore) {
        Instant now = Instant.now();
        Set<String> removed = new LinkedHashSet<>();
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(envs)) {
            for (Path folder : folders) {
                String key = folder.getFileName().toString();
                if (keysInUse.contains(key)) {
                    new Place(envs, key).used(now);
                } else if (Place.isKey(key) && remove(new Place(envs, key), usedBefore)) {
                    removed.add(key);
                }
            }
        } catch (IOException failed) {
            throw Failures.files(failed);
        }
        if (!removed.isEmpty()) {
            compilation.prune();
        }
        return removed;
    }

    /** Renamed first, so that nobody ever sees a complete environment with files missing. */
    private boolean remove(Place place, Instant usedBefore) throws IOException {
        if (Place.usedSince(place.folder(), usedBefore)) {
            return false;
        }
        Path trash = Files.createTempDirectory(envs, TRASH);
        try {
            if (!takeAway(place, trash.resolve("environment"), usedBefore)) {
                return false;
            }
            log.info("Environment {} removed: nothing uses it", place.key());
            return true;
        } finally {
            Trees.delete(trash);
        }
    }

    /** Renames the environment, unless it is being built or was used in the meantime. */
    private boolean takeAway(Place place, Path aside, Instant usedBefore) throws IOException {
        var gone = new AtomicBoolean();
        var failure = new AtomicReference<@Nullable IOException>();
        Shared unused =
                // Holds off this process's builds of the environment; the lock, those of others.
                builds.compute(
                        place.key(),
                        (key, running) -> {
                            if (running == null) {
                                try {
                                    gone.set(moved(place, aside, usedBefore));
                                } catch (IOException failed) {
                                    failure.set(failed);
                                }
                            }
                            return running;
                        });
        IOException failed = failure.get();
        if (failed != null) {
            throw failed;
        }
        return gone.get();
    }

    private static boolean moved(Place place, Path aside, Instant usedBefore) throws IOException {
        Optional<FolderLock> alone = FolderLock.tryAcquire(place.lock());
        if (alone.isEmpty()) {
            return false;
        }
        try (FolderLock _ = alone.get()) {
            Files.move(place.folder(), aside, StandardCopyOption.ATOMIC_MOVE);
            if (Place.usedSince(aside, usedBefore)) {
                Files.move(aside, place.folder(), StandardCopyOption.ATOMIC_MOVE);
                return false;
            }
            return true;
        }
    }

    @Override
    public void close() {
        commands.close();
        for (Thread thread : List.copyOf(threads)) {
            thread.interrupt();
            try {
                thread.join(Duration.ofSeconds(5));
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }
}
