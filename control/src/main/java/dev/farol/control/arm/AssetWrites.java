package dev.farol.control.arm;

import dev.farol.kit.Json;
import dev.farol.spec.ErrorCode;
import dev.farol.spec.ResourceId;
import dev.farol.store.Resource;
import dev.farol.store.ResourceStore.Order;
import dev.farol.store.ResourceStore.Query;
import dev.farol.store.Store;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Writes asset versions together with the container that counts them. */
final class AssetWrites {
    private static final int PAGE = 50;

    private final Store store;
    private final AssetKind kind;

    AssetWrites(Store store, AssetKind kind) {
        this.store = store;
        this.kind = kind;
    }

    /** What stands in the store now. */
    record Written(Resource resource, boolean created) {}

    Written putContainer(ResourceId id, ObjectNode spec, String by, Preconditions preconditions) {
        return store.transact(
                transaction -> {
                    Optional<Resource> found = transaction.resources().find(id);
                    preconditions.check(found.orElse(null));
                    return found.isPresent()
                            ? new Written(replace(transaction, found.get(), spec, by), false)
                            : new Written(
                                    transaction.resources().create(id, spec, ready(), by), true);
                });
    }

    Written putVersion(ResourceId id, ObjectNode spec, String by, Preconditions preconditions) {
        return store.transact(
                transaction -> {
                    Optional<Resource> found = transaction.resources().find(id);
                    preconditions.check(found.orElse(null));
                    if (found.isPresent()) {
                        checkSameContent(found.get(), spec);
                        container(transaction, id, spec, by);
                        Resource replaced = replace(transaction, found.get(), spec, by);
                        if (archived(found.get()) != archived(replaced)) {
                            recount(transaction, id);
                        }
                        return new Written(replaced, false);
                    }
                    Resource created = create(transaction, id, spec, by);
                    if (kind.equals(AssetKind.CODE)) {
                        CodeHashes.remember(transaction, created);
                    }
                    return new Written(created, true);
                });
    }

    /** Makes a version, and the container if it is the first. */
    static Resource create(Store transaction, ResourceId id, ObjectNode spec, String by) {
        Resource container = container(transaction, id, spec, by);
        ResourceId exact = container.id().child(Assets.VERSIONS, id.name());
        Resource created = transaction.resources().create(exact, spec, ready(), by);
        count(transaction, container, created);
        return created;
    }

    boolean deleteContainer(ResourceId id, Preconditions preconditions) {
        return store.transact(
                transaction -> {
                    preconditions.check(transaction.resources().find(id).orElse(null));
                    return transaction.resources().delete(id);
                });
    }

    boolean deleteVersion(ResourceId id, Preconditions preconditions) {
        return store.transact(
                transaction -> {
                    Optional<Resource> found = transaction.resources().find(id);
                    preconditions.check(found.orElse(null));
                    if (found.isEmpty()) {
                        return false;
                    }
                    if (kind.equals(AssetKind.CODE)) {
                        CodeHashes.forget(transaction, found.get());
                    }
                    transaction.resources().delete(id);
                    recount(transaction, id);
                    return true;
                });
    }

    /**
     * The container of a version; made with it, hidden as long as all its versions are anonymous.
     */
    private static Resource container(
            Store transaction, ResourceId id, ObjectNode spec, String by) {
        ResourceId containerId = id.parent().orElseThrow();
        boolean anonymous = spec.path("properties").path("isAnonymous").asBoolean(false);
        Optional<Resource> found = transaction.resources().find(containerId);
        if (found.isEmpty()) {
            ObjectNode fresh = Shapes.CONTAINER.read(Json.object(), "", new Violations());
            ObjectNode properties = (ObjectNode) fresh.path("properties");
            properties.put("isAnonymous", anonymous);
            JsonNode dataType = spec.path("properties").get("dataType");
            if (dataType != null) {
                properties.set("dataType", dataType);
            }
            return transaction.resources().create(containerId, fresh, ready(), by);
        }
        Resource container = found.get();
        if (!anonymous
                && container.spec().path("properties").path("isAnonymous").asBoolean(false)) {
            ObjectNode shown = container.spec().deepCopy();
            ((ObjectNode) shown.path("properties")).put("isAnonymous", false);
            return replace(transaction, container, shown, by);
        }
        return container;
    }

