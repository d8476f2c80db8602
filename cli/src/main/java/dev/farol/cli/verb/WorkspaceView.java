package dev.farol.cli.verb;

import dev.farol.cli.doc.Tree;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Workspaces and registries as {@code az ml} prints them. */
final class WorkspaceView {
    private WorkspaceView() {}

    static Map<String, @Nullable Object> of(@Nullable Object resource) {
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
        view.put("storage_account", Tree.text(properties, "storageAccount"));
        view.put("key_vault", Tree.text(properties, "keyVault"));
        view.put("application_insights", Tree.text(properties, "applicationInsights"));
        view.put("container_registry", Tree.text(properties, "containerRegistry"));
        view.put("image_build_compute", Tree.text(properties, "imageBuildCompute"));
        view.put("hbi_workspace", Tree.at(properties, "hbiWorkspace"));
        view.put("public_network_access", Tree.text(properties, "publicNetworkAccess"));
        view.put("identity", EndpointView.identity(Tree.at(resource, "identity")));
        return view.fields();
    }

    static Map<String, @Nullable Object> registry(@Nullable Object resource) {
        Object properties = Tree.at(resource, "properties");
        var view = new View(resource);
        view.put("location", Tree.text(resource, "location"));
        view.put("tags", Tree.map(resource, "tags"));
        view.put("description", Tree.text(properties, "description"));
        view.put("discovery_url", Tree.text(properties, "discoveryUrl"));
        view.put("mlflow_registry_uri", Tree.text(properties, "mlFlowRegistryUri"));
        view.put("public_network_access", Tree.text(properties, "publicNetworkAccess"));
        view.put(
                "intellectual_property",
                publisher(Tree.text(properties, "intellectualPropertyPublisher")));
        view.put("identity", EndpointView.identity(Tree.at(resource, "identity")));
        view.put(
                "replication_locations",
                Tree.list(properties, "regionDetails").stream()
                        .map(region -> Tree.of("location", Tree.text(region, "location")))
                        .toList());
        return view.fields();
    }

    private static @Nullable Object publisher(@Nullable String name) {
        return name == null ? null : Tree.of("publisher", name);
    }
}
