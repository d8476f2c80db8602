package dev.farol.cli.verb;

import dev.farol.cli.doc.Tree;
import dev.farol.cli.yaml.Reference;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An online deployment as {@code az ml} prints it. */
final class DeploymentView {
    private DeploymentView() {}

    static Map<String, @Nullable Object> of(@Nullable Object resource, String endpoint) {
        Object properties = Tree.at(resource, "properties");
        var view = new View(resource);
        view.put("endpoint_name", endpoint);
        view.put("type", Words.snake(Tree.text(properties, "endpointComputeType")));
        view.put("description", Tree.text(properties, "description"));
        view.put("tags", Tree.map(resource, "tags"));
        view.put("properties", Tree.map(properties, "properties"));
        view.put("provisioning_state", Tree.text(properties, "provisioningState"));
        view.put("location", Tree.text(resource, "location"));
        view.put("model", reference(Tree.text(properties, "model")));
        view.put("model_mount_path", Tree.text(properties, "modelMountPath"));
        view.put("code_configuration", code(Tree.at(properties, "codeConfiguration")));
        view.put("environment", reference(Tree.text(properties, "environmentId")));
        view.put("environment_variables", Tree.map(properties, "environmentVariables"));
        view.put("app_insights_enabled", Tree.at(properties, "appInsightsEnabled"));
        view.put("instance_type", Tree.text(properties, "instanceType"));
        view.put("instance_count", Tree.at(resource, "sku", "capacity"));
        view.put("liveness_probe", probe(Tree.at(properties, "livenessProbe")));
        view.put("readiness_probe", probe(Tree.at(properties, "readinessProbe")));
        view.put("request_settings", request(Tree.at(properties, "requestSettings")));
        view.put("scale_settings", scale(Tree.at(properties, "scaleSettings")));
        view.put(
                "egress_public_network_access",
                Words.snake(Tree.text(properties, "egressPublicNetworkAccess")));
        view.put("data_collector", DataCollector.toView(Tree.at(properties, "dataCollector")));
        return view.fields();
    }

    private static @Nullable String reference(@Nullable String id) {
        return id == null
                ? null
                : Reference.looksLike(id) && !id.startsWith("/") ? id : "azureml:" + id;
    }

    private static @Nullable Object code(@Nullable Object code) {
        String script = Tree.text(code, "scoringScript");
        if (script == null) {
            return null;
        }
        Map<String, @Nullable Object> view = Tree.of("scoring_script", script);
        String id = reference(Tree.text(code, "codeId"));
        if (id != null) {
            view.put("code", id);
        }
        return view;
    }

    private static @Nullable Object probe(@Nullable Object probe) {
        Map<String, @Nullable Object> view = Tree.of();
        put(view, "failure_threshold", Tree.at(probe, "failureThreshold"));
        put(view, "initial_delay", Words.seconds(Tree.text(probe, "initialDelay")));
        put(view, "period", Words.seconds(Tree.text(probe, "period")));
        put(view, "success_threshold", Tree.at(probe, "successThreshold"));
        put(view, "timeout", Words.seconds(Tree.text(probe, "timeout")));
        return view.isEmpty() ? null : view;
    }

    private static @Nullable Object request(@Nullable Object settings) {
        Map<String, @Nullable Object> view = Tree.of();
        put(
                view,
                "max_concurrent_requests_per_instance",
                Tree.at(settings, "maxConcurrentRequestsPerInstance"));
        put(view, "max_queue_wait_ms", Words.millis(Tree.text(settings, "maxQueueWait")));
        put(view, "request_timeout_ms", Words.millis(Tree.text(settings, "requestTimeout")));
        return view.isEmpty() ? null : view;
    }

    private static @Nullable Object scale(@Nullable Object settings) {
        Map<String, @Nullable Object> view = Tree.of();
        put(view, "type", Words.snake(Tree.text(settings, "scaleType")));
        put(view, "min_instances", Tree.at(settings, "minInstances"));
        put(view, "max_instances", Tree.at(settings, "maxInstances"));
        put(view, "polling_interval", Words.seconds(Tree.text(settings, "pollingInterval")));
        put(
                view,
                "target_utilization_percentage",
                Tree.at(settings, "targetUtilizationPercentage"));
        return view.isEmpty() ? null : view;
    }

    private static void put(
            Map<String, @Nullable Object> view, String key, @Nullable Object value) {
        if (value != null) {
            view.put(key, value);
        }
    }
}
