package dev.farol.control.arm;

import dev.farol.backend.InstanceTypes;
import dev.farol.control.model.DeploymentBag;
import dev.farol.control.model.EnvironmentVersion;
import dev.farol.control.model.NativeLane;
import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import dev.farol.spec.ProvisioningState;
import dev.farol.spec.ResourceId;
import dev.farol.spec.RoutingSnapshot.Instance.Protocol;
import dev.farol.store.Resource;
import dev.farol.store.Store;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What must hold between a deployment and what exists (contracts §1.8, §4.2). */
final class DeploymentRules {
    private static final String MANAGED = "Managed";

    private DeploymentRules() {}

    /** Completes what depends on a choice inside the document. */
    static void complete(ObjectNode spec, Violations violations) {
        if (spec.path("properties") instanceof ObjectNode properties
                && properties.path("scaleSettings") instanceof ObjectNode scale
                && scale.path("scaleType").asString("").equals("TargetUtilization")) {
            String pointer = "/properties/scaleSettings";
            ObjectNode whole = Shapes.TARGET_UTILIZATION.read(scale, pointer, violations);
            properties.set("scaleSettings", whole);
            int min = whole.path("minInstances").asInt(1);
            int max = whole.path("maxInstances").asInt(1);
            if (min > max) {
                violations.add(
                        pointer + "/minInstances",
                        "'" + min + "' (expected: at most maxInstances, which is " + max + ")");
            }
        }
    }

    /**
     * Checks a new state, and spells its references as the assets are spelled.
     *
     * @param existing null when the deployment is new
     */
    static void check(
            Store transaction,
            Resource workspace,
            @Nullable Resource existing,
            ObjectNode spec,
            Violations violations) {
        if (!(spec.path("properties") instanceof ObjectNode properties)) {
            return;
        }
        if (!properties.path("endpointComputeType").asString(MANAGED).equals(MANAGED)) {
            violations.add(
                    ErrorCode.NOT_SUPPORTED,
                    "/properties/endpointComputeType",
                    ValueType.named(properties.path("endpointComputeType"))
                            + " is not offered (expected: "
                            + MANAGED
                            + ")");
        }
        if (existing != null) {
            EndpointRules.unchanged(existing, properties, "egressPublicNetworkAccess", violations);
        }
        checkScript(properties, violations);
        checkVariables(properties, violations);
        checkBag(properties, existing, violations);
        var references = new References(transaction, workspace);
        resolve(references, AssetKind.MODEL, properties, "model", "/properties", violations);
        resolve(
                references,
                AssetKind.ENVIRONMENT,
                properties,
                "environmentId",
                "/properties",
                violations);
        refuseBuild(transaction, properties, violations);
        if (properties.path("codeConfiguration") instanceof ObjectNode code) {
            String pointer = "/properties/codeConfiguration";
            if (!code.has("codeId")) {
                violations.add(
                        pointer + "/codeId", "'codeId' is missing (expected: a code version)");
            }
            resolve(references, AssetKind.CODE, code, "codeId", pointer, violations);
        }
    }

    /** A deployment that names no instance type runs without limits. */
    static void checkInstanceType(ObjectNode spec, InstanceTypes types, Violations violations) {
        JsonNode properties = spec.path("properties");
        String name = properties.path("instanceType").asString("");
        if (!name.isEmpty()) {
            types.violation(name)
                    .ifPresent(message -> violations.add("/properties/instanceType", message));
        }
    }

    /**
     * Checks the endpoint that a deployment is to be written below.
     *
     * @throws FarolException when there is none, or when it is going
     */
    static void requireEndpoint(Store transaction, ResourceId endpoint) {
        Resource found = OnlineEndpoints.find(transaction, endpoint);
        if (ResourceView.state(found).equals(ProvisioningState.DELETING.wire())) {
            throw new FarolException(
                    ErrorCode.CONFLICT, "Endpoint '" + endpoint.name() + "' is being deleted");
        }
    }

    /**
     * @throws FarolException {@code ResourceInUse} while the endpoint sends traffic to the
     *     deployment
     */
    static void refuseWithTraffic(Store transaction, Resource deployment) {
        ResourceId endpointId = deployment.id().parent().orElseThrow();
        String name = deployment.id().name();
        JsonNode properties =
                transaction
                        .resources()
                        .find(endpointId)
                        .map(endpoint -> endpoint.spec().path("properties"))
                        .orElse(deployment.spec().path("none"));
        refuse(properties.path("traffic"), "live", "--traffic", endpointId, name);
        refuse(properties.path("mirrorTraffic"), "mirrored", "--mirror-traffic", endpointId, name);
    }

