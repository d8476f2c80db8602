package dev.farol.control.arm;

import dev.farol.control.access.Access;
import dev.farol.kit.Json;
import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import dev.farol.spec.NameRule;
import dev.farol.spec.ResourceId;
import dev.farol.store.Operation;
import dev.farol.store.Resource;
import dev.farol.store.ResourceStore.Order;
import dev.farol.store.ResourceStore.Query;
import dev.farol.store.Store;
import dev.farol.wire.ApiResponse;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Workspaces. A change is done when it is answered; the operation that clients follow has ended by
 * then.
 */
final class Workspaces implements AssetOwner {
    static final String KIND = "workspaces";

    /** What Farol has of its own, below the provider of a workspace's group. */
    static final String STORAGE = "Microsoft.Storage/storageAccounts/farolstore";

    static final String KEY_VAULT = "Microsoft.KeyVault/vaults/farol";

    /** How many endpoints a refusal names. */
    private static final int SHOWN = 10;

    private final Store store;
    private final LongRunning operations;
    private final ResourceId first;
    private final Access access;
    private final String tenantId;

    /**
     * @param first the workspace that every start makes
     */
    Workspaces(
            Store store, LongRunning operations, ResourceId first, Access access, String tenantId) {
        this.store = store;
        this.access = access;
        this.operations = operations;
        this.first = first;
        this.tenantId = tenantId;
    }

    /**
     * Makes the workspace with its default datastore unless it is there.
     *
     * @param location what clients see as its region
     */
    Resource ensure(ResourceId id, String location, String by) {
        return store.transact(
                transaction ->
                        transaction
                                .resources()
                                .find(id)
                                .orElseGet(() -> create(transaction, id, location, by)));
    }

    private static Resource create(Store transaction, ResourceId id, String location, String by) {
        ObjectNode document = Json.object();
        document.put("location", location);
        document.putObject("properties")
                .put("friendlyName", id.workspace())
                .put("description", "Made at the first start of Farol");
        return create(transaction, id, Shapes.WORKSPACE.read(document, "", new Violations()), by);
    }

    private static Resource create(Store transaction, ResourceId id, ObjectNode spec, String by) {
        spec.put("kind", spec.path("kind").asString("Default"));
        ((ObjectNode) spec.path("properties")).put("workspaceId", UUID.randomUUID().toString());
        Resource workspace = transaction.resources().create(id, spec, AssetWrites.ready(), by);
        Datastores.createDefault(transaction, workspace, by);
        return workspace;
    }

    /**
     * The workspace that the path names.
     *
     * @throws FarolException {@code ResourceNotFound} naming those that exist
     */
    @Override
    public Resource of(ArmCall call) {
        ResourceId id = call.workspaceId();
        return store.resources().find(id).orElseThrow(() -> absent(store, id));
    }

    static String guid(Resource workspace) {
        return workspace.spec().path("properties").path("workspaceId").asString("");
    }

    static String location(Resource workspace) {
        return workspace.spec().path("location").asString("");
    }

    ApiResponse get(ArmCall call) {
        Resource workspace = of(call);
        return ResourceView.answer(200, workspace, view(call, workspace));
    }

    ApiResponse put(ArmCall call) throws IOException {
        return write(call, call.body(), false);
    }

    ApiResponse patch(ArmCall call) throws IOException {
        return write(call, call.body(), true);
    }

