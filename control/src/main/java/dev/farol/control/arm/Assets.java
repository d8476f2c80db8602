package dev.farol.control.arm;

import dev.farol.control.blob.BlobAccount;
import dev.farol.kit.Json;
import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import dev.farol.spec.NameRule;
import dev.farol.spec.ResourceId;
import dev.farol.store.Resource;
import dev.farol.store.ResourceStore.Order;
import dev.farol.store.ResourceStore.Query;
import dev.farol.store.Store;
import dev.farol.wire.ApiResponse;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import tools.jackson.databind.node.ObjectNode;

/** Versioned assets of a workspace or a registry: containers that come with their first version. */
final class Assets {
    static final String VERSIONS = "versions";
    private static final Duration UPLOAD = Duration.ofHours(24);

    private final Store store;
    private final AssetOwner owner;
    private final BlobAccount account;
    private final InstantSource clock;
    private final AssetKind kind;
    private final AssetWrites writes;

    Assets(
            Store store,
            AssetOwner owner,
            BlobAccount account,
            InstantSource clock,
            AssetKind kind) {
        this.store = store;
        this.owner = owner;
        this.account = account;
        this.clock = clock;
        this.kind = kind;
        this.writes = new AssetWrites(store, kind);
    }

    AssetKind kind() {
        return kind;
    }

    /** Those that users made; what clients made on the way only with {@code listViewType=All}. */
    ApiResponse listContainers(ArmCall call) {
        ResourceId holder = owner.of(call).id();
        boolean all = call.parameter("listViewType").orElse("").equalsIgnoreCase("All");
        Predicate<Resource> active = active(call);
        return Paging.answer(
                call,
                (offset, limit) ->
                        store.resources()
                                .list(
                                        new Query(
                                                holder,
                                                kind.type(),
                                                null,
                                                Order.NAME,
                                                offset,
                                                limit)),
                container -> active.test(container) && (all || !flag(container, "isAnonymous")),
                AssetView::container);
    }

    ApiResponse getContainer(ArmCall call) {
        Resource container = container(call);
        return ResourceView.answer(200, container, AssetView.container(container));
    }

    ApiResponse putContainer(ArmCall call) throws IOException {
        ResourceId holder = owner.forWriting(call).id();
        var violations = new Violations();
        checkName(call, violations);
        ObjectNode spec = Shapes.CONTAINER.read(call.body(), "", violations);
        violations.raise();
        ResourceId id = holder.child(kind.type(), assetName(call));
        return answer(writes.putContainer(id, spec, call.by(), call.preconditions()), false);
    }

    ApiResponse deleteContainer(ArmCall call) {
        ResourceId id = owner.forWriting(call).id().child(kind.type(), assetName(call));
        return ApiResponse.of(writes.deleteContainer(id, call.preconditions()) ? 200 : 204);
    }

    /** The versions of one name, newest first unless asked otherwise; or codes of one hash. */
    ApiResponse listVersions(ArmCall call) {
        ResourceId holder = owner.of(call).id();
        Optional<String> hash = call.parameter("hash");
        if (kind.equals(AssetKind.CODE) && hash.isPresent()) {
            String version = call.parameter("hashVersion").orElse("");
            return Paging.all(
                    CodeHashes.find(store, holder, hash.get(), version)
                            .map(found -> AssetView.version(kind, found))
                            .stream()
                            .toList());
        }
        ResourceId container = containerId(call, holder);
        Order order = order(call);
        return Paging.answer(
                call,
                (offset, limit) ->
                        store.resources()
                                .list(new Query(container, VERSIONS, null, order, offset, limit)),
                active(call)
                        .and(versioned(call))
                        .and(Bag.filter(call, "tags"))
                        .and(Bag.filter(call, "properties")),
                version -> AssetView.version(kind, version));
    }

    ApiResponse getVersion(ArmCall call) {
        Resource version = version(call);
        return ResourceView.answer(200, version, AssetView.version(kind, version));
    }

    /** Only {@code latest} is a label. */
    ApiResponse getLabel(ArmCall call) {
        Resource container = container(call);
        String label = call.name("label");
        String latest = container.status().path("latestVersion").asString("");
        return Optional.of(latest)
                .filter(any -> label.equalsIgnoreCase("latest") && !latest.isEmpty())
                .flatMap(any -> store.resources().find(container.id().child(VERSIONS, latest)))
                .map(found -> ResourceView.answer(200, found, AssetView.version(kind, found)))
                .orElseThrow(
                        () ->
                                absent(
                                        kind.word()
                                                + " '"
                                                + container.id().name()
                                                + "' with the label '"
                                                + label
                                                + "'"));
    }

    ApiResponse putVersion(ArmCall call) throws IOException {
        ResourceId holder = owner.forWriting(call).id();
        var violations = new Violations();
        checkName(call, violations);
        NameRule.ASSET
                .violation(call.name("version"))
                .ifPresent(message -> violations.add("/version", message));
        ObjectNode spec = kind.shape().read(call.body(), "", violations);
        if (kind.equals(AssetKind.ENVIRONMENT)) {
            checkEnvironment(spec, violations);
        }
        violations.raise();
        if (kind.equals(AssetKind.COMPONENT)) {
            named(call, spec);
        }
        ResourceId id =
                holder.child(kind.type(), assetName(call)).child(VERSIONS, call.name("version"));
        return answer(writes.putVersion(id, spec, call.by(), call.preconditions()), true);
    }

