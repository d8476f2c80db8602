package dev.farol.control.reconcile;

import dev.farol.control.model.OnlineDeployment;
import dev.farol.spec.Phase;
import dev.farol.spec.Verdict;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The making of what one revision of a deployment needs, running in the background; reconcilers
 * read how far it is. One that was canceled tells nothing any more.
 */
final class Preparation {
    /** How it ended. */
    sealed interface Result {}

    record Done(Prepared prepared) implements Result {}

    record Refused(Verdict verdict) implements Result {}

    /**
     * Where a step stands.
     *
     * @param note one sentence for its condition
     */
    record Step(State state, String note) {
        enum State {
            RUNNING,
            DONE,
            FAILED
        }
    }

    private final OnlineDeployment deployment;
    private final @Nullable String operation;
    private final Map<Phase, Step> steps = new ConcurrentHashMap<>();
    private volatile @Nullable Result result;
    private volatile @Nullable Thread thread;
    private volatile boolean canceled;
    private volatile long endedNanos;

    /**
     * @param operation that asked for it; null when it was none
     */
    Preparation(OnlineDeployment deployment, @Nullable String operation) {
        this.deployment = deployment;
        this.operation = operation;
    }

    OnlineDeployment deployment() {
        return deployment;
    }

    @Nullable String operation() {
        return operation;
    }

    Optional<Step> step(Phase phase) {
        return Optional.ofNullable(steps.get(phase));
    }

    boolean ended() {
        return result != null;
    }

    Optional<Prepared> prepared() {
        return result instanceof Done done ? Optional.of(done.prepared()) : Optional.empty();
    }

    Optional<Verdict> refusal() {
        return result instanceof Refused refused
                ? Optional.of(refused.verdict())
                : Optional.empty();
    }

    boolean canceled() {
        return canceled;
    }

    void run(Thread worker) {
        thread = worker;
        worker.start();
    }

    void step(Phase phase, Step step) {
        steps.put(phase, step);
    }

    void end(Result end) {
        endedNanos = System.nanoTime();
        result = end;
    }

    /** How long ago it ended; only to be asked of one that did. */
    Duration sinceEnd() {
        return Duration.ofNanos(System.nanoTime() - endedNanos);
    }

    /** Interrupts the work; its result, if it still comes to one, is not asked for. */
    void cancel() {
        canceled = true;
        Thread running = thread;
        if (running != null) {
            running.interrupt();
        }
    }
}
