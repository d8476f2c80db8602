package dev.farol.control.arm;

import dev.farol.control.access.Access;
import dev.farol.control.template.Place;
import dev.farol.control.template.Template;
import dev.farol.control.template.Wanted;
import dev.farol.kit.Json;
import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import dev.farol.spec.Problem;
import dev.farol.spec.ResourceId;
import dev.farol.store.Operation;
import dev.farol.store.Resource;
import dev.farol.store.Store;
import dev.farol.wire.ApiResponse;
import dev.farol.wire.ProblemJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Deployments of ARM templates, by which clients make workspaces. A template is worked out and
 * looked through as a whole before anything is made; then its workspaces are written as by a PUT,
 * all or none. It is done when it is answered, as everything about workspaces is.
 */
final class TemplateDeployments {
    static final String KIND = ResourceId.Root.TEMPLATE_DEPLOYMENT.type();

    private static final String WRITE = ResourceId.PROVIDER + "/workspaces/write";
    private static final String NAME = "[-\\w.()]{1,64}";

    private final Store store;
    private final Workspaces workspaces;
    private final Access access;
    private final LongRunning operations;
    private final InstantSource clock;
    private final String tenantId;

    TemplateDeployments(
            Store store,
            Workspaces workspaces,
            Access access,
            LongRunning operations,
            InstantSource clock,
            String tenantId) {
        this.store = store;
        this.workspaces = workspaces;
        this.access = access;
        this.operations = operations;
        this.clock = clock;
        this.tenantId = tenantId;
    }

    ApiResponse put(ArmCall call) throws IOException {
        ResourceId id = named(call);
        ObjectNode body = body(call);
        Instant start = clock.instant();
        TemplatePlan plan = plan(call, id, body);
        String operation = "td:" + UUID.randomUUID();
        Written written;
        try {
            written =
                    store.transact(
                            transaction -> {
                                make(transaction, plan, call.by());
                                return keep(
                                        transaction,
                                        id,
                                        operation,
                                        body,
                                        plan,
                                        start,
                                        call.by(),
                                        null);
                            });
        } catch (FarolException refused) {
            if (refused.code().kind() == ErrorCode.Kind.INTERNAL
                    || refused.code().kind() == ErrorCode.Kind.DEPENDENCY) {
                throw refused;
            }
            Problem failure = failure(refused.problem());
            written =
                    store.transact(
                            transaction ->
                                    keep(
                                            transaction,
                                            id,
                                            operation,
                                            body,
                                            plan,
                                            start,
                                            call.by(),
                                            failure));
        }
        return operations.written(
                call,
                written.created() ? 201 : 200,
                written.deployment(),
                operation,
                view(call, written.deployment()));
    }

    private record Written(Resource deployment, boolean created) {}

    private static Problem failure(Problem why) {
        return new Problem(
                ErrorCode.DEPLOYMENT_FAILED,
                "Nothing was made, because a resource of the template cannot be: " + why.message(),
                null,
                List.of(why));
    }

    private void make(Store transaction, TemplatePlan plan, String by) {
        for (TemplatePlan.Workspace each : plan.workspaces()) {
            workspaces.write(
                    transaction,
                    each.id(),
                    transaction.resources().find(each.id()).orElse(null),
                    each.body(),
                    by);
        }
    }

    private Written keep(
            Store transaction,
            ResourceId id,
            String operation,
            ObjectNode body,
            TemplatePlan plan,
            Instant start,
            String by,
            @Nullable Problem failure) {
        Optional<Resource> found = transaction.resources().find(id);
        ObjectNode spec = spec(body, plan);
        ObjectNode status = status(id, plan, start, failure);
        Resource kept =
                found.isEmpty()
                        ? transaction.resources().create(id, spec, status, by)
                        : replaced(transaction, found.get(), spec, status, by);
        transaction
                .operations()
                .start(
                        operation,
                        found.isEmpty() ? Operation.Kind.CREATE : Operation.Kind.UPDATE,
                        id,
                        kept.generation());
        transaction
                .operations()
                .finish(
                        operation,
                        failure == null ? Operation.Status.SUCCEEDED : Operation.Status.FAILED,
                        failure == null ? null : ProblemJson.error(failure));
        return new Written(kept, found.isEmpty());
    }

    private static Resource replaced(
            Store transaction, Resource found, ObjectNode spec, ObjectNode status, String by) {
        Resource written =
                transaction.resources().updateSpec(found.id(), found.version(), spec, by);
        return transaction.resources().updateStatus(written.id(), written.version(), status);
    }

    /** The template itself is not kept, only what it came to. */
    private static ObjectNode spec(ObjectNode body, TemplatePlan plan) {
        ObjectNode spec = Json.object();
        spec.set("tags", body.path("tags"));
        ObjectNode properties = spec.putObject("properties");
        properties.put("mode", "Incremental");
        properties.put("templateHash", hash(body.path("properties").path("template")));
        properties.set("parameters", plan.template().parameters());
        return spec;
    }

