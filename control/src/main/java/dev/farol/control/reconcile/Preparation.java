package dev.farol.control.reconcile;

import dev.farol.control.model.OnlineDeployment;
import dev.farol.spec.Phase;
import dev.farol.spec.Verdict;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
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

    /**
     * How far it is, all seen at one moment: a step that failed comes with the refusal that it led
     * to, never before it.
     *
     * @param steps those that began
     * @param result null while it runs
     */
    record View(Map<Phase, Step> steps, @Nullable Result result) {
        Optional<Step> step(Phase phase) {
            return Optional.ofNullable(steps.get(phase));
        }

        Optional<Prepared> prepared() {
            return result instanceof Done done ? Optional.of(done.prepared()) : Optional.empty();
        }

        Optional<Verdict> refusal() {
            return result instanceof Refused refused
                    ? Optional.of(refused.verdict())
                    : Optional.empty();
        }

        private View with(Phase phase, Step step, @Nullable Result end) {
            var more = new EnumMap<Phase, Step>(Phase.class);
            more.putAll(steps);
            more.put(phase, step);
            return new View(Map.copyOf(more), end);
        }
    }

    private final OnlineDeployment deployment;
    private final @Nullable String operation;
    private volatile View view = new View(Map.of(), null);
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

    View view() {
        return view;
    }

    Optional<Prepared> prepared() {
        return view.prepared();
    }

    Optional<Verdict> refusal() {
        return view.refusal();
    }

    boolean canceled() {
        return canceled;
    }

    void run(Thread worker) {
        thread = worker;
        worker.start();
    }

    synchronized void step(Phase phase, Step step) {
        view = view.with(phase, step, view.result());
    }

    synchronized void done(Prepared prepared) {
        end(new View(view.steps(), new Done(prepared)));
    }

    synchronized void refuse(Verdict verdict) {
        Step failed = new Step(Step.State.FAILED, verdict.message());
        end(view.with(verdict.phase(), failed, new Refused(verdict)));
    }

    private void end(View last) {
        endedNanos = System.nanoTime();
        view = last;
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
