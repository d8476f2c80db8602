package dev.farol.control.arm;

import dev.farol.control.blob.BlobAccount;
import dev.farol.kit.Json;
import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import dev.farol.spec.ResourceId;
import dev.farol.store.Resource;
import dev.farol.store.ResourceStore.Order;
import dev.farol.store.ResourceStore.Query;
import dev.farol.store.Store;
import dev.farol.wire.ApiResponse;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import tools.jackson.databind.node.ObjectNode;

/** Datastores: the one that every workspace has. */
final class Datastores {
    static final String TYPE = "datastores";
    private static final String DEFAULT = "workspaceblobstore";

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
        return ApiResponse.json(200, view(call, find(call)).toString());
    }

    /** A signature for the datastore's container. */
    ApiResponse listSecrets(ArmCall call) throws IOException {
        Resource datastore = find(call);
        var violations = new Violations();
        ObjectNode asked = Shapes.SECRETS.read(call.body(), "", violations);
        violations.raise();
        int hours =
                asked.path("expirableSecret").asBoolean(true)
                        ? asked.path("expireAfterHours").asInt(1)
                        : LONG_HOURS;
        ObjectNode body = Json.object();
        body.put("secretsType", "Sas");
        body.put(
                "sasToken",
                account.sign(container(datastore), clock.instant().plus(Duration.ofHours(hours))));
        return ApiResponse.json(200, body.toString()).header("Cache-Control", "no-store");
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
        return datastore ->
                (names.isEmpty() || names.contains(datastore.id().name().toLowerCase(Locale.ROOT)))
                        && (isDefault.isEmpty()
                                || isDefault.equals(
                                        datastore
                                                .spec()
                                                .path("properties")
                                                .path("isDefault")
                                                .asString("false")));
    }

    /** The shape that makes clients come back to this very server (clients §3). */
    private static ObjectNode view(ArmCall call, Resource datastore) {
        ObjectNode body = ResourceView.envelope(datastore);
        ObjectNode properties = ResourceView.properties(datastore);
        properties.put("accountName", BlobAccount.sdkName(call.host()));
        properties.put("endpoint", "core.windows.net");
        properties.put("protocol", "https");
        properties.put("serviceDataAccessAuthIdentity", "None");
        properties.put("resourceGroup", datastore.id().resourceGroup());
        properties.put("subscriptionId", datastore.id().subscription());
        properties.putObject("credentials").put("credentialsType", "Sas");
        body.set("properties", properties);
        return body;
    }
}
