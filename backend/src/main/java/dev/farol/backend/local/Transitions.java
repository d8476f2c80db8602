package dev.farol.backend.local;

import static dev.farol.backend.local.InstanceEvent.ANSWERED;
import static dev.farol.backend.local.InstanceEvent.DRAIN_OVER;
import static dev.farol.backend.local.InstanceEvent.ENDED;
import static dev.farol.backend.local.InstanceEvent.LIVENESS_LOST;
import static dev.farol.backend.local.InstanceEvent.OVERDUE;
import static dev.farol.backend.local.InstanceEvent.PAUSE_OVER;
import static dev.farol.backend.local.InstanceEvent.READINESS_LOST;
import static dev.farol.backend.local.InstanceEvent.REMOVED;
import static dev.farol.backend.local.InstanceState.FAILED;
import static dev.farol.backend.local.InstanceState.GONE;
import static dev.farol.backend.local.InstanceState.NOT_READY;
import static dev.farol.backend.local.InstanceState.READY;
import static dev.farol.backend.local.InstanceState.RECOVERING;
import static dev.farol.backend.local.InstanceState.RESTARTING;
import static dev.farol.backend.local.InstanceState.RETRYING;
import static dev.farol.backend.local.InstanceState.STARTING;
import static dev.farol.backend.local.InstanceState.STOPPING;

import java.util.List;
import java.util.Optional;

/** The life of an instance as a table. What is not in it does not happen. */
final class Transitions {
    /** In {@code from}, {@code event} leads to {@code to}. */
    record Transition(InstanceState from, InstanceEvent event, InstanceState to) {}

    static final List<Transition> TABLE =
            List.of(
                    new Transition(STARTING, ANSWERED, READY),
                    new Transition(STARTING, ENDED, FAILED),
                    new Transition(STARTING, OVERDUE, FAILED),
                    new Transition(STARTING, REMOVED, STOPPING),
                    new Transition(READY, READINESS_LOST, NOT_READY),
                    new Transition(READY, LIVENESS_LOST, RESTARTING),
                    new Transition(READY, ENDED, RESTARTING),
                    new Transition(READY, REMOVED, STOPPING),
                    new Transition(NOT_READY, ANSWERED, READY),
                    new Transition(NOT_READY, LIVENESS_LOST, RESTARTING),
                    new Transition(NOT_READY, ENDED, RESTARTING),
                    new Transition(NOT_READY, REMOVED, STOPPING),
                    new Transition(RESTARTING, PAUSE_OVER, RECOVERING),
                    new Transition(RESTARTING, REMOVED, STOPPING),
                    new Transition(RECOVERING, ANSWERED, READY),
                    new Transition(RECOVERING, ENDED, RESTARTING),
                    new Transition(RECOVERING, OVERDUE, RESTARTING),
                    new Transition(RECOVERING, REMOVED, STOPPING),
                    new Transition(FAILED, PAUSE_OVER, RETRYING),
                    new Transition(FAILED, REMOVED, STOPPING),
                    new Transition(RETRYING, ANSWERED, READY),
                    new Transition(RETRYING, ENDED, FAILED),
                    new Transition(RETRYING, OVERDUE, FAILED),
                    new Transition(RETRYING, REMOVED, STOPPING),
                    new Transition(STOPPING, REMOVED, STOPPING),
                    new Transition(STOPPING, ENDED, GONE),
                    new Transition(STOPPING, DRAIN_OVER, GONE));

    private Transitions() {}

    static Optional<InstanceState> next(InstanceState from, InstanceEvent event) {
        return TABLE.stream()
                .filter(row -> row.from() == from && row.event() == event)
                .map(Transition::to)
                .findFirst();
    }
}
