package dev.farol.spec;

import java.util.Map;
import java.util.Set;

/**
 * Where a resource stands on the way to what its user asked for (contracts §1.3), with the steps
 * that are allowed.
 */
public enum ProvisioningState {
    CREATING("Creating"),
    UPDATING("Updating"),
    SCALING("Scaling"),
    DELETING("Deleting"),
    SUCCEEDED("Succeeded"),
    FAILED("Failed"),
    CANCELED("Canceled");

    private static final Map<ProvisioningState, Set<ProvisioningState>> NEXT =
            Map.of(
                    CREATING, Set.of(CREATING, SUCCEEDED, FAILED, CANCELED, UPDATING, DELETING),
                    UPDATING, Set.of(UPDATING, SUCCEEDED, FAILED, CANCELED, DELETING),
                    SCALING, Set.of(SCALING, SUCCEEDED, FAILED, CANCELED, DELETING),
                    DELETING, Set.of(DELETING, FAILED),
                    SUCCEEDED, Set.of(SUCCEEDED, UPDATING, SCALING, DELETING, FAILED),
                    FAILED, Set.of(FAILED, UPDATING, SCALING, DELETING, SUCCEEDED),
                    CANCELED, Set.of(UPDATING, SCALING, DELETING));

    private final String wire;

    ProvisioningState(String wire) {
        this.wire = wire;
    }

    /** The spelling on the wire. */
    public String wire() {
        return wire;
    }

    /** Whether nothing more will happen until someone asks for a change. */
    public boolean terminal() {
        return this == SUCCEEDED || this == FAILED || this == CANCELED;
    }

    /** Whether a resource in this state may next be in {@code other}. */
    public boolean mayBecome(ProvisioningState other) {
        return NEXT.getOrDefault(this, Set.of()).contains(other);
    }

    /**
     * @throws IllegalArgumentException when no state is spelled so; the text comes from our own
     *     store
     */
    public static ProvisioningState of(String wire) {
        for (ProvisioningState state : values()) {
            if (state.wire.equalsIgnoreCase(wire)) {
                return state;
            }
        }
        throw new IllegalArgumentException("No provisioning state is spelled '" + wire + "'");
    }
}
