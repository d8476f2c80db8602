package dev.farol.control.arm;

import dev.farol.kit.Json;
import dev.farol.spec.ResourceId;
import dev.farol.store.Resource;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What the ARM JSON of all resources shares. */
final class ResourceView {
    private ResourceView() {}

    /** The envelope without {@code properties}. */
    static ObjectNode envelope(Resource resource) {
        ResourceId id = resource.id();
        ObjectNode body = Json.object();
        body.put("id", id.toString());
        body.put("name", id.name());
        body.put("type", id.armType());
        resource.spec()
                .forEachEntry(
                        (name, value) -> {
                            if (!name.equals("properties") && !name.equals("identity")) {
                                body.set(name, value);
                            }
                        });
        body.set("systemData", systemData(resource));
        return body;
    }

    /** The user's identity block with the ids that the platform gives to it. */
    static void identity(ObjectNode body, Resource resource, String tenantId) {
        if (!(resource.spec().get("identity") instanceof ObjectNode given)) {
            return;
        }
        ObjectNode identity = given.deepCopy();
        if (identity.path("type").asString("").contains("SystemAssigned")) {
            identity.put("principalId", principal(resource));
            identity.put("tenantId", tenantId);
        }
        if (identity.get("userAssignedIdentities") instanceof ObjectNode assigned) {
            List.copyOf(assigned.propertyNames())
                    .forEach(
                            armId -> {
                                ObjectNode entry = assigned.putObject(armId);
                                entry.put("principalId", uuid(armId + "/principal"));
                                entry.put("clientId", uuid(armId + "/client"));
                            });
        }
        body.set("identity", identity);
    }

    /** A copy of the stored properties. */
    static ObjectNode properties(Resource resource) {
        return resource.spec().get("properties") instanceof ObjectNode properties
                ? properties.deepCopy()
                : Json.object();
    }

    static String state(Resource resource) {
        JsonNode state = resource.status().path("provisioningState");
        return state.asString("Succeeded");
    }

    private static ObjectNode systemData(Resource resource) {
        ObjectNode data = Json.object();
        data.put("createdBy", resource.createdBy());
        data.put("createdByType", "User");
        data.put("createdAt", resource.createdAt().toString());
        data.put("lastModifiedBy", resource.modifiedBy());
        data.put("lastModifiedByType", "User");
        data.put("lastModifiedAt", resource.modifiedAt().toString());
        return data;
    }

    private static String principal(Resource resource) {
        return uuid(resource.id().key() + "/" + resource.createdAt());
    }

    private static String uuid(String text) {
        return UUID.nameUUIDFromBytes(text.getBytes(StandardCharsets.UTF_8)).toString();
    }
}
