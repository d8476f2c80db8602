package dev.farol.control.reconcile;

import dev.farol.backend.Backend;
import dev.farol.backend.InstanceSpec;
import dev.farol.backend.InstanceStatus;
import dev.farol.backend.InstanceStatus.State;
import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import dev.farol.spec.Phase;
import dev.farol.spec.Verdict;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Instances without processes. What one does is said by its deployment's environment variable
 * BEHAVIOUR: {@code ready} (the default), {@code fail}, {@code hang}, {@code second-fails}, {@code
 * refused}.
 */
final class FakeBackend implements Backend {
    final Map<String, InstanceStatus> instances = new ConcurrentHashMap<>();
    final Map<String, InstanceSpec> specs = new ConcurrentHashMap<>();
    final List<String> events = new CopyOnWriteArrayList<>();
    Consumer<String> beforeRemove = id -> {};

    /** Whether all that start from now on fail, whatever their deployment says. */
    volatile boolean failing;

    private final List<Consumer<String>> listeners = new CopyOnWriteArrayList<>();
    private final ExecutorService thread = Executors.newSingleThreadExecutor();
    private final AtomicInteger ports = new AtomicInteger(40_000);

    @Override
    public void ensure(InstanceSpec spec) {
        String behaviour = failing ? "fail" : behaviour(spec);
        if (behaviour.equals("refused")) {
            throw new FarolException(ErrorCode.INVALID_ARGUMENT, "No such instance type");
        }
        if (specs.putIfAbsent(spec.id(), spec) != null) {
            return;
        }
        events.add("ensure " + spec.id());
        instances.put(spec.id(), status(spec, State.STARTING, null, 0));
        boolean second = InstanceName.read(spec.id()).orElseThrow().index() == 1;
        thread.execute(
                () -> {
                    switch (behaviour) {
                        case "hang" -> tell(spec.id());
                        case "fail" -> fail(spec.id());
                        case "second-fails" -> {
                            if (second) {
                                fail(spec.id());
                            } else {
                                ready(spec.id());
                            }
                        }
                        default -> ready(spec.id());
                    }
                });
    }

    static Verdict verdict() {
        return new Verdict(
                Phase.INIT,
                ErrorCode.INIT_FAILED,
                "init() raised",
                "ValueError: boom",
                "score.py:3 in init: raise ValueError",
                List.of("boom"),
                1,
                "Correct init().",
                "python score.py");
    }

    void ready(String id) {
        set(id, State.READY, null);
    }

    /** Only a first start fails: one that ended since, or answered, is tried again. */
    void fail(String id) {
        InstanceStatus now = instances.get(id);
        if (now != null && now.state() == State.STARTING && now.verdict() == null) {
            set(id, State.FAILED, verdict());
        }
    }

    void crash(String id) {
        set(id, State.STARTING, verdict());
    }

    /** All that hang or crashed come up. */
    void release() {
        instances.forEach(
                (id, status) -> {
                    InstanceSpec spec = specs.get(id);
                    boolean waits =
                            spec != null
                                    && (status.verdict() != null || behaviour(spec).equals("hang"));
                    if (waits && status.state() == State.STARTING) {
                        ready(id);
                    }
                });
    }

    /** Forgets an instance without a word, as a backend does that lost it. */
    void lose(String id) {
        instances.remove(id);
        specs.remove(id);
        tell(id);
    }

    private void set(String id, State state, Verdict verdict) {
        InstanceSpec spec = specs.get(id);
        if (spec != null) {
            instances.computeIfPresent(
                    id,
                    (key, old) ->
                            old.state() == State.STOPPING
                                    ? old
                                    : status(spec, state, verdict, old.port()));
            tell(id);
        }
    }

    private void tell(String id) {
        listeners.forEach(each -> each.accept(id));
    }

    private InstanceStatus status(InstanceSpec spec, State state, Verdict verdict, int port) {
        boolean ready = state == State.READY;
        int at = port == 0 ? ports.incrementAndGet() : port;
        return new InstanceStatus(
                spec.id(),
                spec.deployment(),
                state,
                "init",
                ready ? "127.0.0.1" : null,
                ready ? at : 0,
                0,
                verdict,
                0,
                0);
    }

    private static String behaviour(InstanceSpec spec) {
        return spec.environmentVariables().getOrDefault("BEHAVIOUR", "ready");
    }

    @Override
    public Optional<InstanceStatus> observe(String instanceId) {
        return Optional.ofNullable(instances.get(instanceId));
    }

    @Override
    public List<InstanceStatus> observeAll() {
        return List.copyOf(instances.values());
    }

    @Override
    public CompletableFuture<Void> remove(String instanceId, Duration drain) {
        beforeRemove.accept(instanceId);
        events.add("remove " + instanceId);
        set(instanceId, State.STOPPING, null);
        return CompletableFuture.runAsync(
                () -> {
                    instances.remove(instanceId);
                    specs.remove(instanceId);
                },
                thread);
    }

    @Override
    public String logs(String instanceId, int lines) {
        return specs.containsKey(instanceId) ? "console of " + instanceId + "\n" : "";
    }

    @Override
    public void warm(String environmentKey, Path python) {
        events.add("warm " + environmentKey);
    }

    @Override
    public void onChange(Consumer<String> listener) {
        listeners.add(listener);
    }

    @Override
    public void close() {
        thread.shutdownNow();
        instances.clear();
    }
}