    private static void refuse(
            JsonNode percents, String what, String flag, ResourceId endpoint, String name) {
        int percent = percents.path(name).asInt(0);
        if (percent > 0) {
            throw new FarolException(
                    ErrorCode.RESOURCE_IN_USE,
                    "Deployment '"
                            + name
                            + "' takes "
                            + percent
                            + " % of the "
                            + what
                            + " traffic of endpoint '"
                            + endpoint.name()
                            + "' (expected: 0). First run: farol online-endpoint update -n "
                            + endpoint.name()
                            + " "
                            + flag
                            + " \""
                            + without(percents, name)
                            + "\"");
        }
    }

    /** A split that is valid without the deployment: its share goes to the largest of the rest. */
    private static String without(JsonNode percents, String name) {
        Map<String, Integer> rest = new TreeMap<>();
        percents.forEachEntry((each, percent) -> rest.put(each, percent.asInt()));
        int share = Objects.requireNonNullElse(rest.put(name, 0), 0);
        rest.entrySet().stream()
                .filter(entry -> entry.getValue() > 0)
                .max(Map.Entry.comparingByValue())
                .ifPresent(largest -> largest.setValue(largest.getValue() + share));
        return rest.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue())
                .collect(Collectors.joining(" "));
    }

    private static void resolve(
            References references,
            AssetKind kind,
            ObjectNode holder,
            String field,
            String pointer,
            Violations violations) {
        String text = holder.path(field).asString("");
        if (text.isEmpty()) {
            holder.remove(field);
            return;
        }
        String id = references.resolve(kind, text, pointer + "/" + field, violations);
        if (id != null) {
            holder.put(field, id);
        }
    }

    private static void refuseBuild(
            Store transaction, ObjectNode properties, Violations violations) {
        String id = properties.path("environmentId").asString("");
        if (!id.startsWith("/")) {
            return;
        }
        transaction
                .resources()
                .find(ResourceId.parse(id))
                .map(EnvironmentVersion::of)
                .filter(EnvironmentVersion::built)
                .ifPresent(
                        version ->
                                violations.add(
                                        ErrorCode.NOT_SUPPORTED,
                                        "/properties/environmentId",
                                        "'"
                                                + version.label()
                                                + "' is built from a Dockerfile, which Farol does"
                                                + " not do (expected: an environment with a conda"
                                                + " file)"));
    }

    private static void checkScript(ObjectNode properties, Violations violations) {
        String script = properties.path("codeConfiguration").path("scoringScript").asString("");
        boolean outside =
                script.startsWith("/") || List.of(script.split("[/\\\\]", -1)).contains("..");
        if (outside) {
            violations.add(
                    "/properties/codeConfiguration/scoringScript",
                    "'" + script + "' (expected: a path inside of the code folder)");
        }
    }

    private static void checkBag(
            ObjectNode properties, @Nullable Resource existing, Violations violations) {
        var bag = new HashMap<String, String>();
        properties
                .path("properties")
                .forEachEntry((key, value) -> bag.put(key, value.asString("")));
        Protocol protocol =
                DeploymentBag.protocol(
                        bag,
                        EndpointRules.brought(properties.path("properties"), existing, violations));
        if (protocol == Protocol.HTTP_2 && properties.has("codeConfiguration")) {
            violations.add(
                    Shape.below("/properties/properties", DeploymentBag.PROTOCOL),
                    "a scoring script is served over HTTP/1.1 (expected: http1, or no"
                            + " codeConfiguration: h2c is for a process of your own)");
        }
    }

    private static void checkVariables(ObjectNode properties, Violations violations) {
        JsonNode lane = properties.path("environmentVariables").path(NativeLane.VARIABLE);
        if (!lane.isMissingNode() && NativeLane.named(lane.asString("")).isEmpty()) {
            violations.add(
                    Shape.below("/properties/environmentVariables", NativeLane.VARIABLE),
                    "'" + lane.asString("") + "' (expected: " + NativeLane.NAMES + ")");
        }
        properties
                .path("environmentVariables")
                .forEachEntry(
                        (name, value) -> {
                            boolean bad =
                                    name.isEmpty()
                                            || name.indexOf('=') >= 0
                                            || name.indexOf('\0') >= 0
                                            || value.asString("").indexOf('\0') >= 0;
                            if (bad) {
                                violations.add(
                                        Shape.below("/properties/environmentVariables", name),
                                        "'"
                                                + name
                                                + "' cannot be set (expected: a name without '=',"
                                                + " and no null characters)");
                            }
                        });
    }
}
