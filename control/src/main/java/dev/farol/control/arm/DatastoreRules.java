package dev.farol.control.arm;

import dev.farol.kit.Json;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What a datastore of one kind must say (contracts, appendix B.5). */
final class DatastoreRules {
    private static final Map<String, List<String>> PLACES =
            Map.of(
                    "AzureBlob", List.of("accountName", "containerName"),
                    "AzureFile", List.of("accountName", "fileShareName"),
                    "AzureDataLakeGen1", List.of("storeName"),
                    "AzureDataLakeGen2", List.of("accountName", "filesystem"));

    private static final Map<String, List<String>> CREDENTIALS =
            Map.of(
                    "AccountKey", List.of("/secrets/key"),
                    "Sas", List.of("/secrets/sasToken"),
                    "ServicePrincipal", List.of("/clientId", "/tenantId", "/secrets/clientSecret"),
                    "Certificate",
                            List.of(
                                    "/clientId",
                                    "/tenantId",
                                    "/thumbprint",
                                    "/secrets/certificate"));

    private DatastoreRules() {}

    static void check(ObjectNode spec, Violations violations) {
        JsonNode properties = spec.path("properties");
        String type = properties.path("datastoreType").asString("");
        for (String field : PLACES.getOrDefault(type, List.of())) {
            require(properties, "/" + field, "/properties", type, violations);
        }
        JsonNode credentials = properties.path("credentials");
        String kind = credentials.path("credentialsType").asString("");
        for (String pointer : CREDENTIALS.getOrDefault(kind, List.of())) {
            require(credentials, pointer, "/properties/credentials", kind, violations);
        }
    }

    private static void require(
            JsonNode object, String pointer, String below, String type, Violations violations) {
        if (object.at(pointer).asString("").isBlank()) {
            violations.add(
                    below + pointer,
                    "'"
                            + pointer.substring(pointer.lastIndexOf('/') + 1)
                            + "' is missing (expected: a value, as the type is "
                            + type
                            + ")");
        }
    }

    /** The secrets of a document, which no longer holds them. */
    static ObjectNode takeSecrets(ObjectNode spec) {
        return spec.path("properties").path("credentials") instanceof ObjectNode credentials
                        && credentials.remove("secrets") instanceof ObjectNode secrets
                ? secrets
                : Json.object();
    }
}
