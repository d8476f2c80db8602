package dev.farol.control.arm;

import dev.farol.control.Nudge;
import dev.farol.control.access.Access;
import dev.farol.control.identity.Caller;
import dev.farol.control.identity.EndpointToken;
import dev.farol.control.identity.Identity;
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
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code onlineEndpoints} (contracts §1.7). */
final class OnlineEndpoints {
    static final String TYPE = "onlineEndpoints";

    /** What a token for an endpoint allows, as Azure writes it. */
    private static final String SCORE =
            "[\"Microsoft.MachineLearningServices/workspaces/onlineEndpoints/score/action\"]";

    private final Store store;
    private final Identity identity;
    private final Workspaces workspaces;
    private final Desired desired;
    private final Nudge nudge;
    private final LongRunning operations;
    private final EndpointView view;
    private final Access access;
    private final EndpointKeys keys = new EndpointKeys();

    OnlineEndpoints(
            Store store,
            Identity identity,
            Access access,
            Workspaces workspaces,
            Nudge nudge,
            LongRunning operations,
            EndpointView view) {
        this.store = store;
        this.identity = identity;
        this.access = access;
        this.workspaces = workspaces;
        this.desired = new Desired(store, nudge);
        this.nudge = nudge;
        this.operations = operations;
        this.view = view;
    }

    ApiResponse list(ArmCall call) {
        ResourceId workspace = workspaces.of(call).id();
        @Nullable String name = call.parameter("name").orElse(null);
        Order order = order(call);
        return Paging.answer(
                call,
                (offset, limit) ->
                        store.resources()
                                .list(new Query(workspace, TYPE, name, order, offset, limit)),
                filter(call),
                endpoint -> view.render(call, endpoint));
    }

    ApiResponse get(ArmCall call) {
        workspaces.of(call);
        Resource endpoint = find(store, id(call));
        return ResourceView.answer(200, endpoint, view.render(call, endpoint));
    }

    ApiResponse put(ArmCall call) throws IOException {
        Resource workspace = workspaces.of(call);
        var violations = new Violations();
        NameRule.ENDPOINT
                .violation(call.name("endpoint"))
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
        ResourceId id = workspace.id().child(TYPE, call.name("endpoint"));
        Preconditions preconditions = call.preconditions();
        Desired.Written written =
                desired.put(
                        id,
                        operationPrefix(workspace),
                        call.by(),
                        (transaction, existing) -> {
                            preconditions.check(existing);
                            if (existing == null && patch) {
                                throw absent(id);
                            }
                            ObjectNode whole =
                                    patch && existing != null
                                            ? Patch.apply(existing.spec(), body)
                                            : body;
                            Violations all = violations.copy();
                            ObjectNode spec = read(workspace, whole, all);
                            EndpointRules.check(transaction, id, existing, spec, all);
                            all.raise();
                            return spec;
                        },
                        (transaction, created) ->
                                keys.create(transaction, created.id(), EndpointKeys.in(body)));
        ObjectNode view = this.view.render(call, written.resource(), written.operation().id());
        return operations.written(call, written, patch, view);
    }

    private static ObjectNode read(Resource workspace, ObjectNode body, Violations violations) {
        ObjectNode spec = Shapes.ENDPOINT.read(body, "", violations);
        spec.put("location", Workspaces.location(workspace));
        EndpointRules.dropEchoes(spec);
        if (spec.path("properties") instanceof ObjectNode properties) {
            spec.put("kind", "Managed");
            // Keys are secrets: they never get into the document.
            JsonNode keys = properties.remove("keys");
            if (keys != null) {
                EndpointKeys.check(keys, "/properties/keys", violations);
            }
        }
        return spec;
    }

    private static String operationPrefix(Resource workspace) {
        return "oe:" + Workspaces.guid(workspace) + ":";
    }

    /** Its deployments go with it. */
    ApiResponse delete(ArmCall call) {
        Resource workspace = workspaces.of(call);
        return desired.delete(
                        id(call),
                        operationPrefix(workspace),
                        call.preconditions(),
                        (transaction, endpoint) -> {})
                .map(operation -> forgotten(call, operation))
                .map(operation -> operations.deleting(call, id(call), operation.id()))
                .orElseGet(() -> ApiResponse.of(204));
    }

    private Operation forgotten(ArmCall call, Operation deletion) {
        access.forgetScope(id(call).toString());
        return deletion;
    }

    ApiResponse listKeys(ArmCall call) {
        workspaces.of(call);
        Resource endpoint = find(store, id(call));
        requireKeys(endpoint);
        ObjectNode body = Json.object();
        for (String name : new String[] {EndpointKeys.PRIMARY, EndpointKeys.SECONDARY}) {
            body.put(name, keys.read(store, endpoint.id(), name));
        }
        return ApiResponse.json(200, body.toString()).header("Cache-Control", "no-store");
    }

