package dev.farol.control.arm;

import dev.farol.control.model.EndpointBag;
import dev.farol.spec.EndpointSettings;
import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import dev.farol.spec.ResourceId;
import dev.farol.store.Operation;
import dev.farol.store.Resource;
import dev.farol.store.ResourceStore.Order;
import dev.farol.store.ResourceStore.Query;
import dev.farol.store.Store;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.ObjectNode;

/** What must hold between an endpoint and what exists (contracts §1.7, §4.2). */
final class EndpointRules {
    private static final int MAX_DEPLOYMENTS = 1000;
    private static final int MAX_MIRROR = 50;

    /** What the server, or a client on its own, writes into the user's property bag. */
    private static final List<String> ECHOED =
            List.of(
                    EndpointView.OPERATION_URL,
                    EndpointView.ENDPOINT_ID,
                    DeploymentView.VERDICT,
                    DeploymentView.SERVER,
                    DeploymentView.SERVER_REASON,
                    "createdBy",
                    "createdAt",
                    "lastModifiedBy",
                    "lastModifiedAt");

    private EndpointRules() {}

    /** Removes from a property bag what clients only echo. */
    static void dropEchoes(ObjectNode spec) {
        if (spec.path("properties").path("properties") instanceof ObjectNode bag) {
            bag.remove(ECHOED);
        }
    }

    /**
     * Checks a new state, and spells its traffic as the deployments are spelled.
     *
     * @param existing null when the endpoint is new
     */
    static void check(
            Store transaction,
            ResourceId id,
            @Nullable Resource existing,
            ObjectNode spec,
            Violations violations) {
        if (!(spec.path("properties") instanceof ObjectNode properties)) {
            return;
        }
        refuseCluster(properties, violations);
        checkBag(properties.path("properties"), existing, violations);
        if (existing != null) {
            unchanged(existing, properties, "authMode", violations);
        }
        Map<String, Resource> deployments = new HashMap<>();
        if (existing != null) {
            deployments(transaction, id)
                    .forEach(each -> deployments.put(key(each.id().name()), each));
        }
        ObjectNode traffic = percents(properties, "traffic", existing, deployments, violations);
        ObjectNode mirror =
                percents(properties, "mirrorTraffic", existing, deployments, violations);
        checkTraffic(traffic, violations);
        checkMirror(traffic, mirror, violations);
        refuseUnborn(transaction, traffic, deployments);
        properties.set("traffic", traffic);
        properties.set("mirrorTraffic", mirror);
    }

    /** A property that keeps the value of its creation. */
    static void unchanged(
            Resource existing, ObjectNode properties, String field, Violations violations) {
        JsonNode before = existing.spec().path("properties").path(field);
        JsonNode after = properties.path(field);
        if (!after.isMissingNode() && !before.isMissingNode() && !before.equals(after)) {
            violations.add(
                    "/properties/" + field,
                    ValueType.named(after)
                            + " (expected: "
                            + before.asString("")
                            + ", which cannot be changed after creation)");
        }
    }

    static List<Resource> deployments(Store transaction, ResourceId endpoint) {
        return transaction
                .resources()
                .list(
                        new Query(
                                endpoint,
                                OnlineDeployments.TYPE,
                                null,
                                Order.NAME,
                                0,
                                MAX_DEPLOYMENTS));
    }

    /** The map with the names as the deployments have them; zeros for nobody fall out. */
    private static ObjectNode percents(
            ObjectNode properties,
            String field,
            @Nullable Resource existing,
            Map<String, Resource> deployments,
            Violations violations) {
        ObjectNode result = JsonNodeFactory.instance.objectNode();
        properties
                .path(field)
                .forEachEntry(
                        (name, value) -> {
                            Resource deployment = deployments.get(key(name));
                            if (deployment != null) {
                                result.set(deployment.id().name(), value);
                            } else if (value.asInt() != 0) {
                                violations.add(
                                        Shape.below("/properties/" + field, name),
                                        existing == null
                                                ? "'"
                                                        + name
                                                        + "' is no deployment: the endpoint is new"
                                                        + " (expected: no traffic at creation)"
                                                : "'"
                                                        + name
                                                        + "' is no deployment of this endpoint"
                                                        + " (expected: "
                                                        + names(deployments)
                                                        + ")");
                            }
                        });
        return result;
    }

