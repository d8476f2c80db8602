package dev.farol.control.arm;

import static dev.farol.control.arm.Shape.Field.filled;
import static dev.farol.control.arm.Shape.Field.optional;
import static dev.farol.control.arm.Shape.Field.readOnly;
import static dev.farol.control.arm.Shape.Field.required;
import static dev.farol.control.arm.ValueType.ANYTHING;
import static dev.farol.control.arm.ValueType.FLAG;
import static dev.farol.control.arm.ValueType.FREE;
import static dev.farol.control.arm.ValueType.TEXT;
import static dev.farol.control.arm.ValueType.TEXT_MAP;
import static dev.farol.control.arm.ValueType.choice;
import static dev.farol.control.arm.ValueType.span;
import static dev.farol.control.arm.ValueType.whole;

import java.math.BigDecimal;
import java.time.Duration;

/** The fields of contracts §1.7, §1.8 and §1.11 with their types, bounds and defaults. */
final class Shapes {
    static final int MAX_INSTANCES = 50;

    private static final Duration MAX_PROBE = Duration.ofHours(1);

    /** Azure stops at three minutes; models on a laptop may need more. */
    private static final Duration MAX_REQUEST = Duration.ofMinutes(30);

    private static final ValueType PERCENTS = new ValueType.MapOf(whole(0, 100));

    private static final Shape IDENTITY =
            Shape.of(
                    optional(
                            "type",
                            choice(
                                    "None",
                                    "SystemAssigned",
                                    "UserAssigned",
                                    "SystemAssigned,UserAssigned"),
                            "SystemAssigned"),
                    optional("userAssignedIdentities", ANYTHING),
                    readOnly("principalId", TEXT),
                    readOnly("tenantId", TEXT));

    private static final Shape SKU =
            Shape.of(
                    optional("name", TEXT, "Default"),
                    optional("tier", choice("Free", "Basic", "Standard", "Premium"), "Standard"),
                    optional("size", TEXT),
                    optional("family", TEXT),
                    optional("capacity", whole(1, MAX_INSTANCES), 1));

    /** The fields around {@code properties} of every tracked resource. */
    private static final Shape TRACKED =
            Shape.of(
                    readOnly("id"),
                    readOnly("name"),
                    readOnly("type"),
                    readOnly("systemData"),
                    filled("tags", TEXT_MAP),
                    optional("location", TEXT),
                    optional("kind", TEXT));

    static final Shape KEYS =
            Shape.of(optional("primaryKey", TEXT), optional("secondaryKey", TEXT));

    private static final Shape ENDPOINT_PROPERTIES =
            Shape.of(
                    required("authMode", choice("Key", "AMLToken", "AADToken")),
                    optional("compute", TEXT),
                    optional("description", TEXT),
                    optional("keys", new ValueType.ObjectOf(KEYS)),
                    filled("properties", TEXT_MAP),
                    filled("traffic", PERCENTS),
                    filled("mirrorTraffic", PERCENTS),
                    optional("publicNetworkAccess", choice("Enabled", "Disabled"), "Enabled"),
                    readOnly("scoringUri", TEXT),
                    readOnly("swaggerUri", TEXT),
                    readOnly("provisioningState", TEXT));

    static final Shape ENDPOINT =
            TRACKED.and(
                    filled("identity", new ValueType.ObjectOf(IDENTITY)),
                    optional("sku", ANYTHING),
                    required("properties", new ValueType.ObjectOf(ENDPOINT_PROPERTIES)));

    private static final Shape PROBE =
            Shape.of(
                    optional("failureThreshold", whole(1, Integer.MAX_VALUE), 30),
                    optional("initialDelay", span(Duration.ZERO, MAX_PROBE), "PT10S"),
                    optional("period", span(Duration.ofSeconds(1), MAX_PROBE), "PT10S"),
                    optional("successThreshold", whole(1, Integer.MAX_VALUE), 1),
                    optional("timeout", span(Duration.ofSeconds(1), MAX_PROBE), "PT2S"));