    private static String hash(JsonNode template) {
        return UUID.nameUUIDFromBytes(template.toString().getBytes(StandardCharsets.UTF_8))
                .toString()
                .replace("-", "");
    }

    private ObjectNode status(
            ResourceId id, TemplatePlan plan, Instant start, @Nullable Problem failure) {
        Instant end = clock.instant();
        ObjectNode status = Json.object();
        status.put("provisioningState", failure == null ? "Succeeded" : "Failed");
        status.put("timestamp", end.toString());
        status.put("duration", duration(Duration.between(start, end)));
        status.put("correlationId", UUID.randomUUID().toString());
        ArrayNode made = status.putArray("outputResources");
        if (failure == null) {
            plan.workspaces().forEach(each -> made.addObject().put("id", each.id().toString()));
            status.set("outputs", plan.template().outputs());
        } else {
            status.set("error", ProblemJson.error(failure));
        }
        ArrayNode steps = status.putArray("operations");
        plan.steps().forEach(step -> steps.add(step(id, step, status, end, failure)));
        return status;
    }

    private static ObjectNode step(
            ResourceId id,
            TemplatePlan.Step step,
            ObjectNode status,
            Instant end,
            @Nullable Problem failure) {
        Wanted wanted = step.wanted();
        String name =
                UUID.nameUUIDFromBytes(wanted.id().getBytes(StandardCharsets.UTF_8))
                        .toString()
                        .replace("-", "")
                        .substring(0, 16)
                        .toUpperCase(Locale.ROOT);
        ObjectNode body = Json.object();
        body.put("id", id + "/operations/" + name);
        body.put("operationId", name);
        ObjectNode properties = body.putObject("properties");
        boolean failed = failure != null && step instanceof TemplatePlan.Workspace;
        properties.put(
                "provisioningOperation",
                step instanceof TemplatePlan.Workspace ? "Create" : "Read");
        properties.put("provisioningState", failed ? "Failed" : "Succeeded");
        properties.put("timestamp", end.toString());
        properties.put("duration", status.path("duration").asString(""));
        properties.put("trackingId", status.path("correlationId").asString(""));
        properties.put("serviceRequestId", status.path("correlationId").asString(""));
        properties.put("statusCode", failed ? "BadRequest" : "OK");
        ObjectNode message = properties.putObject("statusMessage");
        switch (step) {
            case TemplatePlan.OwnThing own -> message.put("status", own.why());
            case TemplatePlan.Workspace workspace -> {
                message.put("status", failed ? "Failed" : "Succeeded");
                if (failure != null) {
                    message.set("error", ProblemJson.error(failure.details().getFirst()));
                }
            }
        }
        properties
                .putObject("targetResource")
                .put("id", wanted.id())
                .put("resourceType", wanted.type())
                .put("resourceName", wanted.name());
        return body;
    }

    /** As ARM writes it, with a fraction even of whole seconds: clients cut there. */
    private static String duration(Duration length) {
        return String.format(
                Locale.ROOT, "PT%d.%07dS", length.toSeconds(), length.toNanosPart() / 100);
    }

    ApiResponse validate(ArmCall call) throws IOException {
        ResourceId id = named(call);
        ObjectNode body = body(call);
        TemplatePlan plan = plan(call, id, body);
        var violations = new Violations();
        for (TemplatePlan.Workspace each : plan.workspaces()) {
            workspaces.checked(
                    each.id(),
                    store.resources().find(each.id()).orElse(null),
                    each.body(),
                    violations);
        }
        violations.raise();
        ObjectNode answer = Json.object();
        answer.put("id", id.toString());
        answer.put("name", id.name());
        answer.put("type", id.armType());
        ObjectNode properties = (ObjectNode) spec(body, plan).path("properties");
        properties.put("provisioningState", "Succeeded");
        properties.put("timestamp", clock.instant().toString());
        properties.put("duration", duration(Duration.ZERO));
        properties.put("correlationId", UUID.randomUUID().toString());
        ArrayNode resources = properties.putArray("validatedResources");
        plan.steps().forEach(step -> resources.addObject().put("id", step.wanted().id()));
        answer.set("properties", properties);
        return ApiResponse.json(200, answer.toString());
    }

    ApiResponse get(ArmCall call) {
        Resource deployment = of(call);
        return ResourceView.answer(200, deployment, view(call, deployment));
    }

    ApiResponse exists(ArmCall call) {
        of(call);
        return ApiResponse.of(204);
    }

    ApiResponse list(ArmCall call) {
        return Paging.all(
                store.resources().ofKind(KIND).stream()
                        .filter(each -> here(call, each.id()))
                        .map(each -> view(call, each))
                        .toList());
    }