    ApiResponse deleteVersion(ArmCall call) {
        ResourceId id =
                owner.forWriting(call)
                        .id()
                        .child(kind.type(), assetName(call))
                        .child(VERSIONS, call.name("version"));
        return ApiResponse.of(writes.deleteVersion(id, call.preconditions()) ? 200 : 204);
    }

    /** A container of its own for the bytes of a version that is to come. */
    ApiResponse startPendingUpload(ArmCall call) throws IOException {
        Resource holder = owner.forWriting(call);
        call.body();
        String id = UUID.randomUUID().toString();
        String container = "snap-" + id;
        String url = BlobAccount.url(call.host(), container);
        ObjectNode body = Json.object();
        body.put("pendingUploadId", id);
        body.put("pendingUploadType", "TemporaryBlobReference");
        ObjectNode blobs = body.putObject("blobReferenceForConsumption");
        blobs.put("blobUri", url);
        blobs.put(
                "storageAccountArmId",
                "/subscriptions/"
                        + holder.id().subscription()
                        + "/resourceGroups/"
                        + holder.id().resourceGroup()
                        + "/providers/Microsoft.Storage/storageAccounts/"
                        + BlobAccount.NAME);
        blobs.putObject("credential")
                .put("credentialType", "SAS")
                .put("sasUri", url + "?" + account.sign(container, clock.instant().plus(UPLOAD)));
        return ApiResponse.json(200, body.toString()).header("Cache-Control", "no-store");
    }

    private ApiResponse answer(AssetWrites.Written written, boolean version) {
        ObjectNode body =
                version
                        ? AssetView.version(kind, written.resource())
                        : AssetView.container(written.resource());
        int status = version ? owner.written(written.created()) : written.created() ? 201 : 200;
        return ResourceView.answer(status, written.resource(), body);
    }

    private static void checkEnvironment(ObjectNode spec, Violations violations) {
        if (!spec.path("properties").has("image")
                && !spec.path("properties").has("condaFile")
                && !spec.path("properties").has("build")) {
            violations.add(
                    "/properties",
                    "The environment is empty (expected: image, condaFile or build)");
        }
    }

    /** Clients read name and version of a component in its own words. */
    private static void named(ArmCall call, ObjectNode spec) {
        if (spec.path("properties").path("componentSpec") instanceof ObjectNode component) {
            if (!component.has("name")) {
                component.put("name", assetName(call));
            }
            if (!component.has("version")) {
                component.put("version", call.name("version"));
            }
        }
    }

    private void checkName(ArmCall call, Violations violations) {
        NameRule.ASSET
                .violation(assetName(call))
                .ifPresent(message -> violations.add("/name", message));
    }

    /** Some clients put the short form of a reference into the path (clients §7). */
    private static String assetName(ArmCall call) {
        String name = call.name("name");
        return name.startsWith("azureml:") ? name.substring("azureml:".length()) : name;
    }

    /**
     * The container that the path means. Curated environments are seen from every workspace, as on
     * Azure, unless it has one of its own under that name.
     */
    private ResourceId containerId(ArmCall call, ResourceId holder) {
        ResourceId own = holder.child(kind.type(), assetName(call));
        return kind.equals(AssetKind.ENVIRONMENT) ? References.orCurated(store, own) : own;
    }

    private Resource container(ArmCall call) {
        return store.resources()
                .find(containerId(call, owner.of(call).id()))
                .orElseThrow(() -> absent(kind.word() + " '" + assetName(call) + "'"));
    }

    private Resource version(ArmCall call) {
        ResourceId container = containerId(call, owner.of(call).id());
        return store.resources()
                .find(container.child(VERSIONS, call.name("version")))
                .orElseThrow(
                        () ->
                                absent(
                                        kind.word()
                                                + " '"
                                                + assetName(call)
                                                + "' with version '"
                                                + call.name("version")
                                                + "'"));
    }

    private static FarolException absent(String what) {
        return new FarolException(ErrorCode.RESOURCE_NOT_FOUND, "There is no " + what);
    }

    private static Predicate<Resource> active(ArmCall call) {
        return switch (call.parameter("listViewType").orElse("").toLowerCase(Locale.ROOT)) {
            case "all" -> any -> true;
            case "archivedonly" -> each -> flag(each, "isArchived");
            default -> each -> !flag(each, "isArchived");
        };
    }

    private static Predicate<Resource> versioned(ArmCall call) {
        List<String> wanted = call.parameter("version").map(List::of).orElse(List.of());
        return version -> wanted.isEmpty() || wanted.contains(version.id().name());
    }

    private static boolean flag(Resource resource, String name) {
        return resource.spec().path("properties").path(name).asBoolean(false);
    }

    private static Order order(ArmCall call) {
        String text = call.parameter("$orderBy").orElse("").toLowerCase(Locale.ROOT).strip();
        return switch (text.replaceAll("\\s+", " ")) {
            case "createdtime", "createdtime asc" -> Order.CREATED_ASCENDING;
            case "modifiedtime", "modifiedtime asc" -> Order.MODIFIED_ASCENDING;
            case "modifiedtime desc" -> Order.MODIFIED_DESCENDING;
            case "name", "name asc" -> Order.NAME;
            default -> Order.CREATED_DESCENDING;
        };
    }
}
