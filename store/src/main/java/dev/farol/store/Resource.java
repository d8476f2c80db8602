package dev.farol.store;

import dev.farol.spec.ResourceId;
import java.time.Instant;
import tools.jackson.databind.node.ObjectNode;

/**
 * A resource as it is kept.
 *
 * @param version changes with every write; what optimistic concurrency compares
 * @param generation changes with every write of {@code spec}; 1 after creation
 * @param spec what the user wrote: the ARM envelope's {@code tags, location, identity, kind, sku,
 *     properties}
 * @param status what was observed: {@code provisioningState, conditions, …}; written by reconcilers
 *     only
 */
public record Resource(
        ResourceId id,
        long version,
        long generation,
        ObjectNode spec,
        ObjectNode status,
        String createdBy,
        Instant createdAt,
        String modifiedBy,
        Instant modifiedAt) {}
