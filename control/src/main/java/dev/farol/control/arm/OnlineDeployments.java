package dev.farol.control.arm;

import dev.farol.backend.InstanceTypes;
import dev.farol.control.InstanceLogs;
import dev.farol.control.Nudge;
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
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.node.ObjectNode;

/** {@code onlineEndpoints/{e}/deployments} (contracts §1.8). */
final class OnlineDeployments {
    static final String TYPE = "deployments";

    private final Store store;
    private final Workspaces workspaces;
    private final Desired desired;
    private final InstanceLogs logs;
    private final InstanceTypes instanceTypes;
    private final LongRunning operations;
    private final DeploymentView view;

    OnlineDeployments(
            Store store,
            Workspaces workspaces,
            Nudge nudge,
            InstanceLogs logs,
            InstanceTypes instanceTypes,
            LongRunning operations,
            DeploymentView view) {
        this.store = store;
        this.workspaces = workspaces;
        this.desired = new Desired(store, nudge);
        this.logs = logs;
        this.instanceTypes = instanceTypes;
        this.operations = operations;
        this.view = view;
    }

    ApiResponse list(ArmCall call) {
        workspaces.of(call);
        ResourceId endpoint = OnlineEndpoints.find(store, endpointId(call)).id();
        Order order = order(call);
        return Paging.answer(
                call,
                (offset, limit) ->
                        store.resources()
                                .list(new Query(endpoint, TYPE, null, order, offset, limit)),
                any -> true,
                deployment -> view.render(call, deployment));
    }

    ApiResponse get(ArmCall call) {
        Resource deployment = find(call);
        return ResourceView.answer(200, deployment, view.render(call, deployment));
    }

    ApiResponse put(ArmCall call) throws IOException {
        Resource workspace = workspaces.of(call);
        var violations = new Violations();
        NameRule.DEPLOYMENT
                .violation(call.name("deployment"))
                .ifPresent(message -> violations.add("/name", message));
        return write(call, workspace, call.body(), violations, false);
    }

    ApiResponse patch(ArmCall call) throws IOException {
        return write(call, workspaces.of(call), call.body(), new Violations(), true);
    }

    private ApiResponse write(
            ArmCall call,
            Resource workspace,
            ObjectNode body,
            Violations violations,
            boolean patch) {
        ResourceId endpoint = OnlineEndpoints.find(store, endpointId(call)).id();
        Preconditions preconditions = call.preconditions();
        Desired.Written written =
                desired.put(
                        endpoint.child(TYPE, call.name("deployment")),
                        operationPrefix(workspace),
                        call.by(),
                        (transaction, existing) -> {
                            preconditions.check(existing);
                            DeploymentRules.requireEndpoint(transaction, endpoint);
                            if (existing == null && patch) {
                                throw absent(call);
                            }
                            ObjectNode whole =
                                    patch && existing != null
                                            ? Patch.apply(existing.spec(), body)
                                            : body;
                            Violations all = violations.copy();
                            ObjectNode spec = read(workspace, whole, all);
                            DeploymentRules.checkInstanceType(spec, instanceTypes, all);
                            DeploymentRules.check(transaction, workspace, existing, spec, all);
                            all.raise();
                            return spec;
                        },
                        (transaction, created) -> {});
        ObjectNode view = this.view.render(call, written.resource(), written.operation().id());
        return operations.written(call, written, patch, view);
    }

    private static ObjectNode read(Resource workspace, ObjectNode body, Violations violations) {
        ObjectNode spec = Shapes.DEPLOYMENT.read(body, "", violations);
        spec.put("location", Workspaces.location(workspace));
        EndpointRules.dropEchoes(spec);
        spec.put("kind", spec.path("properties").path("endpointComputeType").asString("Managed"));
        DeploymentRules.complete(spec, violations);
        return spec;
    }

    private static String operationPrefix(Resource workspace) {
        return "od:" + Workspaces.guid(workspace) + ":";
    }

    /** Refused while the endpoint sends it traffic. */
    ApiResponse delete(ArmCall call) {
        Resource workspace = workspaces.of(call);
        return desired.delete(
                        id(call),
                        operationPrefix(workspace),
                        call.preconditions(),
                        DeploymentRules::refuseWithTraffic)
                .map(operation -> operations.deleting(call, id(call), operation.id()))
                .orElseGet(() -> ApiResponse.of(204));
    }

    /** New instances of the same document; Farol's own, Azure has no such thing. */
    ApiResponse restart(ArmCall call) {
        Resource workspace = workspaces.of(call);
        ResourceId endpoint = endpointId(call);
        Preconditions preconditions = call.preconditions();
        Desired.Written written =
                desired.restart(
                        id(call),
                        operationPrefix(workspace),
                        transaction -> {
                            DeploymentRules.requireEndpoint(transaction, endpoint);
                            Resource existing =
                                    transaction
                                            .resources()
                                            .find(id(call))
                                            .orElseThrow(() -> absent(call));
                            preconditions.check(existing);
                            return existing;
                        });
        String operation = written.operation().id();
        return operations.written(
                call,
                202,
                written.resource(),
                operation,
                view.render(call, written.resource(), operation));
    }

    ApiResponse getLogs(ArmCall call) throws IOException {
        Resource deployment = find(call);
        var violations = new Violations();
        ObjectNode asked = Shapes.LOGS.read(call.body(), "", violations);
        violations.raise();
        ObjectNode body = Json.object();
        body.put(
                "content",
                logs.tail(
                        deployment.id(),
                        asked.path("containerType").asString("InferenceServer"),
                        asked.path("tail").asInt(1)));
        return ApiResponse.json(200, body.toString());
    }

    ApiResponse skus(ArmCall call) {
        find(call);
        ObjectNode sku = Json.object();
        // The spelling with a dot is the real service's (contracts §1.8).
        sku.put("resourceType", "Microsoft.MachineLearning.Services/endpoints/deployments");
        sku.putObject("sku").put("name", "Default").put("tier", "Standard");
        sku.putObject("capacity")
                .put("minimum", 1)
                .put("maximum", Shapes.MAX_INSTANCES)
                .put("default", 1)
                .put("scaleType", "Manual");
        return Paging.all(List.of(sku));
    }

    private Resource find(ArmCall call) {
        workspaces.of(call);
        return store.resources()
                .find(id(call))
                .orElseThrow(
                        () -> {
                            OnlineEndpoints.find(store, endpointId(call));
                            return absent(call);
                        });
    }

    private static FarolException absent(ArmCall call) {
        return new FarolException(
                ErrorCode.RESOURCE_NOT_FOUND,
                "Endpoint '"
                        + call.name("endpoint")
                        + "' has no deployment '"
                        + call.name("deployment")
                        + "'");
    }

    private static ResourceId endpointId(ArmCall call) {
        return call.workspaceId().child(OnlineEndpoints.TYPE, call.name("endpoint"));
    }

    private static ResourceId id(ArmCall call) {
        return endpointId(call).child(TYPE, call.name("deployment"));
    }

    private static Order order(ArmCall call) {
        String text = call.parameter("$orderBy").orElse("").toLowerCase(Locale.ROOT);
        return text.startsWith("createdtime")
                ? text.endsWith("desc") ? Order.CREATED_DESCENDING : Order.CREATED_ASCENDING
                : Order.NAME;
    }
}
