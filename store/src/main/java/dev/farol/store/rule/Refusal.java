package dev.farol.store.rule;

import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import dev.farol.spec.ResourceId;

/** The errors that stores answer. */
public final class Refusal {
    private Refusal() {}

    public static FarolException exists(ResourceId id) {
        return new FarolException(
                ErrorCode.CONFLICT, "'" + id.name() + "' (" + id.kind() + ") exists already.");
    }

    public static FarolException absent(ResourceId id) {
        return new FarolException(
                ErrorCode.RESOURCE_NOT_FOUND,
                "'" + id.name() + "' (" + id.kind() + ") does not exist.");
    }

    public static FarolException operationExists(String id) {
        return new FarolException(ErrorCode.CONFLICT, "The operation '" + id + "' exists already.");
    }

    /** The program's fault, not the user's: the outer store was used inside a transaction. */
    public static IllegalStateException nested() {
        return new IllegalStateException(
                "Inside a transaction only the store given to it may be used");
    }
}
