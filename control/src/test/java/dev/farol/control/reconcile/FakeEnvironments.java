package dev.farol.control.reconcile;

import dev.farol.environment.Definition;
import dev.farol.environment.Environments;
import dev.farol.environment.Lock;
import dev.farol.environment.PythonEnvironment;
import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Environments without Python. A conda file that says {@code unresolvable} cannot be had; one that
 * says {@code slow} waits for {@link #release}. One that says {@code mlflow} has it, in the version
 * of the {@link #index}.
 */
final class FakeEnvironments implements Environments {
    final AtomicInteger resolved = new AtomicInteger();
    final AtomicInteger built = new AtomicInteger();
    final AtomicInteger interrupted = new AtomicInteger();
    final AtomicInteger looks = new AtomicInteger();
    final Map<String, Instant> present = new ConcurrentHashMap<>();

    /** What the package index has: newer packages make other environments. */
    volatile String index = "";

    private volatile CountDownLatch gate = new CountDownLatch(1);

    void release() {
        gate.countDown();
    }

    void hold() {
        gate = new CountDownLatch(1);
    }

    @Override
    public Lock resolve(Definition definition, Consumer<String> progress) {
        String text = String.valueOf(definition.condaFile());
        progress.accept("resolving " + definition.source());
        if (text.contains("slow")) {
            try {
                gate.await();
            } catch (InterruptedException canceled) {
                interrupted.incrementAndGet();
                throw new FarolException(ErrorCode.INTERRUPTED, "resolving was interrupted");
            }
        }
        if (text.contains("unresolvable")) {
            throw new FarolException(
                    ErrorCode.ENVIRONMENT_UNRESOLVABLE, "line 3: no package 'unresolvable'");
        }
        resolved.incrementAndGet();
        if (text.contains("lonely") && !definition.more().isEmpty()) {
            throw new FarolException(
                    ErrorCode.ENVIRONMENT_UNRESOLVABLE, "skl2onnx does not go with lonely");
        }
        String key = Integer.toHexString((text + definition.more()).hashCode()) + index;
        List<String> requirements =
                text.contains("mlflow") ? List.of("a==1", "mlflow==3" + index) : List.of("a==1");
        return new Lock(key, "3.11.7", "/usr/bin/python3", requirements, List.of("a"), List.of());
    }

    @Override
    public PythonEnvironment build(Lock lock, Consumer<String> progress) {
        built.incrementAndGet();
        present.put(lock.key(), Instant.now());
        progress.accept("built " + lock.key());
        return new PythonEnvironment(
                lock.key(), Path.of("/envs", lock.key()), Path.of("/envs", lock.key(), "python"));
    }

    /** How the next scripts end; they write a model into the folder that they are told. */
    volatile Ran ran = new Ran(0, false, "");

    final AtomicInteger runs = new AtomicInteger();

    @Override
    public Ran run(
            PythonEnvironment environment,
            Path script,
            List<String> arguments,
            Path folder,
            Duration limit,
            Consumer<String> messages) {
        runs.incrementAndGet();
        if (!Files.isRegularFile(script)) {
            throw new AssertionError("There is no " + script);
        }
        try {
            Files.writeString(Path.of(arguments.get(1), "model.onnx"), arguments.getFirst());
        } catch (IOException unwritable) {
            throw new UncheckedIOException(unwritable);
        }
        return ran;
    }

    @Override
    public Set<String> prune(Set<String> keysInUse, Instant usedBefore) {
        Set<String> unused = new HashSet<>();
        present.forEach(
                (key, used) -> {
                    if (!keysInUse.contains(key)
                            && used.isBefore(usedBefore)
                            && present.remove(key, used)) {
                        unused.add(key);
                    }
                });
        looks.incrementAndGet();
        return unused;
    }

    @Override
    public void close() {}
}
