package dev.farol.store.rule;

import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import dev.farol.spec.ResourceId;
import dev.farol.store.Resource;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import tools.jackson.databind.node.ObjectNode;

/**
 * A resource as a row, and the steps from one to the next. Stamps are whole microseconds, so that
 * what a write answers equals what a later read gives.
 *
 * @param id in the spelling of its creation
 * @param version the number of the change that wrote it last: never the same twice, also not for a
 *     resource that was deleted and created again
 */
public record ResourceRow(
        String id,
        long version,
        long generation,
        String spec,
        String status,
        String createdBy,
        Instant createdAt,
        String modifiedBy,
        Instant modifiedAt) {
    public static ResourceRow created(
            ResourceId id,
            long version,
            ObjectNode spec,
            ObjectNode status,
            String by,
            Instant now) {
        Instant at = now.truncatedTo(ChronoUnit.MICROS);
        return new ResourceRow(
                Key.text(id),
                version,
                1,
                Document.text(spec),
                Document.text(status),
                by,
                at,
                by,
                at);
    }

    /**
     * @throws FarolException {@code PreconditionFailed} when this is not {@code expected}
     */
    public ResourceRow requireVersion(long expected) {
        if (expected != version) {
            throw new FarolException(
                    ErrorCode.PRECONDITION_FAILED,
                    "'"
                            + resourceId().name()
                            + "' was changed by another request (version "
                            + version
                            + ", expected "
                            + expected
                            + "). Read it again and repeat the change.");
        }
        return this;
    }

    public ResourceRow withSpec(long newVersion, ObjectNode newSpec, String by, Instant now) {
        String text = Document.text(newSpec);
        return new ResourceRow(
                id,
                newVersion,
                Document.same(spec, text) ? generation : generation + 1,
                text,
                status,
                createdBy,
                createdAt,
                by,
                now.truncatedTo(ChronoUnit.MICROS));
    }

    public boolean hasStatus(ObjectNode other) {
        return Document.same(status, Document.text(other));
    }

    /** Modified stays: it tells of users' changes, not of observations. */
    public ResourceRow withStatus(long newVersion, ObjectNode newStatus) {
        return new ResourceRow(
                id,
                newVersion,
                generation,
                spec,
                Document.text(newStatus),
                createdBy,
                createdAt,
                modifiedBy,
                modifiedAt);
    }

    public ResourceId resourceId() {
        return Key.id(id);
    }

    public String key() {
        return Key.lower(id);
    }

    /** The key of the enclosing resource; empty for a workspace. */
    public String parentKey() {
        return resourceId().parent().map(ResourceId::key).orElse("");
    }

    public String kindKey() {
        return Key.lower(resourceId().kind());
    }

    /**
     * The last type segment in lower case: what {@link dev.farol.store.ResourceStore.Query} asks.
     */
    public String typeKey() {
        String kind = kindKey();
        return kind.substring(kind.lastIndexOf('/') + 1);
    }

    public String nameKey() {
        return Key.lower(resourceId().name());
    }

    public Resource resource() {
        return new Resource(
                resourceId(),
                version,
                generation,
                Document.read(spec),
                Document.read(status),
                createdBy,
                createdAt,
                modifiedBy,
                modifiedAt);
    }
}