    private ApiResponse write(ArmCall call, ObjectNode body, boolean patch) {
        ResourceId id = call.workspaceId();
        String operation = operation();
        Preconditions preconditions = call.preconditions();
        Resource written =
                store.transact(
                        transaction -> {
                            Optional<Resource> found = transaction.resources().find(id);
                            if (patch && found.isEmpty()) {
                                throw absent(transaction, id);
                            }
                            preconditions.check(found.orElse(null));
                            ObjectNode whole =
                                    patch ? Patch.apply(found.orElseThrow().spec(), body) : body;
                            Resource result =
                                    write(transaction, id, found.orElse(null), whole, call.by());
                            transaction
                                    .operations()
                                    .start(
                                            operation,
                                            found.isPresent()
                                                    ? Operation.Kind.UPDATE
                                                    : Operation.Kind.CREATE,
                                            id,
                                            result.generation());
                            transaction
                                    .operations()
                                    .finish(operation, Operation.Status.SUCCEEDED, null);
                            return result;
                        });
        return operations.written(call, 202, written, operation, view(call, written));
    }

    /** A workspace made or replaced as by a PUT. */
    Resource write(
            Store transaction,
            ResourceId id,
            @Nullable Resource existing,
            ObjectNode body,
            String by) {
        var violations = new Violations();
        ObjectNode spec = checked(id, existing, body, violations);
        violations.raise();
        if (existing == null) {
            return create(transaction, id, spec, by);
        }
        spec.put("kind", spec.path("kind").asString("Default"));
        ((ObjectNode) spec.path("properties")).put("workspaceId", guid(existing));
        return existing.spec().equals(spec)
                ? existing
                : transaction.resources().updateSpec(existing.id(), existing.version(), spec, by);
    }

    /** What a PUT of {@code body} would keep; what is wrong with it goes to {@code violations}. */
    ObjectNode checked(
            ResourceId id, @Nullable Resource existing, ObjectNode body, Violations violations) {
        if (existing == null) {
            NameRule.WORKSPACE
                    .violation(id.workspace())
                    .ifPresent(text -> violations.add("/name", text));
            names(id, violations);
        }
        WorkspaceOffer.check(body, "", violations);
        ObjectNode spec = Shapes.WORKSPACE.read(body, "", violations);
        if (!spec.has("location")) {
            spec.put("location", existing == null ? operations.location() : location(existing));
        } else if (existing != null
                && !spec.path("location").equals(existing.spec().path("location"))) {
            violations.add(
                    "/location",
                    ValueType.named(spec.path("location"))
                            + " (expected: "
                            + location(existing)
                            + ", which cannot be changed after creation)");
        }
        return spec;
    }

    /** What becomes part of an id has to be short and plain. */
    static void names(ResourceId id, Violations violations) {
        if (!id.subscription().matches("[A-Za-z0-9-]{1,36}")) {
            violations.add(
                    "/subscriptionId",
                    ValueType.quoted(id.subscription())
                            + " (expected: a GUID, such as"
                            + " 00000000-0000-0000-0000-000000000001)");
        }
        if (!id.resourceGroup().matches("[-\\w.()]{0,89}[-\\w()]")) {
            violations.add(
                    "/resourceGroup",
                    ValueType.quoted(id.resourceGroup())
                            + " (expected: 1 to 90 letters, digits, '-', '_', '.' and brackets,"
                            + " not ending with '.')");
        }
    }

    /**
     * What is registered in the workspace goes with it, as on Azure; a workspace that serves stays,
     * and so does the one that every start of Farol makes.
     */
    ApiResponse delete(ArmCall call) {
        ResourceId id = call.workspaceId();
        String operation = operation();
        Preconditions preconditions = call.preconditions();
        boolean deleted =
                store.transact(
                        transaction -> {
                            Optional<Resource> found = transaction.resources().find(id);
                            preconditions.check(found.orElse(null));
                            if (found.isEmpty()) {
                                return false;
                            }
                            refuseInUse(transaction, found.get().id());
                            transaction.operations().start(operation, Operation.Kind.DELETE, id, 0);
                            transaction
                                    .operations()
                                    .finish(operation, Operation.Status.SUCCEEDED, null);
                            return transaction.resources().delete(id);
                        });
        if (!deleted) {
            return ApiResponse.of(204);
        }
        access.forgetScope(id.toString());
        return operations.deleting(call, id, operation);
    }