    /** What a deployment did is forgotten; what it made stays, as on Azure. */
    ApiResponse delete(ArmCall call) {
        ResourceId id = id(call);
        String operation = "td:" + UUID.randomUUID();
        boolean deleted =
                store.transact(
                        transaction -> {
                            if (!transaction.resources().delete(id)) {
                                return false;
                            }
                            transaction.operations().start(operation, Operation.Kind.DELETE, id, 0);
                            transaction
                                    .operations()
                                    .finish(operation, Operation.Status.SUCCEEDED, null);
                            return true;
                        });
        return deleted ? operations.deleting(call, id, operation) : ApiResponse.of(204);
    }

    ApiResponse operationList(ArmCall call) {
        return Paging.all(operationsOf(of(call)));
    }

    ApiResponse operation(ArmCall call) {
        return operationsOf(of(call)).stream()
                .filter(
                        each ->
                                each.path("operationId")
                                        .asString("")
                                        .equalsIgnoreCase(call.name("operation")))
                .findFirst()
                .map(found -> ApiResponse.json(200, found.toString()))
                .orElseThrow(
                        () ->
                                new FarolException(
                                        ErrorCode.RESOURCE_NOT_FOUND,
                                        "The deployment '"
                                                + call.name("deployment")
                                                + "' has no operation '"
                                                + call.name("operation")
                                                + "'"));
    }

    private static List<ObjectNode> operationsOf(Resource deployment) {
        return deployment
                .status()
                .path("operations")
                .valueStream()
                .map(ObjectNode.class::cast)
                .toList();
    }

    ObjectNode view(ArmCall call, Resource deployment) {
        ObjectNode body = ResourceView.envelope(deployment);
        ObjectNode properties = ResourceView.properties(deployment);
        deployment
                .status()
                .forEachEntry(
                        (name, value) -> {
                            if (!name.equals("operations")) {
                                properties.set(name, value);
                            }
                        });
        properties.set("providers", providers(deployment));
        properties.putArray("dependencies");
        body.set("properties", properties);
        return body;
    }

    private static ArrayNode providers(Resource deployment) {
        Map<String, ArrayNode> types = new TreeMap<>();
        ArrayNode providers = Json.object().arrayNode();
        for (ObjectNode step : operationsOf(deployment)) {
            String type = step.at("/properties/targetResource/resourceType").asString("");
            String provider = type.substring(0, Math.max(0, type.indexOf('/')));
            types.computeIfAbsent(
                            provider,
                            namespace ->
                                    providers
                                            .addObject()
                                            .put("namespace", namespace)
                                            .putArray("resourceTypes"))
                    .addObject()
                    .put("resourceType", type.substring(provider.length() + 1));
        }
        return providers;
    }

    /** Whoever deploys a template has to be allowed all that is in it. */
    private TemplatePlan plan(ArmCall call, ResourceId id, ObjectNode body) {
        var properties = (ObjectNode) body.path("properties");
        var place =
                new Place(id.subscription(), id.resourceGroup(), operations.location(), tenantId);
        TemplatePlan plan = TemplatePlan.of(Template.read(properties, "/properties", place));
        for (TemplatePlan.Workspace each : plan.workspaces()) {
            if (!access.allows(call.caller().subject(), WRITE, each.id().toString())) {
                throw ArmApi.denied(call.by(), call.callerId(), WRITE, each.id().toString());
            }
        }
        return plan;
    }

    private static ObjectNode body(ArmCall call) throws IOException {
        var violations = new Violations();
        ObjectNode body = Shapes.TEMPLATE_DEPLOYMENT.read(call.body(), "", violations);
        violations.raise();
        return body;
    }

    private static ResourceId id(ArmCall call) {
        return ResourceId.templateDeployment(
                call.name("sub"), call.name("rg"), call.name("deployment"));
    }

    /** The id of a deployment to come. */
    private static ResourceId named(ArmCall call) {
        ResourceId id = id(call);
        var violations = new Violations();
        if (!id.name().matches(NAME)) {
            violations.add(
                    "/name",
                    ValueType.quoted(id.name())
                            + " (expected: 1 to 64 letters, digits, '-', '_', '.' and brackets)");
        }
        Workspaces.names(id, violations);
        violations.raise();
        return id;
    }

    private Resource of(ArmCall call) {
        ResourceId id = id(call);
        return store.resources()
                .find(id)
                .orElseThrow(
                        () ->
                                new FarolException(
                                        ErrorCode.RESOURCE_NOT_FOUND,
                                        "There is no deployment '"
                                                + id.name()
                                                + "' in resource group '"
                                                + id.resourceGroup()
                                                + "'"));
    }

    private static boolean here(ArmCall call, ResourceId id) {
        return id.subscription().equalsIgnoreCase(call.name("sub"))
                && id.resourceGroup().equalsIgnoreCase(call.name("rg"));
    }
}
