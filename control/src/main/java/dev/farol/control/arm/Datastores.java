package dev.farol.control.arm;

import dev.farol.control.blob.BlobAccount;
import dev.farol.control.model.Datastore;
import dev.farol.kit.Json;
import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import dev.farol.spec.NameRule;
import dev.farol.spec.ResourceId;
import dev.farol.store.Resource;
import dev.farol.store.ResourceStore.Order;
import dev.farol.store.ResourceStore.Query;
import dev.farol.store.Store;
import dev.farol.wire.ApiResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import tools.jackson.databind.node.ObjectNode;

/**
 * Datastores: the one that every workspace has, whose bytes are Farol's own, and those of users,
 * which are kept as they were written. Secrets are kept apart and leave only through {@code
 * listSecrets}.
 */
final class Datastores {
    static final String TYPE = "datastores";
    private static final String DEFAULT = "workspaceblobstore";

    /** The name that a datastore's secrets are kept under. */
    private static final String SECRETS = "credentials";

    /** How long a secret works that a client did not ask to expire. */
    private static final int LONG_HOURS = 24;

    private final Store store;
    private final Workspaces workspaces;
    private final BlobAccount account;
    private final InstantSource clock;

    Datastores(Store store, Workspaces workspaces, BlobAccount account, InstantSource clock) {
        this.store = store;
        this.workspaces = workspaces;
        this.account = account;
        this.clock = clock;
    }

    static void createDefault(Store transaction, Resource workspace, String by) {
        ObjectNode spec = Json.object();
        ObjectNode properties = spec.putObject("properties");
        properties.put("datastoreType", "AzureBlob");
        properties.put("containerName", "azureml-blobstore-" + Workspaces.guid(workspace));
        properties.put("isDefault", true);
        properties.putObject("tags");
        properties.putObject("properties");
        ObjectNode status = Json.object().put("provisioningState", "Succeeded");
        transaction.resources().create(workspace.id().child(TYPE, DEFAULT), spec, status, by);
    }

    ApiResponse list(ArmCall call) {
        ResourceId workspace = workspaces.of(call).id();
        return Paging.answer(
                call,
                (offset, limit) ->
                        store.resources()
                                .list(new Query(workspace, TYPE, null, Order.NAME, offset, limit)),
                filter(call),
                datastore -> view(call, datastore));
    }

    ApiResponse get(ArmCall call) {
        Resource datastore = find(call);
        return ResourceView.answer(200, datastore, view(call, datastore));
    }

    ApiResponse put(ArmCall call) throws IOException {
        Resource workspace = workspaces.of(call);
        ResourceId id = workspace.id().child(TYPE, call.name("datastore"));
        var violations = new Violations();
        NameRule.ASSET.violation(id.name()).ifPresent(text -> violations.add("/name", text));
        ObjectNode spec = Shapes.DATASTORE.read(call.body(), "", violations);
        DatastoreRules.check(spec, violations);
        violations.raise();
        ObjectNode secrets = DatastoreRules.takeSecrets(spec);
        Preconditions preconditions = call.preconditions();
        AssetWrites.Written written =
                store.transact(
                        transaction -> {
                            Optional<Resource> found = transaction.resources().find(id);
                            preconditions.check(found.orElse(null));
                            return found.isPresent()
                                    ? new AssetWrites.Written(
                                            update(transaction, found.get(), spec, secrets, call),
                                            false)
                                    : new AssetWrites.Written(
                                            create(transaction, id, spec, secrets, call), true);
                        });
        return ResourceView.answer(
                written.created() ? 201 : 200, written.resource(), view(call, written.resource()));
    }

    private static Resource create(
            Store transaction, ResourceId id, ObjectNode spec, ObjectNode secrets, ArmCall call) {
        Resource created = transaction.resources().create(id, spec, AssetWrites.ready(), call.by());
        putSecrets(transaction, created, secrets);
        return created;
    }

    private static Resource update(
            Store transaction,
            Resource existing,
            ObjectNode spec,
            ObjectNode secrets,
            ArmCall call) {
        if (isDefault(existing)) {
            throw new FarolException(
                    ErrorCode.RESOURCE_IN_USE,
                    "The datastore '"
                            + existing.id().name()
                            + "' holds what Farol keeps for the workspace and cannot be replaced"
                            + " (expected: another name)");
        }
        Resource updated =
                transaction
                        .resources()
                        .updateSpec(existing.id(), existing.version(), spec, call.by());
        putSecrets(transaction, updated, secrets);
        return updated;
    }

    private static void putSecrets(Store transaction, Resource datastore, ObjectNode secrets) {
        transaction
                .resources()
                .putSecret(
                        datastore.id(),
                        SECRETS,
                        secrets.toString().getBytes(StandardCharsets.UTF_8));
    }

