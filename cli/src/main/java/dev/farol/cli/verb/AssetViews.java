package dev.farol.cli.verb;

import dev.farol.cli.doc.Tree;
import dev.farol.cli.yaml.Node;
import dev.farol.cli.yaml.YamlFile;
import java.util.ArrayList;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Models, environments and the workspace as {@code az ml} prints them. */
final class AssetViews {
    private AssetViews() {}

    private static View version(@Nullable Object resource, String name) {
        Object properties = Tree.at(resource, "properties");
        var view = new View(resource);
        view.put("version", Tree.text(resource, "name"));
        view.put("name", name);
        view.put("description", Tree.text(properties, "description"));
        view.put("tags", Tree.map(properties, "tags"));
        view.put("properties", Tree.map(properties, "properties"));
        view.put("stage", Tree.text(properties, "stage"));
        view.context(resource);
        return view;
    }

    static Map<String, @Nullable Object> model(@Nullable Object resource, String name) {
        Object properties = Tree.at(resource, "properties");
        View view = version(resource, name);
        view.put("type", Tree.text(properties, "modelType"));
        view.put("path", Tree.text(properties, "modelUri"));
        view.put("job_name", Tree.text(properties, "jobName"));
        Map<String, @Nullable Object> flavors = Tree.of();
        Tree.map(properties, "flavors")
                .forEach((key, flavor) -> flavors.put(key, Tree.map(flavor, "data")));
        view.put("flavors", flavors.isEmpty() ? null : flavors);
        return view.fields();
    }

    static Map<String, @Nullable Object> environment(@Nullable Object resource, String name) {
        Object properties = Tree.at(resource, "properties");
        View view = version(resource, name);
        view.put("image", Tree.text(properties, "image"));
        view.put("conda_file", conda(Tree.text(properties, "condaFile")));
        view.put("os_type", Words.snake(Tree.text(properties, "osType")));
        Object routes = Tree.at(properties, "inferenceConfig");
        if (routes instanceof Map<?, ?>) {
            view.put(
                    "inference_config",
                    Tree.of(
                            "liveness_route", Tree.at(routes, "livenessRoute"),
                            "readiness_route", Tree.at(routes, "readinessRoute"),
                            "scoring_route", Tree.at(routes, "scoringRoute")));
        }
        return view.fields();
    }

    private static @Nullable Object conda(@Nullable String text) {
        Node.Fields parsed =
                text == null ? null : YamlFile.parse(text, "condaFile", new ArrayList<>());
        return parsed == null ? text : parsed.content();
    }

    /** A container, which stands for all versions of a name in lists. */
    static Map<String, @Nullable Object> container(@Nullable Object resource) {
        Object properties = Tree.at(resource, "properties");
        var view = new View(resource);
        view.put("description", Tree.text(properties, "description"));
        view.put("tags", Tree.map(properties, "tags"));
        view.put("properties", Tree.map(properties, "properties"));
        view.put("latest version", Tree.text(properties, "latestVersion"));
        view.context(resource);
        return view.fields();
    }

    static Map<String, @Nullable Object> workspace(@Nullable Object resource) {
        Object properties = Tree.at(resource, "properties");
        var view = new View(resource);
        view.put("location", Tree.text(resource, "location"));
        view.put("resource_group", view.fields().get("resourceGroup"));
        view.put("tags", Tree.map(resource, "tags"));
        view.put("description", Tree.text(properties, "description"));
        view.put("display_name", Tree.text(properties, "friendlyName"));
        view.put("discovery_url", Tree.text(properties, "discoveryUrl"));
        view.put("mlflow_tracking_uri", Tree.text(properties, "mlFlowTrackingUri"));
        view.put("workspace_id", Tree.text(properties, "workspaceId"));
        view.put("provisioning_state", Tree.text(properties, "provisioningState"));
        return view.fields();
    }
}
