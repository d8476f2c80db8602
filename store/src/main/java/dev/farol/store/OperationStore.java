package dev.farol.store;

import dev.farol.spec.ResourceId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Long-running operations. A finished one stays readable until {@link #prune}. */
public interface OperationStore {
    Operation start(String id, Operation.Kind kind, ResourceId target, long generation);

    Optional<Operation> find(String id);

    /**
     * Says what the operation is doing; no effect once it ended. Need not survive a power failure.
     */
    void progress(String id, String text);

    /** Ends the operation, once: later calls change nothing. */
    void finish(String id, Operation.Status status, @Nullable ObjectNode error);

    /** All that have not ended, oldest first. */
    List<Operation> unfinished();

    /** Those of one resource that have not ended. */
    List<Operation> unfinished(ResourceId target);

    /** Forgets operations that ended before {@code before}; answers how many. */
    int prune(Instant before);
}
