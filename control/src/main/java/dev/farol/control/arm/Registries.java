package dev.farol.control.arm;

import dev.farol.control.access.Access;
import dev.farol.control.blob.BlobAccount;
import dev.farol.control.model.AssetLocation;
import dev.farol.kit.Json;
import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import dev.farol.spec.ResourceId;
import dev.farol.store.Resource;
import dev.farol.store.Store;
import dev.farol.wire.ApiResponse;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/**
 * Registries: {@code local}, which everyone on this Farol shares, and {@code azureml}, which holds
 * the curated environments and is read-only. A path names a registry by its name alone.
 */
final class Registries implements AssetOwner {
    static final String KIND = ResourceId.Root.REGISTRY.type();
    static final String LOCAL = "local";
    private static final Duration ACCESS = Duration.ofHours(24);

    private final Store store;
    private final BlobAccount account;
    private final InstantSource clock;
    private final String location;
    private final String tenantId;

    Registries(
            Store store,
            BlobAccount account,
            InstantSource clock,
            String location,
            String tenantId) {
        this.store = store;
        this.account = account;
        this.clock = clock;
        this.location = location;
        this.tenantId = tenantId;
    }

    /** Makes the registries and the curated environments that are not there yet. */
    static void ensure(Store transaction, String location, String by) {
        for (String name : List.of(LOCAL, Curated.REGISTRY)) {
            ResourceId id = ResourceId.registry(name);
            if (transaction.resources().find(id).isEmpty()) {
                ObjectNode spec = Json.object();
                spec.putObject("tags");
                spec.put("location", location);
                spec.putObject("properties")
                        .put(
                                "description",
                                name.equals(LOCAL)
                                        ? "Assets that all workspaces of this Farol share"
                                        : "Farol's own renditions of Azure's curated environments");
                transaction.resources().create(id, spec, AssetWrites.ready(), by);
            }
        }
        for (String name : Curated.NAMES) {
            ResourceId id =
                    ResourceId.registry(Curated.REGISTRY)
                            .child(AssetKind.ENVIRONMENT.type(), name)
                            .child(Assets.VERSIONS, Curated.VERSION);
            if (transaction.resources().find(id).isEmpty()) {
                AssetWrites.create(transaction, id, Curated.version(name), by);
            }
        }
    }

    @Override
    public Resource of(ArmCall call) {
        String name = call.name("registry");
        return store.resources()
                .find(ResourceId.registry(name))
                .orElseThrow(
                        () ->
                                new FarolException(
                                        ErrorCode.RESOURCE_NOT_FOUND,
                                        "There is no registry '"
                                                + name
                                                + "' (there is: "
                                                + store.resources().ofKind(KIND).stream()
                                                        .map(found -> found.id().name())
                                                        .sorted()
                                                        .collect(Collectors.joining(", "))
                                                + ")"));
    }

    @Override
    public Resource forWriting(ArmCall call) {
        Resource registry = of(call);
        if (registry.id().name().equals(Curated.REGISTRY)) {
            throw new FarolException(
                    ErrorCode.FORBIDDEN,
                    "The registry '"
                            + Curated.REGISTRY
                            + "' is read-only (expected: the registry '"
                            + LOCAL
                            + "' or a workspace)");
        }
        return registry;
    }

    /** Older SDKs take nothing but 202 here; all of them look at the version once more then. */
    @Override
    public int written(boolean created) {
        return 202;
    }

    /** Whether a path leads into the registry that everyone may read. */
    static boolean published(String path) {
        return Access.covers(ResourceId.registry(Curated.REGISTRY).toString(), path);
    }

    ApiResponse list(ArmCall call) {
        return Paging.all(
                store.resources().ofKind(KIND).stream()
                        .map(registry -> view(call, registry))
                        .toList());
    }

    ApiResponse get(ArmCall call) {
        Resource registry = of(call);
        return ResourceView.answer(200, registry, view(call, registry));
    }