    private static final Shape REQUESTS =
            Shape.of(
                    optional("maxConcurrentRequestsPerInstance", whole(1, 10_000), 1),
                    optional("maxQueueWait", span(Duration.ZERO, MAX_REQUEST), "PT0.5S"),
                    optional("requestTimeout", span(Duration.ofMillis(1), MAX_REQUEST), "PT5S"));

    private static final Shape SCALE =
            Shape.of(optional("scaleType", choice("Default", "TargetUtilization"), "Default"));

    /** The settings of a deployment that scales by itself. */
    static final Shape TARGET_UTILIZATION =
            SCALE.and(
                    optional("minInstances", whole(0, MAX_INSTANCES), 1),
                    optional("maxInstances", whole(1, MAX_INSTANCES), 1),
                    optional("pollingInterval", span(Duration.ofSeconds(1), MAX_PROBE), "PT1S"),
                    optional("targetUtilizationPercentage", whole(1, 100), 70));

    private static final Shape CODE_CONFIGURATION =
            Shape.of(optional("codeId", TEXT), required("scoringScript", TEXT));

    private static final Shape COLLECTION =
            Shape.of(
                    optional("clientId", TEXT),
                    optional("dataCollectionMode", choice("Enabled", "Disabled"), "Disabled"),
                    optional("dataId", TEXT),
                    optional(
                            "samplingRate",
                            new ValueType.Decimal(BigDecimal.ZERO, BigDecimal.ONE),
                            1));

    private static final Shape DATA_COLLECTOR =
            Shape.of(
                    filled("collections", new ValueType.MapOf(new ValueType.ObjectOf(COLLECTION))),
                    optional("requestLogging", ANYTHING),
                    optional("rollingRate", choice("Year", "Month", "Day", "Hour", "Minute")));

    private static final Shape CONTAINER_RESOURCES =
            Shape.of(optional("cpu", TEXT), optional("memory", TEXT), optional("gpu", TEXT));

    private static final Shape CONTAINER_REQUIREMENTS =
            Shape.of(
                    optional(
                            "containerResourceLimits", new ValueType.ObjectOf(CONTAINER_RESOURCES)),
                    optional(
                            "containerResourceRequests",
                            new ValueType.ObjectOf(CONTAINER_RESOURCES)));

    private static final Shape DEPLOYMENT_PROPERTIES =
            Shape.of(
                    required(
                            "endpointComputeType",
                            choice("Managed", "Kubernetes", "AzureMLCompute")),
                    optional("description", TEXT),
                    optional("instanceType", TEXT),
                    optional("model", TEXT),
                    optional("modelMountPath", TEXT),
                    optional("codeConfiguration", new ValueType.ObjectOf(CODE_CONFIGURATION)),
                    optional("environmentId", TEXT),
                    filled("environmentVariables", TEXT_MAP),
                    optional("appInsightsEnabled", FLAG, false),
                    filled("properties", TEXT_MAP),
                    filled("livenessProbe", new ValueType.ObjectOf(PROBE)),
                    filled("readinessProbe", new ValueType.ObjectOf(PROBE)),
                    filled("requestSettings", new ValueType.ObjectOf(REQUESTS)),
                    filled("scaleSettings", new ValueType.ObjectOf(SCALE)),
                    optional("egressPublicNetworkAccess", choice("Enabled", "Disabled"), "Enabled"),
                    optional("dataCollector", new ValueType.ObjectOf(DATA_COLLECTOR)),
                    optional(
                            "containerResourceRequirements",
                            new ValueType.ObjectOf(CONTAINER_REQUIREMENTS)),
                    optional("privateNetworkConnection", FLAG, false),
                    readOnly("provisioningState", TEXT));

    static final Shape DEPLOYMENT =
            TRACKED.and(
                    optional("identity", new ValueType.ObjectOf(IDENTITY)),
                    filled("sku", new ValueType.ObjectOf(SKU)),
                    required("properties", new ValueType.ObjectOf(DEPLOYMENT_PROPERTIES)));

