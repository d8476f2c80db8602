package dev.farol.environment.local;

import dev.farol.environment.Definition;
import dev.farol.environment.EnvironmentConfig;
import dev.farol.environment.Environments;
import dev.farol.environment.Host;
import dev.farol.environment.Lock;
import dev.farol.environment.PythonEnvironment;
import dev.farol.environment.definition.Wanted;
import dev.farol.environment.interpreter.Choice;
import dev.farol.environment.interpreter.Interpreters;
import dev.farol.environment.process.Commands;
import dev.farol.environment.process.FolderLock;
import dev.farol.environment.process.Trees;
import dev.farol.environment.uv.Uv;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
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
        Trees.removeLeftovers(envs, TRASH);
        try (DirectoryStream<Path> left = Files.newDirectoryStream(scratch)) {
            Instant old = Instant.now().minus(STALE);
            for (Path folder : left) {
                if (Files.getLastModifiedTime(folder).toInstant().isBefore(old)) {
                    Trees.remove(folder);
                }
            }
        }
    }

    @Override
    public Lock resolve(Definition definition, Consumer<String> progress) {
        Wanted wanted = Wanted.of(definition);
        try {
            Choice choice = interpreters.choose(wanted.python(), progress);
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

    @Override
    public PythonEnvironment build(Lock lock, Consumer<String> progress) {
        var place = new Place(envs, lock.key());
        if (place.isComplete()) {
            return place.environment();
        }
        return builds.computeIfAbsent(lock.key(), key -> start(lock, place)).await(progress);
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
    public Set<String> prune(Set<String> keysInUse) {
        Set<String> removed = new LinkedHashSet<>();
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(envs)) {
            for (Path folder : folders) {
                String key = folder.getFileName().toString();
                if (Place.isKey(key) && !keysInUse.contains(key) && remove(key)) {
                    removed.add(key);
                }
            }
        } catch (IOException failed) {
            throw Failures.files(failed);
        }
        compilation.prune();
        return removed;
    }

    /** Renamed first, so that nobody ever sees a complete environment with files missing. */
    private boolean remove(String key) throws IOException {
        if (builds.containsKey(key)) {
            return false;
        }
        var place = new Place(envs, key);
        Optional<FolderLock> alone = FolderLock.tryAcquire(place.lock());
        if (alone.isEmpty()) {
            return false;
        }
        try (FolderLock _ = alone.get()) {
            Path trash = Files.createTempDirectory(envs, TRASH);
            Files.move(
                    place.folder(), trash.resolve("environment"), StandardCopyOption.ATOMIC_MOVE);
            Trees.remove(trash);
            log.info("Environment {} removed: nothing uses it", key);
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
