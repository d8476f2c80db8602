package dev.farol.backend.local;

import dev.farol.backend.Command;
import dev.farol.backend.InstanceSpec;
import dev.farol.backend.InstanceStatus;
import dev.farol.backend.Program;
import dev.farol.backend.local.Timers.Timer;
import dev.farol.backend.verdict.Cause;
import dev.farol.spec.Phase;
import dev.farol.spec.ReplicaSpec;
import dev.farol.spec.Verdict;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one instance: a virtual thread of its own that takes signals and deadlines one by one, so
 * that nothing in here needs a lock. What may follow what is in {@link Transitions}.
 */
final class Supervisor {
    private static final Logger LOG = LoggerFactory.getLogger(Supervisor.class);
    // The replica, which keeps the same limit, knows better what it was waiting for.
    private static final Duration REPLICA_FIRST = Duration.ofSeconds(3);
    private static final Duration AFTER_FAILED = Duration.ofSeconds(5);
    private static final Duration KILL_PATIENCE = Duration.ofSeconds(10);

    private final InstanceSpec spec;
    private final Surroundings surroundings;
    private final InstanceFolder folder;
    private final Autopsy autopsy;
    private final Consumer<String> changed;
    private final Consumer<Supervisor> gone;
    private final Duration startTimeout;
    private final String mark;

    private final LinkedBlockingQueue<Signal> inbox = new LinkedBlockingQueue<>();
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private final Timers timers = new Timers();
    private final Backoff backoff;
    private final ProbeDesk probes;
    private final MemoryGuard memory;

    private InstanceState state = InstanceState.STARTING;
    private Attempt attempt;
    private int attempts;
    private int restarts;
    private final long since = System.nanoTime();
    private @Nullable Verdict verdict;
    private TreeMeter.Usage usage = TreeMeter.Usage.NONE;
    private volatile InstanceStatus status;

    /**
     * @param changed is told the id when the status changed
     * @param gone is told when nothing is left
     */
    Supervisor(
            InstanceSpec spec,
            Surroundings surroundings,
            Consumer<String> changed,
            Consumer<Supervisor> gone) {
        this.spec = spec;
        this.surroundings = surroundings;
        this.changed = changed;
        this.gone = gone;
        this.folder =
                new InstanceFolder(
                        surroundings.folders().instance(spec.id()),
                        surroundings.run().ofInstance(spec.id()));
        this.autopsy = new Autopsy(spec, folder, surroundings);
        this.mark = surroundings.markOf(spec.id());
        this.memory = new MemoryGuard(spec, surroundings);
        this.startTimeout =
                ReplicaSpecs.startTimeout(spec.liveness(), surroundings.config().startTimeout());
        this.backoff =
                new Backoff(
                        surroundings.config().backOffFirst(), surroundings.config().backOffMax());
        this.probes = new ProbeDesk(spec, timers, inbox::add);
        this.attempt = newAttempt();
        this.status = describe();
    }

    void start() {
        Thread.ofVirtual().name("instance-" + spec.id()).start(this::run);
    }

    InstanceSpec spec() {
        return spec;
    }

    InstanceStatus status() {
        return status;
    }

    /** When it was asked for, on the clock of {@link System#nanoTime}. */
    long since() {
        return since;
    }

    ConsoleLog console() {
        return folder.console();
    }

    /** Completes when nothing of the instance is left. */
    CompletableFuture<Void> remove(Duration drain) {
        inbox.add(new Signal.Remove(drain));
        return done;
    }

    private void run() {
        guarded(this::prepare);
        while (state != InstanceState.GONE) {
            guarded(this::step);
        }
        gone.accept(this);
        done.complete(null);
    }

    /** A fault in here must cost neither the instance nor the machine: it counts as its end. */
    private void guarded(Runnable action) {
        try {
            action.run();
        } catch (RuntimeException fault) {
            LOG.error("The supervisor of instance {} failed", spec.id(), fault);
            verdict = Autopsy.ofFault(fault);
            if (state.running()) {
                fire(InstanceEvent.ENDED);
            }
        }
    }

    private void prepare() {
        try {
            folder.create(spec);
            begin();
        } catch (IOException fault) {
            ended(new Cause.NotStarted(String.valueOf(fault.getMessage())), null);
        }
    }

    private void step() {
        Signal signal = await(timers.untilNext(System.nanoTime()));
        if (signal != null) {
            handle(signal);
        }
        for (Timer timer : timers.takeDue(System.nanoTime())) {
            due(timer);
        }
    }

    private @Nullable Signal await(long nanos) {
        try {
            return inbox.poll(nanos, TimeUnit.NANOSECONDS);
        } catch (InterruptedException nobodyDoesThat) {
            return null;
        }
    }

