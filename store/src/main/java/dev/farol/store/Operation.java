package dev.farol.store;

import dev.farol.spec.ResourceId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * A long-running operation that a client polls (contracts §1.3).
 *
 * @param id as in the status URL, for example {@code oe:{workspaceGuid}:{guid}}
 * @param target the resource it works on
 * @param generation the generation of the target that it brings about; 0 for a delete
 * @param progress the latest word on what it is doing, for the command line; may be empty
 * @param error the ARM {@code error} object of a failed operation
 */
public record Operation(
        String id,
        Kind kind,
        ResourceId target,
        long generation,
        Status status,
        String progress,
        @Nullable ObjectNode error,
        Instant startTime,
        @Nullable Instant endTime) {
    public enum Kind {
        CREATE,
        UPDATE,
        DELETE,
        ACTION
    }

    public enum Status {
        IN_PROGRESS("InProgress"),
        SUCCEEDED("Succeeded"),
        FAILED("Failed"),
        CANCELED("Canceled");

        private final String wire;

        Status(String wire) {
            this.wire = wire;
        }

        /** The spelling on the wire. */
        public String wire() {
            return wire;
        }

        public boolean terminal() {
            return this != IN_PROGRESS;
        }
    }
}
