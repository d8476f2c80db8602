package dev.farol.control.arm;

import dev.farol.control.model.AssetReference;
import dev.farol.kit.Json;
import dev.farol.spec.ResourceId;
import dev.farol.store.Resource;
import dev.farol.wire.ApiResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What the ARM JSON of all resources shares. */
final class ResourceView {
    private ResourceView() {}

    /** A resource in a list of all kinds: what it is and where. */
    static ObjectNode brief(Resource resource) {
        ObjectNode whole = envelope(resource);
        ObjectNode body = Json.object();
        for (String name : List.of("id", "name", "type", "location", "kind", "tags", "sku")) {
            JsonNode value = whole.get(name);
            if (value != null) {
                body.set(name, value);
            }
        }
        return body;
    }

    /** An answer that holds a resource, with its entity tag. */
    static ApiResponse answer(int status, Resource resource, ObjectNode body) {
        return ApiResponse.json(status, body.toString())
                .header("ETag", Preconditions.tag(resource));
    }

    /** Assets of registries have an id of their own kind, which clients parse by regex. */
    static String idText(ResourceId id) {
        return id.root() == ResourceId.Root.WORKSPACE || id.path().isEmpty()
                ? id.toString()
                : AssetReference.registryForm(id);
    }

    /** The envelope without {@code properties}. */
    static ObjectNode envelope(Resource resource) {
        ResourceId id = resource.id();
        ObjectNode body = Json.object();
        body.put("id", idText(id));
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