    private static void checkTraffic(ObjectNode traffic, Violations violations) {
        int sum = 0;
        for (JsonNode percent : traffic.values()) {
            sum += percent.asInt();
        }
        if (sum != 0 && sum != 100) {
            violations.add(
                    "/properties/traffic",
                    "The percentages add up to " + sum + " (expected: 0 or 100)");
        }
    }

    private static void checkMirror(ObjectNode traffic, ObjectNode mirror, Violations violations) {
        var mirrored = new ArrayList<String>();
        mirror.forEachEntry(
                (name, percent) -> {
                    if (percent.asInt() == 0) {
                        return;
                    }
                    mirrored.add(name);
                    String pointer = Shape.below("/properties/mirrorTraffic", name);
                    if (percent.asInt() > MAX_MIRROR) {
                        violations.add(
                                pointer,
                                "'" + percent.asInt() + "' (expected: 0 to " + MAX_MIRROR + ")");
                    }
                    if (traffic.path(name).asInt(0) > 0) {
                        violations.add(
                                pointer,
                                "'"
                                        + name
                                        + "' takes live traffic (expected: live or mirrored"
                                        + " traffic, not both)");
                    }
                });
        if (mirrored.size() > 1) {
            violations.add(
                    "/properties/mirrorTraffic",
                    "Traffic is mirrored to "
                            + String.join(" and ", mirrored)
                            + " (expected: one deployment)");
        }
    }

    private static void checkBag(JsonNode bag, @Nullable Resource existing, Violations violations) {
        var texts = new HashMap<String, String>();
        bag.forEachEntry((key, value) -> texts.put(key, value.asString("")));
        EndpointSettings unused = EndpointBag.read(texts, brought(bag, existing, violations));
    }

    /**
     * Takes what is wrong with keys of a property bag that a request brings or changes. One that is
     * there already was written by another version of Farol, and does not stand in the way of what
     * leaves it alone.
     */
    static BiConsumer<String, String> brought(
            JsonNode bag, @Nullable Resource existing, Violations violations) {
        JsonNode before =
                existing == null
                        ? MissingNode.getInstance()
                        : existing.spec().path("properties").path("properties");
        return (key, wrong) -> {
            if (!bag.path(key).equals(before.path(key))) {
                violations.add(Shape.below("/properties/properties", key), wrong);
            }
        };
    }

    /**
     * An endpoint that names a compute asks to run on that cluster, and none can be attached: to
     * accept it would tell of a success on a cluster that nobody ever called.
     */
    private static void refuseCluster(ObjectNode properties, Violations violations) {
        if (properties.has("compute")) {
            violations.add(
                    ErrorCode.NOT_SUPPORTED,
                    "/properties/compute",
                    ValueType.named(properties.path("compute"))
                            + ": Kubernetes computes are not offered (expected: no compute, then"
                            + " Farol runs the endpoint's deployments itself)");
        }
    }

    /** Live traffic for a deployment that never answered yet would only be lost. */
    private static void refuseUnborn(
            Store transaction, ObjectNode traffic, Map<String, Resource> deployments) {
        traffic.forEachEntry(
                (name, percent) -> {
                    Resource deployment = deployments.get(key(name));
                    if (percent.asInt() == 0
                            || deployment == null
                            || !ResourceView.state(deployment).equals("Creating")) {
                        return;
                    }
                    List<Operation> running = transaction.operations().unfinished(deployment.id());
                    throw new FarolException(
                            ErrorCode.CONFLICT,
                            Shape.below("/properties/traffic", name),
                            "Deployment '"
                                    + name
                                    + "' is still being created"
                                    + (running.isEmpty()
                                            ? ""
                                            : " by operation " + running.getFirst().id())
                                    + ". Give it traffic when it has succeeded.");
                });
    }

    private static String names(Map<String, Resource> deployments) {
        return deployments.isEmpty()
                ? "no traffic, there is none yet"
                : String.join(
                        ", ",
                        deployments.values().stream()
                                .map(deployment -> deployment.id().name())
                                .sorted()
                                .toList());
    }

    private static String key(String name) {
        return name.toLowerCase(Locale.ROOT);
    }
}