    private static Resource replace(
            Store transaction, Resource existing, ObjectNode spec, String by) {
        return existing.spec().equals(spec)
                ? existing
                : transaction.resources().updateSpec(existing.id(), existing.version(), spec, by);
    }

    /** The observed state of what is ready as soon as it is written. */
    static ObjectNode ready() {
        return Json.object().put("provisioningState", "Succeeded");
    }

    /** With 409 the SDK takes the next version when nobody asked for this one. */
    private void checkSameContent(Resource existing, ObjectNode spec) {
        var violations = new Violations();
        for (String field : kind.fixed()) {
            JsonNode before = existing.spec().path("properties").get(field);
            JsonNode after = spec.path("properties").get(field);
            if (!content(before).equals(content(after))) {
                violations.add(
                        ErrorCode.VERSION_EXISTS,
                        "/properties/" + field,
                        "Version '"
                                + existing.id().name()
                                + "' exists with another "
                                + field
                                + " (expected: the same, or a new version)");
            }
        }
        violations.raise();
    }

    /** A value without the part of blob URLs that depends on how this server was called. */
    private static String content(@Nullable JsonNode value) {
        return value == null ? "" : content(value.toString());
    }

    /** The same of a text. */
    static String content(String text) {
        return text.replaceAll("https?://[^/\"]+/(?=[^/\"]*\\.blob\\.)", "")
                .replaceAll("(\\.blob\\.[^/%\"]+)%2F", "$1/");
    }

    private static void count(Store transaction, Resource container, Resource created) {
        ObjectNode status = container.status().deepCopy();
        BigInteger next = new BigInteger(status.path("nextVersion").asString("1"));
        Optional<BigInteger> number = number(created.id().name());
        if (!archived(created)) {
            status.put("latestVersion", created.id().name());
        }
        status.put(
                "nextVersion",
                number.map(n -> n.add(BigInteger.ONE).max(next)).orElse(next).toString());
        transaction.resources().updateStatus(container.id(), container.version(), status);
    }

    /**
     * After a deletion or a change of what is archived, the newest of the rest is the latest;
     * numbers are not given twice.
     */
    private static void recount(Store transaction, ResourceId version) {
        ResourceId containerId = version.parent().orElseThrow();
        Optional<Resource> found = transaction.resources().find(containerId);
        if (found.isEmpty()) {
            return;
        }
        Resource container = found.get();
        ObjectNode status = container.status().deepCopy();
        newest(transaction, containerId)
                .ifPresentOrElse(
                        newest -> status.put("latestVersion", newest.id().name()),
                        () -> status.remove("latestVersion"));
        transaction.resources().updateStatus(container.id(), container.version(), status);
    }

    /** The newest version that is not archived. */
    private static Optional<Resource> newest(Store transaction, ResourceId container) {
        for (int offset = 0; ; offset += PAGE) {
            List<Resource> page =
                    transaction
                            .resources()
                            .list(
                                    new Query(
                                            container,
                                            Assets.VERSIONS,
                                            null,
                                            Order.CREATED_DESCENDING,
                                            offset,
                                            PAGE));
            Optional<Resource> found = page.stream().filter(each -> !archived(each)).findFirst();
            if (found.isPresent() || page.size() < PAGE) {
                return found;
            }
        }
    }

    private static boolean archived(Resource version) {
        return version.spec().path("properties").path("isArchived").asBoolean(false);
    }

    /** Versions are opaque, but those that are numbers are counted on. */
    private static Optional<BigInteger> number(String version) {
        return version.matches("[0-9]{1,18}")
                ? Optional.of(new BigInteger(version))
                : Optional.empty();
    }
}