    ApiResponse regenerateKeys(ArmCall call) throws IOException {
        workspaces.of(call);
        var violations = new Violations();
        ObjectNode asked = Shapes.REGENERATE.read(call.body(), "", violations);
        String wanted = asked.path("keyValue").asString("");
        EndpointKeys.check(wanted, "/keyValue", violations);
        violations.raise();
        boolean primary = asked.path("keyType").asString("").equals("Primary");
        ResourceId id =
                store.transact(
                        transaction -> {
                            Resource endpoint = find(transaction, id(call));
                            requireKeys(endpoint);
                            keys.replace(
                                    transaction,
                                    endpoint.id(),
                                    primary ? EndpointKeys.PRIMARY : EndpointKeys.SECONDARY,
                                    wanted);
                            return endpoint.id();
                        });
        nudge.changed(id);
        return ApiResponse.of(200);
    }

    /**
     * A token for an endpoint that has no keys; older clients ask for one of AADToken endpoints too
     * (clients §7). There it does what the caller's own token does, and as long: the role for
     * scoring is asked for at each call. It tells of no group that has no role: a directory's
     * groups can be many.
     */
    ApiResponse token(ArmCall call) {
        Resource workspace = workspaces.of(call);
        Resource endpoint = find(store, id(call));
        String mode = authMode(endpoint);
        if (mode.equals("Key")) {
            throw new FarolException(
                    ErrorCode.INVALID_ARGUMENT,
                    "/properties/authMode",
                    "The endpoint '"
                            + endpoint.id().name()
                            + "' has keys, not tokens (expected: listKeys for authMode Key)");
        }
        Caller owner =
                mode.equalsIgnoreCase("AADToken") ? call.caller() : call.caller().beyondItsToken();
        EndpointToken token =
                identity.endpointToken(
                        owner.inGroups(access.withRoles(owner.groups())),
                        Map.of(
                                "endpointName",
                                endpoint.id().name(),
                                "workspaceId",
                                Workspaces.guid(workspace),
                                "canRefresh",
                                "False",
                                "actions",
                                SCORE));
        ObjectNode body = Json.object();
        body.put("accessToken", token.token());
        body.put("tokenType", "Bearer");
        body.put("expiryTimeUtc", token.expiresAt().getEpochSecond());
        body.put("refreshAfterTimeUtc", token.refreshAfter().getEpochSecond());
        return ApiResponse.json(200, body.toString()).header("Cache-Control", "no-store");
    }

    static Resource find(Store store, ResourceId id) {
        return store.resources().find(id).orElseThrow(() -> absent(id));
    }

    private static FarolException absent(ResourceId id) {
        return new FarolException(
                ErrorCode.RESOURCE_NOT_FOUND,
                "There is no online endpoint '"
                        + id.name()
                        + "' in workspace '"
                        + id.workspace()
                        + "'");
    }

    private static ResourceId id(ArmCall call) {
        return call.workspaceId().child(TYPE, call.name("endpoint"));
    }

    private static String authMode(Resource endpoint) {
        return endpoint.spec().path("properties").path("authMode").asString("");
    }

    private static void requireKeys(Resource endpoint) {
        if (!authMode(endpoint).equals("Key")) {
            throw new FarolException(
                    ErrorCode.INVALID_ARGUMENT,
                    "/properties/authMode",
                    "The endpoint '"
                            + endpoint.id().name()
                            + "' has authMode "
                            + authMode(endpoint)
                            + " (expected: Key)");
        }
    }

    private static Predicate<Resource> filter(ArmCall call) {
        String compute = call.parameter("computeType").orElse("").toLowerCase(Locale.ROOT);
        Predicate<Resource> tags = Bag.filter(call, "tags");
        Predicate<Resource> properties = Bag.filter(call, "properties");
        boolean fits = compute.isEmpty() || compute.equals("managed");
        return endpoint -> fits && tags.test(endpoint) && properties.test(endpoint);
    }

    private static Order order(ArmCall call) {
        return switch (call.parameter("orderBy").orElse("").toLowerCase(Locale.ROOT)) {
            case "createdatdesc" -> Order.CREATED_DESCENDING;
            case "createdatasc" -> Order.CREATED_ASCENDING;
            case "updatedatdesc" -> Order.MODIFIED_DESCENDING;
            case "updatedatasc" -> Order.MODIFIED_ASCENDING;
            default -> Order.NAME;
        };
    }
}
