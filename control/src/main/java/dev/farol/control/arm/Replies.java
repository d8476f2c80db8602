package dev.farol.control.arm;

import static dev.farol.control.arm.Shape.Field.optional;
import static dev.farol.control.arm.Shape.Field.required;

/** The bodies that routes answer. */
final class Replies {
    static final Reply ENDPOINT = Reply.resource("OnlineEndpoint", Shapes.ENDPOINT);
    static final Reply DEPLOYMENT = Reply.resource("OnlineDeployment", Shapes.DEPLOYMENT);
    static final Reply DATASTORE = Reply.resource("Datastore", Shapes.DATASTORE);
    static final Reply WORKSPACE = Reply.resource("Workspace", Shapes.WORKSPACE);
    static final Reply TEMPLATE_DEPLOYMENT =
            Reply.resource(
                    "TemplateDeployment",
                    Shape.of(
                            required("properties", ValueType.FREE),
                            optional("tags", ValueType.TEXT_MAP)));
    static final Reply TEMPLATE_OPERATION =
            Reply.texts("TemplateDeploymentOperation", "id", "operationId");
    static final Reply TEMPLATE_VALIDATION =
            Reply.texts("TemplateValidation", "id", "name", "type");
    static final Reply COMPUTE = Reply.texts("Compute", "id", "name", "type", "location");
    static final Reply SIZE = Reply.texts("VirtualMachineSize", "name");
    static final Reply REGISTRY = Reply.texts("Registry", "id", "name", "type", "location");
    static final Reply SUBSCRIPTION = Reply.texts("Subscription", "id", "subscriptionId", "state");
    static final Reply GROUP = Reply.texts("ResourceGroup", "id", "name", "type");
    static final Reply TENANT = Reply.texts("Tenant", "id", "tenantId");
    static final Reply LOCATION = Reply.texts("Location", "id", "name", "displayName");
    static final Reply PROVIDER = Reply.texts("Provider", "id", "namespace", "registrationState");
    static final Reply RESOURCE = Reply.texts("Resource", "id", "name", "type");
    static final Reply KEYS = Reply.texts("EndpointAuthKeys", "primaryKey", "secondaryKey");
    static final Reply TOKEN =
            Reply.of(
                    "EndpointAuthToken",
                    Shape.of(
                            required("accessToken", ValueType.TEXT),
                            required("tokenType", ValueType.TEXT),
                            required("expiryTimeUtc", ValueType.whole(0, Integer.MAX_VALUE)),
                            required(
                                    "refreshAfterTimeUtc", ValueType.whole(0, Integer.MAX_VALUE))));
    static final Reply LOGS = Reply.texts("DeploymentLogs", "content");
    static final Reply SKU = Reply.texts("SkuResource", "resourceType");
    static final Reply SECRETS = Reply.texts("DatastoreSecrets", "secretsType");
    static final Reply UPLOAD = Reply.texts("PendingUpload", "pendingUploadId");
    static final Reply ACCESS =
            Reply.of(
                    "BlobReference",
                    Shape.of(required("blobReferenceForConsumption", ValueType.FREE)));
    static final Reply DISCOVERY = Reply.texts("Discovery", "api");
    static final Reply REGISTRY_DISCOVERY =
            Reply.texts(
                    "RegistryDiscovery",
                    "registryName",
                    "subscriptionId",
                    "resourceGroup",
                    "primaryRegionResourceProviderUri");
    static final Reply OPERATION =
            Reply.of(
                    "OperationStatus",
                    Shape.of(
                            required("id", ValueType.TEXT),
                            required("name", ValueType.TEXT),
                            required(
                                    "status",
                                    ValueType.choice(
                                            "InProgress", "Succeeded", "Failed", "Canceled")),
                            required("startTime", ValueType.TEXT),
                            optional("endTime", ValueType.TEXT),
                            optional("error", ValueType.FREE)));
    static final Reply ANYTHING = Reply.any("Anything");
    static final Reply IDENTITY_ERROR = Reply.texts("IdentityError", "message");
    static final Reply IDENTITY_TOKEN =
            Reply.texts("IdentityToken", "access_token", "expires_on", "resource", "token_type");
    static final Reply KEY_SET =
            Reply.of("KeySet", Shape.of(required("keys", new ValueType.ListOf(ValueType.FREE))));
    static final Reply OPEN_ID = Reply.texts("OpenIdConfiguration", "issuer", "jwks_uri");

    private Replies() {}

    static Reply container(AssetKind kind) {
        return Reply.resource(named(kind) + "Container", Shapes.CONTAINER);
    }

    static Reply version(AssetKind kind) {
        return Reply.resource(named(kind) + "Version", kind.shape());
    }

    private static String named(AssetKind kind) {
        return Character.toUpperCase(kind.type().charAt(0)) + kind.type().substring(1);
    }
}