    private void handle(Signal signal) {
        switch (signal) {
            case Signal.Remove remove -> stop(remove.drain());
            case Signal.ZygoteSettled settled -> {
                if (settled.attempt() == attempt.number() && state.coming()) {
                    launch(settled.socket());
                }
            }
            case Signal.Said said -> {
                if (said.attempt() == attempt.number()) {
                    said(said.event());
                }
            }
            case Signal.Probed probed -> {
                if (probed.attempt() == attempt.number() && state.running()) {
                    probed(probed.probe(), probed.answer());
                }
            }
            case Signal.Ended ended -> {
                if (ended.attempt() == attempt.number() && state.running()) {
                    exited(ended.exitCode());
                }
            }
        }
    }

    private void due(Timer timer) {
        switch (timer) {
            case START_PROBE, READINESS, LIVENESS -> probes.ask(attempt, timer);
            case METER -> meter();
            case START_OVERDUE -> overdue();
            case PAUSE -> fire(InstanceEvent.PAUSE_OVER);
            case HEALTHY -> backoff.reset();
            case DRAIN -> fire(InstanceEvent.DRAIN_OVER);
        }
    }

    // --- the start -----------------------------------------------------------------------------

    private Attempt newAttempt() {
        return new Attempt(
                ++attempts,
                surroundings.table(),
                new ProcessTree(surroundings.table(), mark::equals),
                folder,
                surroundings.kernel().kills());
    }

    private void begin() {
        probes.begin();
        int number = attempt.number();
        switch (spec.program()) {
            case Program.Native _ -> inbox.add(new Signal.ZygoteSettled(number, Optional.empty()));
            case Program.Script script -> {
                var _ =
                        surroundings
                                .zygotes()
                                .acquire(script.environmentKey(), script.python(), spec.id())
                                .thenAccept(
                                        socket ->
                                                inbox.add(
                                                        new Signal.ZygoteSettled(number, socket)));
            }
        }
    }

    private void launch(Optional<Path> zygoteSocket) {
        ReplicaSpec replica =
                ReplicaSpecs.of(
                        spec, zygoteSocket, startTimeout, folder, mark, surroundings.types());
        int number = attempt.number();
        try {
            Path file = folder.prepare(replica);
            Process process = process(replica, file);
            attempt.started(replica, process);
            EventReader.attach(
                    process,
                    spec.id(),
                    line ->
                            ReplicaEvent.parse(line)
                                    .ifPresent(event -> inbox.add(new Signal.Said(number, event))),
                    code -> inbox.add(new Signal.Ended(number, code)));
            long now = System.nanoTime();
            timers.set(Timer.START_OVERDUE, now, startTimeout.plus(grace()));
            timers.set(Timer.METER, now, MemoryGuard.pace(state));
            publish();
        } catch (IOException fault) {
            ended(new Cause.NotStarted(String.valueOf(fault.getMessage())), null);
        }
    }

    private Process process(ReplicaSpec replica, Path file) throws IOException {
        Optional<Process> waiting = surroundings.standby().take(file, folder.faults());
        if (waiting.isPresent()) {
            return waiting.get();
        }
        Command command = surroundings.launchers().replica().command(replica, file);
        return surroundings.processes().start(command, mark, folder.root(), folder.faults());
    }

    private Duration grace() {
        return startTimeout.compareTo(REPLICA_FIRST) < 0 ? startTimeout : REPLICA_FIRST;
    }

    private void said(ReplicaEvent event) {
        Phase before = attempt.phase();
        attempt.said(event);
        long now = System.nanoTime();
        switch (event) {
            case ReplicaEvent.Listening listening ->
                    timers.set(Timer.START_PROBE, now, Duration.ZERO);
            case ReplicaEvent.Ready ready ->
                    timers.setAtMost(Timer.START_PROBE, now, Duration.ZERO);
            case ReplicaEvent.Failed failed ->
                    timers.setAtMost(Timer.START_OVERDUE, now, AFTER_FAILED);
            case ReplicaEvent.Worker worker -> workerSaid(worker);
            case ReplicaEvent.InPhase phase -> {}
        }
        if (attempt.phase() != before || event instanceof ReplicaEvent.Listening) {
            publish();
        }
    }

    /** The replica heals its workers itself; while one is missing the status says why. */
    private void workerSaid(ReplicaEvent.Worker worker) {
        boolean serving = state == InstanceState.READY || state == InstanceState.NOT_READY;
        if (!serving) {
            return;
        }
        if (Attempt.crashed(worker)) {
            Cause.OverMemory overMemory = attempt.overMemory();
            verdict =
                    autopsy.of(
                            attempt,
                            overMemory == null ? new Cause.WorkerEnded() : overMemory,
                            null);
            publish();
        } else if (worker.state() == ReplicaEvent.WorkerState.READY && verdict != null) {
            verdict = null;
            publish();
        }
    }

