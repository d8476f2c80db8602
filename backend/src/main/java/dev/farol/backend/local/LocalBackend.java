package dev.farol.backend.local;

import dev.farol.backend.Backend;
import dev.farol.backend.BackendConfig;
import dev.farol.backend.InstanceSpec;
import dev.farol.backend.InstanceStatus;
import dev.farol.backend.InstanceTypes;
import dev.farol.backend.Launchers;
import dev.farol.backend.LocalFolders;
import dev.farol.backend.local.Transitions.Transition;
import dev.farol.backend.verdict.VerdictComposer;
import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import dev.farol.spec.ResourceId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Instances as process trees of this machine. One per home. */
public final class LocalBackend implements Backend {
    private static final Logger LOG = LoggerFactory.getLogger(LocalBackend.class);
    private static final Duration LAST_PATIENCE = Duration.ofSeconds(5);

    private final Surroundings surroundings;
    private final HomeLock lock;
    private final Changes changes = new Changes();
    private final Map<String, Supervisor> supervisors = new ConcurrentHashMap<>();
    private volatile boolean closed;

    private LocalBackend(Surroundings surroundings, HomeLock lock) {
        this.surroundings = surroundings;
        this.lock = lock;
    }

    /**
     * Ends what an earlier run of this home left, and is ready for instances.
     *
     * @param clock tells the age of logs
     * @throws FarolException {@link ErrorCode#CONFLICT} when another process keeps instances of
     *     this home; {@link ErrorCode#UNAVAILABLE} when its folders cannot be used
     */
    public static LocalBackend start(
            BackendConfig config, LocalFolders folders, Launchers launchers, InstantSource clock) {
        return start(
                config,
                folders,
                launchers,
                clock,
                step -> LOG.debug("{} on {} is {}", step.from(), step.event(), step.to()));
    }

    /**
     * @param observer is told each transition of each instance
     */
    static LocalBackend start(
            BackendConfig config,
            LocalFolders folders,
            Launchers launchers,
            InstantSource clock,
            Consumer<Transition> observer) {
        try {
            HomeLock lock = HomeLock.take(folders.instances());
            try {
                Surroundings surroundings =
                        surroundings(config, folders, launchers, clock, observer);
                new Leftovers(folders, surroundings.table(), surroundings.archive()).clear();
                surroundings.run().sweep();
                var backend = new LocalBackend(surroundings, lock);
                backend.changes.start();
                surroundings.standby().prepare();
                return backend;
            } catch (IOException | RuntimeException fault) {
                lock.close();
                throw fault;
            }
        } catch (IOException fault) {
            throw new FarolException(
                    ErrorCode.UNAVAILABLE, "The folder for instances cannot be used: " + fault);
        }
    }

    private static Surroundings surroundings(
            BackendConfig config,
            LocalFolders folders,
            Launchers launchers,
            InstantSource clock,
            Consumer<Transition> observer) {
        ProcessTable table = ProcessTable.ofThisMachine();
        String homeMark = Leftovers.mark(folders);
        RunFolder run = RunFolder.choose(folders);
        var processes = new ProcessLauncher(System.getenv(), config.inheritedVariables());
        InstanceTypes types = InstanceTypes.with(config.instanceTypes());
        return new Surroundings(
                config,
                folders,
                run,
                launchers,
                processes,
                table,
                new SharedScan(table),
                new KernelMemory(),
                new Zygotes(config, folders, run, launchers.zygote(), processes, table, homeMark),
                new Standby(
                        config.standbyPause().isPositive() ? launchers.replica().standby() : null,
                        processes,
                        folders.logs(),
                        "standby" + homeMark,
                        config.standbyPause()),
                new LogArchive(archive(folders), config.keepLogs(), config.keepInstances(), clock),
                types,
                new VerdictComposer(types),
                homeMark,
                observer);
    }

    /** See {@link dev.farol.backend.Backends#endLeftovers}. */
    public static void endLeftovers(LocalFolders folders) {
        try (HomeLock _ = HomeLock.take(folders.instances())) {
            Leftovers.end(folders, ProcessTable.ofThisMachine());
            RunFolder.choose(folders).clear();
        } catch (IOException fault) {
            throw new FarolException(
                    ErrorCode.UNAVAILABLE, "The folder for instances cannot be used: " + fault);
        }
    }

