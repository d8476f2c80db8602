package dev.farol.cli.verb;

import dev.farol.cli.doc.Tree;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** An online endpoint as {@code az ml} prints it. */
final class EndpointView {
    private EndpointView() {}

    /**
     * @param deployments the names of its deployments, which are shown with 0 when no traffic goes
     *     to them; empty when they were not asked for
     */
    static Map<String, @Nullable Object> of(@Nullable Object resource, List<String> deployments) {
        Object properties = Tree.at(resource, "properties");
        Map<String, @Nullable Object> traffic = Tree.map(properties, "traffic");
        deployments.forEach(name -> traffic.putIfAbsent(name, 0));
        var view = new View(resource);
        view.put("auth_mode", Words.snake(Tree.text(properties, "authMode")));
        view.put("description", Tree.text(properties, "description"));
        view.put("identity", identity(Tree.at(resource, "identity")));
        view.put("kind", Tree.text(resource, "kind"));
        view.put("location", Tree.text(resource, "location"));
        view.put("mirror_traffic", Tree.map(properties, "mirrorTraffic"));
        view.put("openapi_uri", Tree.text(properties, "swaggerUri"));
        view.put("properties", Tree.map(properties, "properties"));
        view.put("provisioning_state", Tree.text(properties, "provisioningState"));
        view.put(
                "public_network_access", Words.snake(Tree.text(properties, "publicNetworkAccess")));
        view.put("scoring_uri", Tree.text(properties, "scoringUri"));
        view.put("tags", Tree.map(resource, "tags"));
        view.put("traffic", new LinkedHashMap<>(new TreeMap<>(traffic)));
        return view.fields();
    }

    static @Nullable Object identity(@Nullable Object identity) {
        String type = Words.snake(Tree.text(identity, "type"));
        if (type == null) {
            return null;
        }
        Map<String, @Nullable Object> view = Tree.of();
        view.put("type", type);
        putIfThere(view, "principal_id", Tree.text(identity, "principalId"));
        putIfThere(view, "tenant_id", Tree.text(identity, "tenantId"));
        Map<String, @Nullable Object> assigned = Tree.map(identity, "userAssignedIdentities");
        if (!assigned.isEmpty()) {
            view.put(
                    "user_assigned_identities",
                    assigned.keySet().stream().map(id -> Tree.of("resource_id", id)).toList());
        }
        return view;
    }

    private static void putIfThere(
            Map<String, @Nullable Object> view, String key, @Nullable Object value) {
        if (value != null) {
            view.put(key, value);
        }
    }
}
