package dev.farol.backend;

import dev.farol.spec.ResourceId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Keeps instances alive. Thread-safe; calls return at once unless they say otherwise. */
public interface Backend extends AutoCloseable {
    /**
     * Starts the instance unless one of this id is there; from then on it is kept alive until
     * removed.
     */
    void ensure(InstanceSpec spec);

    Optional<InstanceStatus> observe(String instanceId);

    /** All instances that are kept, those on their way out included. */
    List<InstanceStatus> observeAll();

    /**
     * Takes the instance out: no restarts from now on; requests that run may end within {@code
     * drain}; then the whole process tree is gone. The future completes when it is; removing an
     * unknown id completes at once.
     */
    CompletableFuture<Void> remove(String instanceId, Duration drain);

    /**
     * The newest {@code lines} lines of an instance's console, oldest first, each ending in a line
     * break.
     */
    String logs(String instanceId, int lines);

    /**
     * The newest lines of the newest instance of a deployment; instances that are gone count for as
     * long as their logs are kept, so that a deployment that failed and was cleared away can still
     * tell. Empty when nothing is known of it.
     */
    default String logsOfDeployment(ResourceId deployment, int lines) {
        return observeAll().stream()
                .filter(status -> status.deployment().key().equals(deployment.key()))
                .findFirst()
                .map(status -> logs(status.id(), lines))
                .orElse("");
    }

    /**
     * A hint that instances of this environment are to be expected soon: what makes their start
     * fast may be prepared. Returns at once; never fails.
     */
    default void warm(String environmentKey, Path python) {}

    /**
     * Calls {@code listener} with the instance's id whenever its status changed; off the caller's
     * thread.
     */
    void onChange(java.util.function.Consumer<String> listener);

    /** Removes every instance and ends every process. Blocks until they are gone. */
    @Override
    void close();
}
