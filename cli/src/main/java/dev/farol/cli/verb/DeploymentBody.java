package dev.farol.cli.verb;

import dev.farol.cli.asset.Assets;
import dev.farol.cli.doc.Tree;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The body of a deployment's PUT, of checked values: only what the user's definition holds, so that
 * the service fills the defaults.
 */
final class DeploymentBody {
    private final Map<String, @Nullable Object> values;

    DeploymentBody(Map<String, @Nullable Object> values) {
        this.values = values;
    }

    /**
     * The properties, with code, environment and model made where they are local, in this order.
     */
    Map<String, @Nullable Object> properties(Assets assets) {
        Map<String, @Nullable Object> properties = Tree.of();
        Object code = Tree.at(values, "code_configuration", "code");
        if (code != null) {
            properties.put(
                    "codeConfiguration",
                    Tree.of(
                            "codeId", assets.code(code),
                            "scoringScript",
                                    Tree.text(values, "code_configuration", "scoring_script")));
        }
        Object environment = Tree.at(values, "environment");
        if (environment != null) {
            properties.put("environmentId", assets.environment(environment));
        }
        Object model = Tree.at(values, "model");
        properties.put("environmentVariables", Tree.map(values, "environment_variables"));
        properties.put("properties", Tree.map(values, "properties"));
        Object insights = Tree.at(values, "app_insights_enabled");
        properties.put("appInsightsEnabled", insights != null && insights.equals(true));
        properties.put("endpointComputeType", Tree.textOr(values, "type", "Managed"));
        properties.put("instanceType", Tree.text(values, "instance_type"));
        if (model != null) {
            properties.put("model", assets.model(model));
        }
        put(properties, "modelMountPath", Tree.text(values, "model_mount_path"));
        put(properties, "description", Tree.text(values, "description"));
        put(properties, "livenessProbe", probe(Tree.at(values, "liveness_probe")));
        put(properties, "readinessProbe", probe(Tree.at(values, "readiness_probe")));
        put(properties, "requestSettings", request(Tree.at(values, "request_settings")));
        put(properties, "scaleSettings", scale(Tree.at(values, "scale_settings")));
        put(
                properties,
                "egressPublicNetworkAccess",
                Tree.text(values, "egress_public_network_access"));
        put(properties, "dataCollector", DataCollector.toWire(Tree.at(values, "data_collector")));
        return properties;
    }

    /** The whole body. */
    Map<String, @Nullable Object> of(Map<String, @Nullable Object> properties, String location) {
        return Tree.of(
                "tags",
                Tree.map(values, "tags"),
                "location",
                location,
                "properties",
                properties,
                "sku",
                Tree.of("name", "Default", "capacity", Tree.at(values, "instance_count")));
    }

    private static @Nullable Object probe(@Nullable Object given) {
        Map<String, @Nullable Object> probe = Tree.of();
        put(probe, "failureThreshold", Tree.at(given, "failure_threshold"));
        put(probe, "initialDelay", Words.ofSeconds(Tree.at(given, "initial_delay")));
        put(probe, "period", Words.ofSeconds(Tree.at(given, "period")));
        put(probe, "successThreshold", Tree.at(given, "success_threshold"));
        put(probe, "timeout", Words.ofSeconds(Tree.at(given, "timeout")));
        return probe.isEmpty() ? null : probe;
    }

    private static @Nullable Object request(@Nullable Object given) {
        Map<String, @Nullable Object> request = Tree.of();
        put(
                request,
                "maxConcurrentRequestsPerInstance",
                Tree.at(given, "max_concurrent_requests_per_instance"));
        put(request, "maxQueueWait", Words.ofMillis(Tree.at(given, "max_queue_wait_ms")));
        put(request, "requestTimeout", Words.ofMillis(Tree.at(given, "request_timeout_ms")));
        return request.isEmpty() ? null : request;
    }

    private static @Nullable Object scale(@Nullable Object given) {
        if (given == null) {
            return null;
        }
        Map<String, @Nullable Object> scale =
                Tree.of("scaleType", Tree.textOr(given, "type", "Default"));
        put(scale, "minInstances", Tree.at(given, "min_instances"));
        put(scale, "maxInstances", Tree.at(given, "max_instances"));
        put(scale, "pollingInterval", Words.ofSeconds(Tree.at(given, "polling_interval")));
        put(scale, "targetUtilizationPercentage", Tree.at(given, "target_utilization_percentage"));
        return scale;
    }

    private static void put(Map<String, @Nullable Object> map, String key, @Nullable Object value) {
        if (value != null) {
            map.put(key, value);
        }
    }
}