    /** See {@link dev.farol.backend.Backends#console}. */
    public static List<String> console(LocalFolders folders, String instanceId, int lines) {
        Path living = folders.instance(instanceId);
        if (Files.isDirectory(living)) {
            return new ConsoleLog(InstanceFolder.logsIn(living)).tail(lines);
        }
        var archive =
                new LogArchive(archive(folders), Duration.ofDays(1), 1, InstantSource.system());
        return archive.ofInstance(instanceId).map(log -> log.tail(lines)).orElse(List.of());
    }

    private static Path archive(LocalFolders folders) {
        return folders.logs().resolve("instances");
    }

    @Override
    public void ensure(InstanceSpec spec) {
        if (!spec.id().matches("[A-Za-z0-9][A-Za-z0-9._-]{0,199}")) {
            throw new FarolException(
                    ErrorCode.INVALID_ARGUMENT,
                    "'" + spec.id() + "' cannot name an instance: it has to be a file name.");
        }
        var supervisor = new Supervisor(spec, surroundings, changes::changed, this::gone);
        boolean isNew;
        synchronized (supervisors) {
            if (closed) {
                throw new FarolException(ErrorCode.UNAVAILABLE, "Farol is stopping.");
            }
            isNew = supervisors.putIfAbsent(spec.id(), supervisor) == null;
        }
        if (isNew) {
            supervisor.start();
            changes.changed(spec.id());
        }
    }

    private void gone(Supervisor supervisor) {
        supervisors.remove(supervisor.spec().id(), supervisor);
        changes.changed(supervisor.spec().id());
    }

    @Override
    public Optional<InstanceStatus> observe(String instanceId) {
        return Optional.ofNullable(supervisors.get(instanceId)).map(Supervisor::status);
    }

    @Override
    public List<InstanceStatus> observeAll() {
        return supervisors.values().stream().map(Supervisor::status).toList();
    }

    @Override
    public CompletableFuture<Void> remove(String instanceId, Duration drain) {
        Supervisor supervisor = supervisors.get(instanceId);
        return supervisor == null
                ? CompletableFuture.completedFuture(null)
                : supervisor.remove(drain).copy();
    }

    @Override
    public String logs(String instanceId, int lines) {
        Supervisor supervisor = supervisors.get(instanceId);
        return Optional.ofNullable(supervisor)
                .map(Supervisor::console)
                .or(() -> surroundings.archive().ofInstance(instanceId))
                .map(console -> text(console, lines))
                .orElse("");
    }

    @Override
    public String logsOfDeployment(ResourceId deployment, int lines) {
        return supervisors.values().stream()
                .filter(kept -> kept.spec().deployment().key().equals(deployment.key()))
                .max(Comparator.comparingLong(Supervisor::since))
                .map(Supervisor::console)
                .or(() -> surroundings.archive().newest(deployment))
                .map(console -> text(console, lines))
                .orElse("");
    }

    private static String text(ConsoleLog console, int lines) {
        return console.tail(lines).stream().map(line -> line + "\n").collect(Collectors.joining());
    }

    @Override
    public void warm(String environmentKey, Path python) {
        surroundings.zygotes().warm(environmentKey, python);
    }

    @Override
    public void onChange(Consumer<String> listener) {
        changes.add(listener);
    }

    @Override
    public void close() {
        List<Supervisor> all;
        synchronized (supervisors) {
            if (closed) {
                return;
            }
            closed = true;
            all = List.copyOf(supervisors.values());
        }
        surroundings.standby().close();
        Duration drain = surroundings.config().closeDrain();
        List<CompletableFuture<Void>> ends =
                all.stream().map(supervisor -> supervisor.remove(drain)).toList();
        ends.forEach(CompletableFuture::join);
        surroundings.zygotes().close();
        var rest =
                new ProcessTree(
                        surroundings.table(), mark -> mark.endsWith(surroundings.homeMark()));
        var alive = rest.end(LAST_PATIENCE);
        if (!alive.isEmpty()) {
            LOG.error("Processes do not end: {}", alive);
        }
        changes.close();
        try {
            surroundings.run().clear();
            lock.close();
        } catch (IOException fault) {
            LOG.warn("Not everything could be cleared away: {}", fault.toString());
        }
    }
}
