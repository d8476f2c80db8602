package dev.farol.control.arm;

import dev.farol.spec.ResourceId;
import dev.farol.store.Resource;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** Asset containers and versions as ARM writes them. */
final class AssetView {
    private static final List<String> LOCATIONS = List.of("modelUri", "dataUri", "codeUri");

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
        if (version.id().root() == ResourceId.Root.REGISTRY) {
            for (String field : LOCATIONS) {
                if (properties.has(field)) {
                    properties.put(field, inOneSegment(properties.path(field).asString("")));
                }
            }
        }
        properties.put("provisioningState", ResourceView.state(version));
        body.set("properties", properties);
        return body;
    }

    /**
     * Clients that read where an asset of a registry lies take the first segment of the path for
     * the container, and what follows for the names of its blobs.
     */
    private static String inOneSegment(String uri) {
        return uri.replaceFirst("(\\.blob\\.[^/]+)/(?=[^/])", "$1%2F");
    }
}
