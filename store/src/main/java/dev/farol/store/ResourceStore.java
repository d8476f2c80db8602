package dev.farol.store;

import dev.farol.spec.ResourceId;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Resources by id; ids compare without regard to case, and keep the spelling of their creation. */
public interface ResourceStore {
    /**
     * @throws dev.farol.spec.FarolException {@code Conflict} when the resource exists
     */
    Resource create(ResourceId id, ObjectNode spec, ObjectNode status, String by);

    Optional<Resource> find(ResourceId id);

    /**
     * Replaces the desired state; the generation grows when it differs.
     *
     * @throws dev.farol.spec.FarolException {@code PreconditionFailed} when {@code version} is not
     *     the present one, {@code ResourceNotFound} when the resource is gone
     */
    Resource updateSpec(ResourceId id, long version, ObjectNode spec, String by);

    /** Replaces the observed state, by the same rules; writes nothing when nothing changed. */
    Resource updateStatus(ResourceId id, long version, ObjectNode status);

    /** Removes the resource, its secrets and everything below it; answers whether it was there. */
    boolean delete(ResourceId id);

    /** The children of {@code parent} of one type, by the query's order; one page. */
    List<Resource> list(Query query);

    /**
     * Every resource of a kind (see {@link ResourceId#kind()}) in all workspaces: what reconcilers
     * start from.
     */
    List<Resource> ofKind(String kind);

    /**
     * A secret that belongs to a resource and is never part of its document. A new value leaves an
     * entry in the change feed; the version of the resource stays.
     *
     * @throws dev.farol.spec.FarolException {@code ResourceNotFound} when there is no resource
     */
    void putSecret(ResourceId id, String name, byte[] value);

    Optional<byte[]> secret(ResourceId id, String name);

    /** The newest entry of the change feed; 0 before the first. */
    long lastChange();

    /**
     * What changed after {@code after}, oldest first: every create, update and delete leaves one
     * entry. Numbers have no gaps. The feed is pruned: a reader whose first entry is not number
     * {@code after + 1} has fallen behind and starts over from {@link #ofKind}.
     */
    List<Change> changes(long after, int limit);

    /** Someone wrote {@code id}; read the resource to learn what it is now. */
    record Change(long number, ResourceId id, boolean deleted) {}

    /**
     * @param parent the enclosing resource
     * @param type the type segment of the children, such as {@code onlineEndpoints}
     * @param name null, or the only name wanted
     * @param offset how many to leave out from the start
     */
    record Query(
            ResourceId parent,
            String type,
            @Nullable String name,
            Order order,
            int offset,
            int limit) {}

    /** Ties are broken by name, so that paging is stable. */
    enum Order {
        NAME,
        CREATED_ASCENDING,
        CREATED_DESCENDING,
        MODIFIED_ASCENDING,
        MODIFIED_DESCENDING
    }
}