    static final Shape REGENERATE =
            Shape.of(
                    required("keyType", choice("Primary", "Secondary")),
                    optional("keyValue", TEXT));

    static final Shape LOGS =
            Shape.of(
                    optional(
                            "containerType",
                            choice("StorageInitializer", "InferenceServer", "ModelDataCollector"),
                            "InferenceServer"),
                    optional("tail", whole(1, 1_000_000), 5000));

    static final Shape SECRETS =
            Shape.of(
                    optional("expirableSecret", FLAG, true),
                    optional("expireAfterHours", whole(1, 24 * 7), 1));

    /** What all asset versions and containers have. */
    private static final Shape ASSET =
            Shape.of(
                    optional("description", TEXT),
                    filled("properties", TEXT_MAP),
                    filled("tags", TEXT_MAP),
                    optional("isAnonymous", FLAG, false),
                    optional("isArchived", FLAG, false),
                    readOnly("provisioningState", TEXT),
                    readOnly("latestVersion", TEXT),
                    readOnly("nextVersion", TEXT));

    static final Shape CONTAINER =
            asset(ASSET.and(optional("dataType", choice("uri_file", "uri_folder", "mltable"))));

    static final Shape CODE = asset(ASSET.and(required("codeUri", TEXT)));

    static final Shape MODEL =
            asset(
                    ASSET.and(
                            required("modelUri", TEXT),
                            optional("modelType", TEXT, "custom_model"),
                            filled("flavors", new ValueType.MapOf(ANYTHING)),
                            optional("stage", TEXT),
                            optional("jobName", TEXT)));

    private static final Shape ROUTE =
            Shape.of(required("path", TEXT), required("port", whole(1, 65_535)));

    private static final Shape INFERENCE =
            Shape.of(
                    optional("livenessRoute", new ValueType.ObjectOf(ROUTE)),
                    optional("readinessRoute", new ValueType.ObjectOf(ROUTE)),
                    optional("scoringRoute", new ValueType.ObjectOf(ROUTE)));

    private static final Shape BUILD =
            Shape.of(required("contextUri", TEXT), optional("dockerfilePath", TEXT, "Dockerfile"));

    static final Shape ENVIRONMENT =
            asset(
                    ASSET.and(
                            optional("image", TEXT),
                            optional("condaFile", TEXT),
                            optional("build", new ValueType.ObjectOf(BUILD)),
                            optional("inferenceConfig", new ValueType.ObjectOf(INFERENCE)),
                            optional("osType", choice("Linux", "Windows"), "Linux"),
                            optional("autoRebuild", choice("Disabled", "OnBaseImageUpdate")),
                            optional("stage", TEXT),
                            readOnly("environmentType", TEXT)));

    static final Shape DATA =
            asset(
                    ASSET.and(
                            required("dataType", choice("uri_file", "uri_folder", "mltable")),
                            required("dataUri", TEXT),
                            optional("stage", TEXT)));

    static final Shape COMPONENT =
            asset(ASSET.and(required("componentSpec", FREE), optional("stage", TEXT)));

    /** What a client of a registry asks access to. */
    static final Shape DATA_REFERENCE =
            Shape.of(optional("assetId", TEXT), required("blobUri", TEXT));

    /** A place for bytes to come; registries ask with other words for the same. */
    static final Shape PENDING_UPLOAD =
            Shape.of(
                    optional("pendingUploadId", TEXT),
                    optional("pendingUploadType", TEXT),
                    optional("assetId", TEXT),
                    optional("temporaryDataReferenceType", TEXT));

    private static final Shape DATASTORE_SECRETS =
            Shape.of(
                    optional("secretsType", TEXT),
                    optional("key", TEXT),
                    optional("sasToken", TEXT),
                    optional("clientSecret", TEXT),
                    optional("certificate", TEXT));

    private static final Shape DATASTORE_CREDENTIALS =
            Shape.of(
                    required(
                            "credentialsType",
                            choice("None", "AccountKey", "Sas", "ServicePrincipal", "Certificate")),
                    optional("secrets", new ValueType.ObjectOf(DATASTORE_SECRETS)),
                    optional("clientId", TEXT),
                    optional("tenantId", TEXT),
                    optional("authorityUrl", TEXT),
                    optional("resourceUrl", TEXT),
                    optional("thumbprint", TEXT));