    /** Where a registry's assets are: clients ask before anything else. */
    ApiResponse discovery(ArmCall call) {
        Resource registry = of(call);
        ObjectNode body = Json.object();
        body.put("registryName", registry.id().name());
        body.put("tenantId", tenantId);
        body.put("primaryRegion", location);
        body.putArray("regions").add(location);
        body.put("subscriptionId", registry.id().subscription());
        body.put("resourceGroup", registry.id().resourceGroup());
        body.putNull("workspaceName");
        body.put("primaryRegionResourceProviderUri", call.url("/"));
        body.putObject("registryFqdns").putObject(location).put("uri", call.url("/"));
        return ApiResponse.json(200, body.toString());
    }

    /** A place for the bytes of a version that is to come, in the manner of registries. */
    ApiResponse temporaryReference(ArmCall call) throws IOException {
        forWriting(call);
        call.body();
        String container = "snap-" + UUID.randomUUID();
        ObjectNode body = reference(call, container, BlobAccount.url(call.host(), container));
        body.put("temporaryDataReferenceId", container);
        body.put("temporaryDataReferenceType", "TemporaryBlobReference");
        return ApiResponse.json(200, body.toString()).header("Cache-Control", "no-store");
    }

    /** Access to the bytes of a version of the registry. */
    ApiResponse reference(ArmCall call) throws IOException {
        Resource registry = of(call);
        var violations = new Violations();
        ObjectNode asked = Shapes.DATA_REFERENCE.read(call.body(), "", violations);
        violations.raise();
        String uri = asked.path("blobUri").asString("");
        if (uris(registry, call)
                .map(AssetWrites::content)
                .noneMatch(AssetWrites.content(uri)::equals)) {
            throw new FarolException(
                    ErrorCode.RESOURCE_NOT_FOUND,
                    "/blobUri",
                    ValueType.quoted(uri)
                            + " is not where '"
                            + call.name("name")
                            + "' with version '"
                            + call.name("version")
                            + "' of this registry is");
        }
        String container = AssetLocation.of(uri, registry.id(), this::noDatastore).container();
        return ApiResponse.json(200, reference(call, container, uri).toString())
                .header("Cache-Control", "no-store");
    }

    /** Where the bytes of the versions of that name are, whatever kind they are. */
    private Stream<String> uris(Resource registry, ArmCall call) {
        return AssetKind.ALL.stream()
                .flatMap(
                        kind ->
                                store
                                        .resources()
                                        .find(
                                                registry.id()
                                                        .child(kind.type(), call.name("name"))
                                                        .child(
                                                                Assets.VERSIONS,
                                                                call.name("version")))
                                        .stream())
                .map(version -> version.spec().path("properties"))
                .flatMap(
                        properties ->
                                Stream.of("/modelUri", "/codeUri", "/dataUri", "/build/contextUri")
                                        .map(field -> properties.at(field).asString("")))
                .filter(uri -> !uri.isEmpty());
    }

    private String noDatastore(ResourceId datastore) {
        throw new FarolException(
                ErrorCode.INVALID_ARGUMENT,
                "/blobUri",
                "A registry has no datastores, '" + datastore.name() + "' neither");
    }

    private ObjectNode reference(ArmCall call, String container, String uri) {
        ObjectNode body = Json.object();
        ObjectNode blobs = body.putObject("blobReferenceForConsumption");
        blobs.put("blobUri", uri);
        blobs.put("storageAccountArmId", BlobAccount.NAME);
        blobs.putObject("credential")
                .put("credentialType", "SAS")
                .put(
                        "sasUri",
                        BlobAccount.url(call.host(), container)
                                + "?"
                                + account.sign(container, clock.instant().plus(ACCESS)));
        return body;
    }

    private ObjectNode view(ArmCall call, Resource registry) {
        ObjectNode body = ResourceView.envelope(registry);
        ObjectNode properties = ResourceView.properties(registry);
        properties.put(
                "discoveryUrl",
                call.url(
                        "/registrymanagement/v1.0/registries/"
                                + registry.id().name()
                                + "/discovery"));
        properties.putNull("mlFlowRegistryUri");
        properties.putNull("intellectualPropertyPublisher");
        properties.putNull("managedResourceGroup");
        properties.put("publicNetworkAccess", "Enabled");
        ObjectNode region = properties.putArray("regionDetails").addObject();
        region.put("location", location);
        region.putArray("acrDetails");
        region.putArray("storageAccountDetails");
        properties.put("provisioningState", ResourceView.state(registry));
        body.set("properties", properties);
        return body;
    }
}
