package dev.farol.control.reconcile;

import dev.farol.control.model.StatusDocument;
import dev.farol.spec.Condition;
import dev.farol.spec.Condition.Status;
import java.time.Instant;

/** Conditions as they are concluded in one look at a resource. */
record Facts(StatusDocument status, long generation, Instant now) {
    static final String ENVIRONMENT_READY = "EnvironmentReady";
    static final String MODEL_READY = "ModelReady";
    static final String CODE_READY = "CodeReady";
    static final String INSTANCES_READY = "InstancesReady";
    static final String READY = "Ready";

    Facts yes(String type, String reason, String message) {
        return fact(type, Status.TRUE, reason, message);
    }

    Facts no(String type, String reason, String message) {
        return fact(type, Status.FALSE, reason, message);
    }

    Facts unknown(String type, String reason, String message) {
        return fact(type, Status.UNKNOWN, reason, message);
    }

    private Facts fact(String type, Status status, String reason, String message) {
        this.status.condition(new Condition(type, status, reason, message, generation, now));
        return this;
    }
}