    private static final Shape DATASTORE_PROPERTIES =
            Shape.of(
                    required(
                            "datastoreType",
                            choice(
                                    "AzureBlob",
                                    "AzureFile",
                                    "AzureDataLakeGen1",
                                    "AzureDataLakeGen2",
                                    "OneLake")),
                    required("credentials", new ValueType.ObjectOf(DATASTORE_CREDENTIALS)),
                    optional("description", TEXT),
                    filled("tags", TEXT_MAP),
                    filled("properties", TEXT_MAP),
                    optional("accountName", TEXT),
                    optional("containerName", TEXT),
                    optional("fileShareName", TEXT),
                    optional("filesystem", TEXT),
                    optional("storeName", TEXT),
                    optional("endpoint", TEXT, "core.windows.net"),
                    optional("protocol", TEXT, "https"),
                    optional(
                            "serviceDataAccessAuthIdentity",
                            choice(
                                    "None",
                                    "WorkspaceSystemAssignedIdentity",
                                    "WorkspaceUserAssignedIdentity"),
                            "None"),
                    optional("resourceGroup", TEXT),
                    optional("subscriptionId", TEXT),
                    readOnly("isDefault", FLAG),
                    readOnly("provisioningState", TEXT));

    static final Shape DATASTORE = around(DATASTORE_PROPERTIES);

    private static final Shape WORKSPACE_PROPERTIES =
            Shape.of(
                    optional("description", TEXT),
                    optional("friendlyName", TEXT),
                    optional("publicNetworkAccess", choice("Enabled", "Disabled"), "Enabled"),
                    optional("hbiWorkspace", FLAG, false),
                    optional("v1LegacyMode", FLAG, false),
                    readOnly("workspaceId", TEXT),
                    readOnly("discoveryUrl", TEXT),
                    readOnly("mlFlowTrackingUri", TEXT),
                    readOnly("storageHnsEnabled", FLAG),
                    readOnly("notebookInfo"),
                    readOnly("privateLinkCount"),
                    readOnly("serviceProvisionedResourceGroup", TEXT),
                    readOnly("tenantId", TEXT),
                    readOnly("provisioningState", TEXT));

    private static final Shape WORKSPACE_SKU =
            Shape.of(optional("name", TEXT, "Basic"), optional("tier", TEXT, "Basic"));

    static final Shape WORKSPACE =
            TRACKED.and(
                    filled("identity", new ValueType.ObjectOf(IDENTITY)),
                    filled("sku", new ValueType.ObjectOf(WORKSPACE_SKU)),
                    filled("properties", new ValueType.ObjectOf(WORKSPACE_PROPERTIES)));

    private static final Shape TEMPLATE_PROPERTIES =
            Shape.of(
                    optional("mode", choice("Incremental", "Complete"), "Incremental"),
                    optional("template", FREE),
                    optional("templateLink", FREE),
                    optional("parameters", FREE),
                    optional("parametersLink", FREE));

    static final Shape TEMPLATE_DEPLOYMENT =
            Shape.of(
                    readOnly("id"),
                    readOnly("name"),
                    readOnly("type"),
                    readOnly("systemData"),
                    filled("tags", TEXT_MAP),
                    optional("location", TEXT),
                    required("properties", new ValueType.ObjectOf(TEMPLATE_PROPERTIES)));

    private Shapes() {}

    private static Shape around(Shape properties) {
        return Shape.of(
                readOnly("id"),
                readOnly("name"),
                readOnly("type"),
                readOnly("systemData"),
                required("properties", new ValueType.ObjectOf(properties)));
    }

    private static Shape asset(Shape properties) {
        return Shape.of(
                readOnly("id"),
                readOnly("name"),
                readOnly("type"),
                readOnly("systemData"),
                filled("properties", new ValueType.ObjectOf(properties)));
    }
}