    // --- ends ----------------------------------------------------------------------------------

    private void exited(int exitCode) {
        if (state == InstanceState.STOPPING) {
            fire(InstanceEvent.ENDED);
            return;
        }
        Cause.OverMemory overMemory = attempt.overMemory();
        Cause cause =
                overMemory != null
                        ? overMemory
                        : attempt.failed() == null ? new Cause.Exited() : new Cause.Reported();
        ended(cause, exitCode);
    }

    private void ended(Cause cause, @Nullable Integer exitCode) {
        verdict = autopsy.of(attempt, cause, exitCode);
        fire(InstanceEvent.ENDED);
    }

    private void overdue() {
        Cause.OverMemory overMemory = attempt.overMemory();
        Cause cause =
                overMemory != null
                        ? overMemory
                        : attempt.failed() != null
                                ? new Cause.Reported()
                                : new Cause.Overdue(startTimeout, attempt.address() != null);
        verdict = autopsy.of(attempt, cause, null);
        fire(InstanceEvent.OVERDUE);
    }

    private void stop(Duration drain) {
        fire(InstanceEvent.REMOVED);
        timers.setAtMost(Timer.DRAIN, System.nanoTime(), drain);
        if (attempt.process() == null) {
            fire(InstanceEvent.ENDED);
        }
    }

    private void probed(Timer probe, Probe.Answer answer) {
        InstanceEvent event = probes.answered(probe, answer, state).orElse(null);
        if (event == null || state == InstanceState.STOPPING) {
            return;
        }
        if (event == InstanceEvent.LIVENESS_LOST) {
            var cause = new Cause.LivenessLost(probes.livenessFailures(), answer.text());
            verdict = autopsy.of(attempt, cause, null);
        } else if (state.coming()) {
            attempt.phase(Phase.PROBE);
        }
        fire(event);
    }

    private void meter() {
        usage = memory.look(attempt, state);
        status = describe();
        timers.set(Timer.METER, System.nanoTime(), MemoryGuard.pace(state));
    }

    // --- transitions ---------------------------------------------------------------------------

    private void fire(InstanceEvent event) {
        InstanceState next = Transitions.next(state, event).orElse(null);
        if (next == null) {
            return;
        }
        InstanceState from = state;
        state = next;
        surroundings.observer().accept(new Transitions.Transition(from, event, next));
        switch (next) {
            case READY -> serve();
            case NOT_READY -> timers.cancel(Timer.HEALTHY);
            case FAILED -> pause(backoff.afterFailedStart());
            case RESTARTING -> pause(backoff.afterCrash());
            case RETRYING, RECOVERING -> {
                restarts++;
                begin();
            }
            case STOPPING -> terminate(from);
            case GONE -> clear();
            case STARTING -> throw new IllegalStateException("nothing leads back to the start");
        }
        publish();
    }

    private void serve() {
        verdict = null;
        surroundings.standby().settled();
        timers.cancel(Timer.START_OVERDUE);
        probes.serve();
        timers.set(Timer.HEALTHY, System.nanoTime(), surroundings.config().healthyAfter());
    }

    private void pause(Duration pause) {
        endTree();
        attempt = newAttempt();
        timers.clear();
        timers.set(Timer.PAUSE, System.nanoTime(), pause);
    }

    private void terminate(InstanceState from) {
        if (from == InstanceState.STOPPING) {
            return;
        }
        timers.clear();
        Process process = attempt.process();
        if (process != null) {
            // Not Process.destroy(): that closes the pipe too, which says that Farol is dead.
            process.toHandle().destroy();
        }
    }

    private void clear() {
        timers.clear();
        endTree();
        if (spec.program() instanceof Program.Script script) {
            surroundings.zygotes().release(script.environmentKey(), spec.id());
        }
        try {
            folder.clear(spec, surroundings.archive());
        } catch (IOException fault) {
            LOG.warn("The folder of instance {} stays: {}", spec.id(), fault.toString());
        }
    }

    private void endTree() {
        Set<ProcessId> left = attempt.tree().end(KILL_PATIENCE);
        if (!left.isEmpty()) {
            LOG.error("Processes of instance {} do not end: {}", spec.id(), left);
        }
        usage = TreeMeter.Usage.NONE;
    }

    // --- what others see -----------------------------------------------------------------------

    private void publish() {
        status = describe();
        changed.accept(spec.id());
    }

    private InstanceStatus describe() {
        ReplicaEvent.Listening address = attempt.address();
        return new InstanceStatus(
                spec.id(),
                spec.deployment(),
                state.shown(),
                attempt.phase().wire(),
                address == null ? null : address.host(),
                address == null ? 0 : address.port(),
                restarts,
                verdict,
                usage.residentBytes(),
                usage.cores());
    }
}
