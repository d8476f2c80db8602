package dev.farol.backend.local;

import dev.farol.backend.BackendConfig;
import dev.farol.backend.LocalFolders;
import dev.farol.backend.ZygoteLauncher;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The zygotes, one per environment, as long as somebody uses it and a while longer. */
final class Zygotes implements AutoCloseable {
    private static final Duration TRY_AGAIN_AFTER = Duration.ofSeconds(60);
    private static final int ASKS_PER_IDLE = 4;

    /** A zygote, who uses it, and since when nobody or since when it is over. */
    private static final class Slot {
        private Zygote zygote;
        private long startedAt;
        private long freeSince;
        private final Set<String> users = new HashSet<>();

        Slot(Zygote zygote, long now) {
            this.zygote = zygote;
            this.startedAt = now;
            this.freeSince = now;
        }
    }

    private final BackendConfig config;
    private final LocalFolders folders;
    private final RunFolder run;
    private final ZygoteLauncher launcher;
    private final ProcessLauncher processes;
    private final ProcessTable table;
    private final String homeMark;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Slot> slots = new HashMap<>();
    private boolean closed;

    Zygotes(
            BackendConfig config,
            LocalFolders folders,
            RunFolder run,
            ZygoteLauncher launcher,
            ProcessLauncher processes,
            ProcessTable table,
            String homeMark) {
        this.config = config;
        this.folders = folders;
        this.run = run;
        this.launcher = launcher;
        this.processes = processes;
        this.table = table;
        this.homeMark = homeMark;
    }

    /** Starts the zygote of an environment unless it is there, and keeps it for {@code user}. */
    CompletableFuture<Optional<Path>> acquire(String key, Path python, String user) {
        return use(key, python, user);
    }

    /** Starts it for nobody in particular: it stays for the idle time at least. */
    void warm(String key, Path python) {
        var unused = use(key, python, null);
    }

    private CompletableFuture<Optional<Path>> use(String key, Path python, @Nullable String user) {
        lock.lock();
        try {
            if (closed) {
                return CompletableFuture.completedFuture(Optional.empty());
            }
            long now = System.nanoTime();
            Slot slot = slots.computeIfAbsent(key, absent -> new Slot(started(key, python), now));
            boolean another = now - slot.startedAt > TRY_AGAIN_AFTER.toNanos();
            if (slot.zygote.over() && another) {
                slot.zygote = started(key, python);
                slot.startedAt = now;
            }
            slot.freeSince = now;
            if (user != null) {
                slot.users.add(user);
            }
            return slot.zygote.socket();
        } finally {
            lock.unlock();
        }
    }

    void release(String key, String user) {
        lock.lock();
        try {
            Slot slot = slots.get(key);
            if (slot != null && slot.users.remove(user)) {
                slot.freeSince = System.nanoTime();
            }
        } finally {
            lock.unlock();
        }
    }

    private Zygote started(String key, Path python) {
        String name =
                key.matches("[A-Za-z0-9._-]{1,64}") && !key.startsWith(".")
                        ? key
                        : Digest.shortOf(key);
        Path folder = folders.environmentState(name);
        var zygote =
                new Zygote(
                        name,
                        python,
                        new Zygote.Place(
                                run.zygoteSocket(key),
                                folder.resolve("imports.json"),
                                folder,
                                folders.logs().resolve("zygotes").resolve(name + ".log")),
                        launcher,
                        processes,
                        table,
                        "zygote-" + name + homeMark,
                        config.zygoteStart(),
                        new Backoff(config.backOffFirst(), config.backOffMax()));
        zygote.start(
                config.zygoteIdle().dividedBy(ASKS_PER_IDLE), () -> forgetWhenIdle(key, zygote));
        return zygote;
    }

    /** Takes the zygote out of use if nobody used it for long. */
    private boolean forgetWhenIdle(String key, Zygote zygote) {
        lock.lock();
        try {
            Slot slot = slots.get(key);
            boolean idle =
                    slot != null
                            && slot.zygote == zygote
                            && slot.users.isEmpty()
                            && System.nanoTime() - slot.freeSince > config.zygoteIdle().toNanos();
            if (idle) {
                slots.remove(key);
            }
            return idle;
        } finally {
            lock.unlock();
        }
    }

    /** Ends all. Blocks until they are gone. */
    @Override
    public void close() {
        List<Slot> all;
        lock.lock();
        try {
            closed = true;
            all = List.copyOf(slots.values());
            slots.clear();
        } finally {
            lock.unlock();
        }
        all.forEach(slot -> slot.zygote.stop());
    }
}
