package dev.farol.control.arm;

import dev.farol.kit.Json;
import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import dev.farol.spec.ResourceId;
import dev.farol.store.Resource;
import dev.farol.store.Store;
import dev.farol.wire.ApiResponse;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ObjectNode;

/** Workspaces, and as much of subscriptions and resource groups as clients ask for. */
final class Workspaces {
    static final String KIND = "workspaces";

    private final Store store;
    private final String tenantId;

    Workspaces(Store store, String tenantId) {
        this.store = store;
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
        String guid = UUID.randomUUID().toString();
        ObjectNode spec = Json.object();
        spec.putObject("tags");
        spec.put("location", location);
        spec.put("kind", "Default");
        spec.putObject("identity").put("type", "SystemAssigned");
        spec.putObject("sku").put("name", "Basic").put("tier", "Basic");
        ObjectNode properties = spec.putObject("properties");
        properties.put("friendlyName", id.workspace());
        properties.put("description", "Made at the first start of Farol");
        properties.put("workspaceId", guid);
        ObjectNode status = Json.object().put("provisioningState", "Succeeded");
        Resource workspace = transaction.resources().create(id, spec, status, by);
        Datastores.createDefault(transaction, workspace, by);
        return workspace;
    }

    /**
     * The workspace that the path names.
     *
     * @throws FarolException {@code ResourceNotFound} naming those that exist
     */
    Resource of(ArmCall call) {
        ResourceId id = call.workspaceId();
        return store.resources()
                .find(id)
                .orElseThrow(
                        () ->
                                new FarolException(
                                        ErrorCode.RESOURCE_NOT_FOUND,
                                        "There is no workspace '"
                                                + id.workspace()
                                                + "' in resource group '"
                                                + id.resourceGroup()
                                                + "' of subscription "
                                                + id.subscription()
                                                + " (there is: "
                                                + all(any -> true).stream()
                                                        .map(found -> found.id().toString())
                                                        .collect(Collectors.joining(", "))
                                                + ")"));
    }

    static String guid(Resource workspace) {
        return workspace.spec().path("properties").path("workspaceId").asString("");
    }

    static String location(Resource workspace) {
        return workspace.spec().path("location").asString("");
    }

    ApiResponse get(ArmCall call) {
        return ApiResponse.json(200, view(call, of(call)).toString());
    }

    ApiResponse inResourceGroup(ArmCall call) {
        String subscription = subscription(call);
        return Paging.all(
                all(
                                id ->
                                        id.subscription().equalsIgnoreCase(subscription)
                                                && id.resourceGroup()
                                                        .equalsIgnoreCase(call.name("rg")))
                        .stream()
                        .map(workspace -> view(call, workspace))
                        .toList());
    }

    ApiResponse inSubscription(ArmCall call) {
        String subscription = subscription(call);
        return Paging.all(
                all(id -> id.subscription().equalsIgnoreCase(subscription)).stream()
                        .map(workspace -> view(call, workspace))
                        .toList());
    }

    ApiResponse tenants(ArmCall call) {
        ObjectNode tenant = Json.object();
        tenant.put("id", "/tenants/" + tenantId);
        tenant.put("tenantId", tenantId);
        tenant.put("displayName", "Farol");
        return Paging.all(List.of(tenant));
    }

    ApiResponse subscriptions(ArmCall call) {
        Set<String> ids = new LinkedHashSet<>();
        all(any -> true).forEach(workspace -> ids.add(workspace.id().subscription()));
        return Paging.all(ids.stream().map(this::subscriptionView).toList());
    }

    ApiResponse subscriptionGet(ArmCall call) {
        return ApiResponse.json(200, subscriptionView(subscription(call)).toString());
    }

    ApiResponse resourceGroups(ArmCall call) {
        String subscription = subscription(call);
        Set<String> names = new LinkedHashSet<>();
        all(id -> id.subscription().equalsIgnoreCase(subscription))
                .forEach(workspace -> names.add(workspace.id().resourceGroup()));
        return Paging.all(names.stream().map(name -> groupView(subscription, name)).toList());
    }

    ApiResponse resourceGroup(ArmCall call) {
        String subscription = subscription(call);
        return all(
                        id ->
                                id.subscription().equalsIgnoreCase(subscription)
                                        && id.resourceGroup().equalsIgnoreCase(call.name("rg")))
                .stream()
                .findFirst()
                .map(
                        found ->
                                ApiResponse.json(
                                        200,
                                        groupView(subscription, found.id().resourceGroup())
                                                .toString()))
                .orElseThrow(
                        () ->
                                new FarolException(
                                        ErrorCode.RESOURCE_NOT_FOUND,
                                        "There is no resource group '" + call.name("rg") + "'"));
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

    private ObjectNode view(ArmCall call, Resource workspace) {
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
        properties.put("storageAccount", group + "Microsoft.Storage/storageAccounts/farolstore");
        properties.put("keyVault", group + "Microsoft.KeyVault/vaults/farol");
        properties.putNull("applicationInsights");
        properties.putNull("containerRegistry");
        properties.putNull("mlFlowTrackingUri");
        properties.put("hbiWorkspace", false);
        properties.put("v1LegacyMode", false);
        properties.put("storageHnsEnabled", false);
        properties.put("publicNetworkAccess", "Enabled");
        properties.put("systemDatastoresAuthMode", "AccessKey");
        properties.putObject("managedNetwork").put("isolationMode", "Disabled");
        properties.put("tenantId", tenantId);
        properties.put("provisioningState", ResourceView.state(workspace));
        body.set("properties", properties);
        return body;
    }

    private ObjectNode subscriptionView(String id) {
        ObjectNode body = Json.object();
        body.put("id", "/subscriptions/" + id);
        body.put("subscriptionId", id);
        body.put("tenantId", tenantId);
        body.put("displayName", "Farol");
        body.put("state", "Enabled");
        body.put("authorizationSource", "RoleBased");
        body.putArray("managedByTenants");
        body.putObject("subscriptionPolicies").put("spendingLimit", "Off");
        return body;
    }

    private ObjectNode groupView(String subscription, String name) {
        ObjectNode body = Json.object();
        body.put("id", "/subscriptions/" + subscription + "/resourceGroups/" + name);
        body.put("name", name);
        body.put("type", "Microsoft.Resources/resourceGroups");
        all(id -> id.resourceGroup().equalsIgnoreCase(name)).stream()
                .findFirst()
                .ifPresent(workspace -> body.put("location", location(workspace)));
        body.putObject("tags");
        body.putObject("properties").put("provisioningState", "Succeeded");
        return body;
    }

    /** The subscription of the path, as those who made it spelled it. */
    private String subscription(ArmCall call) {
        return all(id -> id.subscription().equalsIgnoreCase(call.name("sub"))).stream()
                .findFirst()
                .map(workspace -> workspace.id().subscription())
                .orElseThrow(
                        () ->
                                new FarolException(
                                        ErrorCode.RESOURCE_NOT_FOUND,
                                        "There is no subscription '" + call.name("sub") + "'"));
    }

    private List<Resource> all(Predicate<ResourceId> wanted) {
        return store.resources().ofKind(KIND).stream()
                .filter(workspace -> wanted.test(workspace.id()))
                .toList();
    }
}
