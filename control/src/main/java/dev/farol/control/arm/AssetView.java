package dev.farol.control.arm;

import dev.farol.spec.ResourceId;
import dev.farol.store.Resource;
import tools.jackson.databind.node.ObjectNode;

/** Asset containers and versions as ARM writes them. */
final class AssetView {
    private AssetView() {}

    static ObjectNode container(Resource container) {
        ObjectNode body = ResourceView.envelope(container);
        ObjectNode properties = ResourceView.properties(container);
        String latest = container.status().path("latestVersion").asString("");
        if (latest.isEmpty()) {
            properties.putNull("latestVersion");
        } else {
            properties.put("latestVersion", latest);
        }
        properties.put("nextVersion", container.status().path("nextVersion").asString("1"));
        properties.put("provisioningState", ResourceView.state(container));
        body.set("properties", properties);
        return body;
    }

    static ObjectNode version(AssetKind kind, Resource version) {
        ObjectNode body = ResourceView.envelope(version);
        ObjectNode properties = ResourceView.properties(version);
        if (kind.equals(AssetKind.ENVIRONMENT)) {
            properties.put(
                    "environmentType",
                    version.id().workspaceId().equals(ResourceId.registry(Curated.REGISTRY))
                            ? "Curated"
                            : "UserCreated");
        }
        properties.put("provisioningState", ResourceView.state(version));
        body.set("properties", properties);
        return body;
    }
}
