package dev.farol.backend.local;

import dev.farol.backend.InstanceStatus;

/** The steps of an instance's life, finer than what the door tells. */
enum InstanceState {
    /** The first start runs. */
    STARTING(InstanceStatus.State.STARTING, true),
    /** Answers its readiness probe. */
    READY(InstanceStatus.State.READY, true),
    /** Runs; its readiness probe fails. */
    NOT_READY(InstanceStatus.State.NOT_READY, true),
    /** Was ready once, ended, and waits for its next start. */
    RESTARTING(InstanceStatus.State.STARTING, false),
    /** Was ready once, and starts again. */
    RECOVERING(InstanceStatus.State.STARTING, true),
    /** Never was ready, and waits for its next start. */
    FAILED(InstanceStatus.State.FAILED, false),
    /** Never was ready, and starts again. */
    RETRYING(InstanceStatus.State.FAILED, true),
    /** Told to end. */
    STOPPING(InstanceStatus.State.STOPPING, true),
    /** Nothing of it is left. */
    GONE(InstanceStatus.State.STOPPING, false);

    private final InstanceStatus.State shown;
    private final boolean running;

    InstanceState(InstanceStatus.State shown, boolean running) {
        this.shown = shown;
        this.running = running;
    }

    InstanceStatus.State shown() {
        return shown;
    }

    /** Whether processes of it may be there. */
    boolean running() {
        return running;
    }

    /** Whether a start is under way. */
    boolean coming() {
        return this == STARTING || this == RECOVERING || this == RETRYING;
    }
}
