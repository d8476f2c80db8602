package dev.farol.control.arm;

import dev.farol.kit.Json;
import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import dev.farol.spec.ResourceId;
import dev.farol.store.Resource;
import dev.farol.store.ResourceStore.Order;
import dev.farol.store.ResourceStore.Query;
import dev.farol.store.Store;
import dev.farol.wire.ApiResponse;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What lies around workspaces, as far as clients ask for it: the tenant, subscriptions, resource
 * groups, the provider. Subscriptions and groups are there because workspaces say that they are in
 * them.
 */
final class Scopes {
    /** The api-versions that clients are told of; any other is accepted too. */
    private static final List<String> VERSIONS =
            List.of("2024-10-01", "2024-04-01", "2023-10-01", "2023-04-01", "2022-10-01");

    private static final Map<String, String> TYPES =
            Map.of(
                    "workspaces", "2024-10-01",
                    "workspaces/onlineEndpoints", "2024-10-01",
                    "workspaces/onlineEndpoints/deployments", "2024-10-01",
                    "workspaces/models", "2024-10-01",
                    "workspaces/environments", "2024-10-01",
                    "workspaces/components", "2024-10-01",
                    "workspaces/data", "2024-10-01",
                    "workspaces/datastores", "2024-10-01",
                    "workspaces/computes", "2024-10-01",
                    "registries", "2024-10-01");

    /** How many endpoints of a workspace a list of all resources shows. */
    private static final int LISTED = 1000;

    private final Store store;
    private final Workspaces workspaces;
    private final String location;
    private final String tenantId;

    Scopes(Store store, Workspaces workspaces, String location, String tenantId) {
        this.store = store;
        this.workspaces = workspaces;
        this.location = location;
        this.tenantId = tenantId;
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
        workspaces.all(any -> true).forEach(workspace -> ids.add(workspace.id().subscription()));
        return Paging.all(ids.stream().map(this::subscriptionView).toList());
    }

    ApiResponse subscriptionGet(ArmCall call) {
        return ApiResponse.json(200, subscriptionView(subscription(call)).toString());
    }

    ApiResponse resourceGroups(ArmCall call) {
        String subscription = subscription(call);
        Set<String> names = new LinkedHashSet<>();
        workspaces
                .all(id -> id.subscription().equalsIgnoreCase(subscription))
                .forEach(workspace -> names.add(workspace.id().resourceGroup()));
        return Paging.all(names.stream().map(name -> groupView(subscription, name)).toList());
    }

    ApiResponse resourceGroup(ArmCall call) {
        String subscription = subscription(call);
        return workspaces
                .all(
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

    ApiResponse resourceGroupExists(ArmCall call) {
        resourceGroup(call);
        return ApiResponse.of(204);
    }

    ApiResponse locations(ArmCall call) {
        String subscription = subscription(call);
        ObjectNode body = Json.object();
        body.put("id", "/subscriptions/" + subscription + "/locations/" + location);
        body.put("subscriptionId", subscription);
        body.put("name", location);
        body.put("displayName", location);
        body.put("regionalDisplayName", location);
        body.putObject("metadata").put("regionType", "Physical");
        return Paging.all(List.of(body));
    }

    ApiResponse providers(ArmCall call) {
        return Paging.all(List.of(provider(subscription(call))));
    }

    ApiResponse provider(ArmCall call) {
        String subscription = subscription(call);
        if (!call.name("provider").equalsIgnoreCase(ResourceId.PROVIDER)) {
            throw new FarolException(
                    ErrorCode.RESOURCE_NOT_FOUND,
                    "There is no provider '"
                            + call.name("provider")
                            + "' (there is: "
                            + ResourceId.PROVIDER
                            + ")");
        }
        return ApiResponse.json(200, provider(subscription).toString());
    }

    private ObjectNode provider(String subscription) {
        ObjectNode body = Json.object();
        body.put("id", "/subscriptions/" + subscription + "/providers/" + ResourceId.PROVIDER);
        body.put("namespace", ResourceId.PROVIDER);
        body.put("registrationPolicy", "RegistrationRequired");
        body.put("registrationState", "Registered");
        ArrayNode types = body.putArray("resourceTypes");
        TYPES.keySet().stream()
                .sorted()
                .forEach(
                        type -> {
                            ObjectNode entry = types.addObject();
                            entry.put("resourceType", type);
                            entry.putArray("locations").add(location);
                            ArrayNode versions = entry.putArray("apiVersions");
                            VERSIONS.forEach(versions::add);
                            entry.put("defaultApiVersion", TYPES.get(type));
                            entry.put("capabilities", "None");
                        });
        return body;
    }

    /** The tracked resources of a group: workspaces, and what is deployed in them. */
    ApiResponse resources(ArmCall call) {
        String subscription = subscription(call);
        String group = call.optionalName("rg").orElse("");
        return Paging.all(
                workspaces
                        .all(
                                id ->
                                        id.subscription().equalsIgnoreCase(subscription)
                                                && (group.isEmpty()
                                                        || id.resourceGroup()
                                                                .equalsIgnoreCase(group)))
                        .stream()
                        .flatMap(this::tracked)
                        .map(ResourceView::brief)
                        .toList());
    }

    private Stream<Resource> tracked(Resource workspace) {
        List<Resource> endpoints =
                store.resources()
                        .list(
                                new Query(
                                        workspace.id(),
                                        OnlineEndpoints.TYPE,
                                        null,
                                        Order.NAME,
                                        0,
                                        LISTED));
        return Stream.concat(
                Stream.of(workspace),
                endpoints.stream()
                        .flatMap(
                                endpoint ->
                                        Stream.concat(
                                                Stream.of(endpoint),
                                                EndpointRules.deployments(store, endpoint.id())
                                                        .stream())));
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
        workspaces.all(id -> id.resourceGroup().equalsIgnoreCase(name)).stream()
                .findFirst()
                .ifPresent(workspace -> body.put("location", Workspaces.location(workspace)));
        body.putObject("tags");
        body.putObject("properties").put("provisioningState", "Succeeded");
        return body;
    }

    /** The subscription of the path, as those who made it spelled it. */
    private String subscription(ArmCall call) {
        return workspaces.all(id -> id.subscription().equalsIgnoreCase(call.name("sub"))).stream()
                .findFirst()
                .map(workspace -> workspace.id().subscription())
                .orElseThrow(
                        () ->
                                new FarolException(
                                        ErrorCode.RESOURCE_NOT_FOUND,
                                        "There is no subscription '" + call.name("sub") + "'"));
    }
}