    ApiResponse delete(ArmCall call) {
        ResourceId id = workspaces.of(call).id().child(TYPE, call.name("datastore"));
        Preconditions preconditions = call.preconditions();
        boolean deleted =
                store.transact(
                        transaction -> {
                            Optional<Resource> found = transaction.resources().find(id);
                            preconditions.check(found.orElse(null));
                            if (found.filter(Datastores::isDefault).isPresent()) {
                                throw new FarolException(
                                        ErrorCode.RESOURCE_IN_USE,
                                        "The datastore '"
                                                + id.name()
                                                + "' is the default of its workspace and cannot be"
                                                + " deleted");
                            }
                            return transaction.resources().delete(id);
                        });
        return ApiResponse.of(deleted ? 200 : 204);
    }

    /** What a client needs to reach the bytes: a signature of Farol, or what the user gave. */
    ApiResponse listSecrets(ArmCall call) throws IOException {
        Resource datastore = find(call);
        var violations = new Violations();
        ObjectNode asked = Shapes.SECRETS.read(call.body(), "", violations);
        violations.raise();
        ObjectNode body = isDefault(datastore) ? signature(datastore, asked) : kept(datastore);
        return ApiResponse.json(200, body.toString()).header("Cache-Control", "no-store");
    }

    private ObjectNode signature(Resource datastore, ObjectNode asked) {
        int hours =
                asked.path("expirableSecret").asBoolean(true)
                        ? asked.path("expireAfterHours").asInt(1)
                        : LONG_HOURS;
        ObjectNode body = Json.object();
        body.put("secretsType", "Sas");
        body.put(
                "sasToken",
                account.sign(container(datastore), clock.instant().plus(Duration.ofHours(hours))));
        return body;
    }

    private ObjectNode kept(Resource datastore) {
        String type =
                datastore.spec().at("/properties/credentials/credentialsType").asString("None");
        if (type.equals("None")) {
            throw new FarolException(
                    ErrorCode.INVALID_ARGUMENT,
                    "/properties/credentials",
                    "The datastore '"
                            + datastore.id().name()
                            + "' has no secrets: its credentials are of the type None");
        }
        ObjectNode body = Json.object();
        body.put("secretsType", type);
        store.resources()
                .secret(datastore.id(), SECRETS)
                .map(bytes -> Json.STRICT.readTree(bytes))
                .ifPresent(
                        secrets ->
                                secrets.forEachEntry(
                                        (name, value) -> {
                                            if (!name.equals("secretsType")) {
                                                body.set(name, value);
                                            }
                                        }));
        return body;
    }

    private static boolean isDefault(Resource datastore) {
        return datastore.spec().path("properties").path("isDefault").asBoolean(false);
    }

    private Resource find(ArmCall call) {
        String name = call.name("datastore");
        return store.resources()
                .find(workspaces.of(call).id().child(TYPE, name))
                .orElseThrow(
                        () ->
                                new FarolException(
                                        ErrorCode.RESOURCE_NOT_FOUND,
                                        "There is no datastore '" + name + "'"));
    }

    private static String container(Resource datastore) {
        return datastore.spec().path("properties").path("containerName").asString("");
    }

    private static Predicate<Resource> filter(ArmCall call) {
        String isDefault = call.parameter("isDefault").orElse("").toLowerCase(Locale.ROOT);
        List<String> names =
                call.parameter("names")
                        .map(text -> List.of(text.toLowerCase(Locale.ROOT).split(",")))
                        .orElse(List.of());
        String search = call.parameter("searchText").orElse("").toLowerCase(Locale.ROOT);
        return datastore ->
                datastore.id().name().toLowerCase(Locale.ROOT).contains(search)
                        && (names.isEmpty()
                                || names.contains(datastore.id().name().toLowerCase(Locale.ROOT)))
                        && (isDefault.isEmpty()
                                || isDefault.equals(
                                        datastore
                                                .spec()
                                                .path("properties")
                                                .path("isDefault")
                                                .asString("false")));
    }

    /**
     * As it was written; the default one in the shape that makes clients come back to this very
     * server (clients §3).
     */
    private static ObjectNode view(ArmCall call, Resource datastore) {
        ObjectNode body = ResourceView.envelope(datastore);
        ObjectNode properties = ResourceView.properties(datastore);
        if (isDefault(datastore)) {
            properties.put("accountName", BlobAccount.sdkName(call.host()));
            properties.put("endpoint", "core.windows.net");
            properties.put("protocol", "https");
            properties.put("serviceDataAccessAuthIdentity", "None");
            properties.put("resourceGroup", datastore.id().resourceGroup());
            properties.put("subscriptionId", datastore.id().subscription());
            properties.putObject("credentials").put("credentialsType", "Sas");
        } else {
            properties.put("isDefault", false);
            if (Datastore.own(properties.path("accountName").asString(""))) {
                properties.put("accountName", BlobAccount.sdkName(call.host()));
            }
        }
        body.set("properties", properties);
        return body;
    }
}
