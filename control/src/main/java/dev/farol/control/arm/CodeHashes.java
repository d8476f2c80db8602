package dev.farol.control.arm;

import dev.farol.kit.Json;
import dev.farol.spec.ResourceId;
import dev.farol.store.Resource;
import dev.farol.store.Store;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * Finds a code version by the hash of its files, so that a client uploads the same folder once.
 * Kept as small resources of their own beside the codes.
 */
final class CodeHashes {
    private static final String TYPE = "codehashes";

    private CodeHashes() {}

    static Optional<Resource> find(
            Store store, ResourceId workspace, String hash, String hashVersion) {
        return store.resources()
                .find(id(workspace, hash, hashVersion))
                .flatMap(
                        entry ->
                                store.resources()
                                        .find(
                                                ResourceId.parse(
                                                        entry.spec().path("codeId").asString(""))));
    }

    /** Remembers a code version that says what its hash is. */
    static void remember(Store transaction, Resource code) {
        entry(code)
                .ifPresent(
                        id -> {
                            transaction.resources().delete(id);
                            transaction
                                    .resources()
                                    .create(
                                            id,
                                            Json.object().put("codeId", code.id().toString()),
                                            Json.object(),
                                            code.createdBy());
                        });
    }

    static void forget(Store transaction, Resource code) {
        entry(code)
                .flatMap(id -> transaction.resources().find(id))
                .filter(
                        entry ->
                                entry.spec()
                                        .path("codeId")
                                        .asString("")
                                        .equals(code.id().toString()))
                .ifPresent(entry -> transaction.resources().delete(entry.id()));
    }

    private static Optional<ResourceId> entry(Resource code) {
        JsonNode properties = code.spec().path("properties").path("properties");
        String hash = properties.path("hash_sha256").asString("");
        return hash.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        id(
                                code.id().workspaceId(),
                                hash,
                                properties.path("hash_version").asString("")));
    }

    /** Hashes come from clients; nothing else may get into the id. */
    private static ResourceId id(ResourceId workspace, String hash, String hashVersion) {
        String name = (hash + "-" + hashVersion).toLowerCase(Locale.ROOT);
        return workspace.child(TYPE, name.replaceAll("[^a-z0-9-]", "_"));
    }
}