    private void refuseInUse(Store transaction, ResourceId id) {
        if (id.key().equals(first.key())) {
            throw new FarolException(
                    ErrorCode.RESOURCE_IN_USE,
                    "The workspace '"
                            + id.workspace()
                            + "' is the one that Farol starts with and cannot be deleted");
        }
        List<String> endpoints =
                transaction
                        .resources()
                        .list(new Query(id, OnlineEndpoints.TYPE, null, Order.NAME, 0, SHOWN))
                        .stream()
                        .map(endpoint -> endpoint.id().name())
                        .toList();
        if (!endpoints.isEmpty()) {
            throw new FarolException(
                    ErrorCode.RESOURCE_IN_USE,
                    "The workspace '"
                            + id.workspace()
                            + "' still has online endpoints: "
                            + String.join(", ", endpoints)
                            + ". Delete them first.");
        }
    }

    private static String operation() {
        return "ws:" + UUID.randomUUID();
    }

    private static FarolException absent(Store store, ResourceId id) {
        return new FarolException(
                ErrorCode.RESOURCE_NOT_FOUND,
                "There is no workspace '"
                        + id.workspace()
                        + "' in resource group '"
                        + id.resourceGroup()
                        + "' of subscription "
                        + id.subscription()
                        + " (there is: "
                        + store.resources().ofKind(KIND).stream()
                                .map(found -> found.id().toString())
                                .collect(Collectors.joining(", "))
                        + ")");
    }

    ApiResponse inResourceGroup(ArmCall call) {
        return Paging.all(
                all(
                                id ->
                                        id.subscription().equalsIgnoreCase(call.name("sub"))
                                                && id.resourceGroup()
                                                        .equalsIgnoreCase(call.name("rg")))
                        .stream()
                        .map(workspace -> view(call, workspace))
                        .toList());
    }

    ApiResponse inSubscription(ArmCall call) {
        return Paging.all(
                all(id -> id.subscription().equalsIgnoreCase(call.name("sub"))).stream()
                        .map(workspace -> view(call, workspace))
                        .toList());
    }

    /** What {@code discoveryUrl} answers: the bases of the planes beside ARM. */
    ApiResponse discovery(ArmCall call) {
        ObjectNode body = Json.object();
        for (String service :
                List.of(
                        "api",
                        "catalog",
                        "experimentation",
                        "history",
                        "hyperdrive",
                        "labeling",
                        "modelmanagement",
                        "pipelines",
                        "notebooks",
                        "studio")) {
            body.put(service, call.url(""));
        }
        return ApiResponse.json(200, body.toString());
    }

    ObjectNode view(ArmCall call, Resource workspace) {
        ObjectNode body = ResourceView.envelope(workspace);
        ResourceView.identity(body, workspace, tenantId);
        ObjectNode properties = ResourceView.properties(workspace);
        String group =
                "/subscriptions/"
                        + workspace.id().subscription()
                        + "/resourceGroups/"
                        + workspace.id().resourceGroup()
                        + "/providers/";
        properties.put("discoveryUrl", call.url("/discovery"));
        properties.put("storageAccount", group + STORAGE);
        properties.put("keyVault", group + KEY_VAULT);
        properties.putNull("applicationInsights");
        properties.putNull("containerRegistry");
        properties.putNull("mlFlowTrackingUri");
        properties.put("storageHnsEnabled", false);
        properties.put("systemDatastoresAuthMode", "AccessKey");
        properties.putObject("managedNetwork").put("isolationMode", "Disabled");
        properties.put("tenantId", tenantId);
        properties.put("provisioningState", ResourceView.state(workspace));
        body.set("properties", properties);
        return body;
    }

    /** Those whose ids are wanted. */
    List<Resource> all(Predicate<ResourceId> wanted) {
        return store.resources().ofKind(KIND).stream()
                .filter(workspace -> wanted.test(workspace.id()))
                .toList();
    }
}
