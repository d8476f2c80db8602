package dev.farol.backend.local;

import dev.farol.backend.InstanceSpec;
import dev.farol.backend.local.Timers.Timer;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/** Asks one instance its probes when they are due, and judges the answers. */
final class ProbeDesk {
    private static final Duration START_EVERY = Duration.ofMillis(25);
    private static final Duration START_LATER = Duration.ofMillis(50);
    private static final Duration EARLY = Duration.ofSeconds(5);
    private static final Duration COMING_BACK_EVERY = Duration.ofSeconds(1);

    private final InstanceSpec spec;
    private final Timers timers;
    private final Consumer<Signal> inbox;
    private final ProbeTrack readiness;
    private final ProbeTrack liveness;
    private long startedAt;

    ProbeDesk(InstanceSpec spec, Timers timers, Consumer<Signal> inbox) {
        this.spec = spec;
        this.timers = timers;
        this.inbox = inbox;
        this.readiness = new ProbeTrack(spec.readiness());
        this.liveness = new ProbeTrack(spec.liveness());
    }

    /** A start begins: what was counted before means nothing. */
    void begin() {
        startedAt = System.nanoTime();
        readiness.reset();
        liveness.reset();
    }

    /** The instance is ready: both probes run at their own pace from now on. */
    void serve() {
        readiness.reset();
        liveness.reset();
        long now = System.nanoTime();
        timers.cancel(Timer.START_PROBE);
        timers.set(Timer.READINESS, now, spec.readiness().period());
        timers.set(Timer.LIVENESS, now, spec.liveness().period());
    }

    /** Sends a probe; its answer comes as a signal. */
    void ask(Attempt attempt, Timer probe) {
        ReplicaEvent.Listening address = attempt.address();
        if (address == null) {
            return;
        }
        int number = attempt.number();
        Duration timeout =
                probe == Timer.LIVENESS ? spec.liveness().timeout() : spec.readiness().timeout();
        Runnable question =
                () ->
                        inbox.accept(
                                new Signal.Probed(
                                        number,
                                        probe,
                                        Probe.get(address.host(), address.port(), timeout)));
        Thread.ofVirtual().name("probe-" + spec.id()).start(question);
    }

    /** What an answer means for an instance in this state, if anything. */
    Optional<InstanceEvent> answered(Timer probe, Probe.Answer answer, InstanceState state) {
        return switch (probe) {
            case START_PROBE -> state.coming() ? atStart(answer) : Optional.empty();
            case LIVENESS -> alive(answer);
            default -> ready(answer, state);
        };
    }

    int livenessFailures() {
        return liveness.failures();
    }

    private Optional<InstanceEvent> atStart(Probe.Answer answer) {
        readiness.count(answer.healthy());
        if (readiness.passed()) {
            return Optional.of(InstanceEvent.ANSWERED);
        }
        long now = System.nanoTime();
        boolean early = now - startedAt < EARLY.toNanos();
        timers.set(Timer.START_PROBE, now, early ? START_EVERY : START_LATER);
        return Optional.empty();
    }

    private Optional<InstanceEvent> alive(Probe.Answer answer) {
        liveness.count(answer.healthy());
        timers.set(Timer.LIVENESS, System.nanoTime(), spec.liveness().period());
        return liveness.lost() ? Optional.of(InstanceEvent.LIVENESS_LOST) : Optional.empty();
    }

    private Optional<InstanceEvent> ready(Probe.Answer answer, InstanceState state) {
        readiness.count(answer.healthy());
        boolean back = state == InstanceState.NOT_READY && readiness.passed();
        boolean lost = state == InstanceState.READY && readiness.lost();
        Duration period = spec.readiness().period();
        boolean away = lost || (state == InstanceState.NOT_READY && !back);
        boolean hurry = away && period.compareTo(COMING_BACK_EVERY) > 0;
        timers.set(Timer.READINESS, System.nanoTime(), hurry ? COMING_BACK_EVERY : period);
        if (back) {
            return Optional.of(InstanceEvent.ANSWERED);
        }
        return lost ? Optional.of(InstanceEvent.READINESS_LOST) : Optional.empty();
    }
}
