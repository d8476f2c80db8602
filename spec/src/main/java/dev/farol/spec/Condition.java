package dev.farol.spec;

import java.time.Instant;

/**
 * One observed fact about a resource, positive by name ({@code Ready}, {@code EnvironmentReady}).
 *
 * @param reason one CamelCase word, part of the API
 * @param observedGeneration the generation of the desired state that this was observed for
 * @param since when {@code status} last changed
 */
public record Condition(
        String type,
        Status status,
        String reason,
        String message,
        long observedGeneration,
        Instant since) {
    /** Whether the fact holds. */
    public enum Status {
        TRUE("True"),
        FALSE("False"),
        UNKNOWN("Unknown");

        private final String wire;

        Status(String wire) {
            this.wire = wire;
        }

        /** The spelling on the wire. */
        public String wire() {
            return wire;
        }
    }
}
