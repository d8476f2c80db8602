package dev.farol.control.arm;

import dev.farol.control.ControlApi.Collaborators;
import dev.farol.control.ControlConfig;
import dev.farol.control.blob.BlobAccount;
import dev.farol.control.identity.Identity;
import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import dev.farol.spec.ResourceId;
import dev.farol.store.Store;
import dev.farol.wire.ApiResponse;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

/** The path table: every path of the HTTPS port that is not the blob plane's. */
public final class ArmRoutes {
    private static final String SUBSCRIPTION = "/subscriptions/{sub}";
    private static final String GROUP = SUBSCRIPTION + "/resourceGroups/{rg}";
    private static final String PROVIDER = "/providers/" + ResourceId.PROVIDER;
    private static final String WORKSPACES = PROVIDER + "/workspaces";
    private static final String WORKSPACE = GROUP + WORKSPACES + "/{ws}";
    private static final String LOCATION = SUBSCRIPTION + PROVIDER + "/locations/{location}/";

    /** Azure ML's nouns that are not here yet, each with what people call it. */
    private static final Map<String, String> NOT_OFFERED =
            Map.of(
                    "batchEndpoints", "Batch endpoints",
                    "serverlessEndpoints", "Serverless endpoints",
                    "marketplaceSubscriptions", "Marketplace subscriptions",
                    "jobs", "Jobs",
                    "computes", "Computes",
                    "components", "Components",
                    "schedules", "Schedules",
                    "connections", "Connections",
                    "outboundRules", "Managed networks");

    private final ControlConfig config;
    private final Identity identity;
    private final InstantSource clock;
    private final Workspaces workspaces;
    private final Datastores datastores;
    private final OnlineEndpoints endpoints;
    private final OnlineDeployments deployments;
    private final OperationPolls polls;
    private final List<Assets> assets;

    public ArmRoutes(
            ControlConfig config,
            Collaborators collaborators,
            Identity identity,
            BlobAccount account) {
        Store store = collaborators.store();
        this.config = config;
        this.identity = identity;
        this.clock = collaborators.clock();
        this.workspaces = new Workspaces(store, identity.tenantId());
        this.datastores = new Datastores(store, workspaces, account, clock);
        var operations = new LongRunning(config.location());
        var endpointView =
                new EndpointView(collaborators.gateway(), operations, identity.tenantId());
        var deploymentView = new DeploymentView(operations, identity.tenantId());
        this.endpoints =
                new OnlineEndpoints(
                        store, workspaces, collaborators.nudge(), operations, endpointView);
        this.deployments =
                new OnlineDeployments(
                        store,
                        workspaces,
                        collaborators.nudge(),
                        collaborators.logs(),
                        collaborators.instanceTypes(),
                        operations,
                        deploymentView);
        this.polls =
                new OperationPolls(
                        store,
                        config.pollHold(),
                        Map.of(
                                OnlineEndpoints.TYPE,
                                endpointView::render,
                                OnlineEndpoints.TYPE + "/" + OnlineDeployments.TYPE,
                                deploymentView::render));
        this.assets =
                AssetKind.ALL.stream()
                        .map(kind -> new Assets(store, workspaces, account, clock, kind))
                        .toList();
    }

    /** The API over this table. */
    public ArmApi api() {
        var table = new ArmApi.Table();
        identity(table);
        workspaces(table);
        endpoints(table);
        deployments(table);
        for (Assets each : assets) {
            assets(table, each);
        }
        datastores(table);
        notOffered(table);
        return new ArmApi(identity, clock, table.routes());
    }

    /** Makes the workspace unless it is there. */
    public ResourceId ensureWorkspace(ResourceId id) {
        return workspaces.ensure(id, config.location(), config.identity().principalName()).id();
    }

    private void identity(ArmApi.Table table) {
        table.open(
                "GET",
                "/metadata/endpoints",
                call -> identity.cloudMetadata(call.request(), call.host()));
        table.open("GET", "/msi/token", call -> identity.managedIdentityToken(call.request()));
        for (String prefix : List.of("", "/{tenant}", "/{tenant}/v2.0")) {
            table.open(
                    "GET",
                    prefix + "/.well-known/openid-configuration",
                    call -> identity.openIdConfiguration(call.host()));
        }
        table.open("GET", "/discovery/keys", call -> identity.publishedKeys());
        table.open("GET", "/{tenant}/discovery/keys", call -> identity.publishedKeys());
        table.open("GET", "/discovery", workspaces::discovery);
    }

    private void workspaces(ArmApi.Table table) {
        table.resource("GET", "/tenants", workspaces::tenants)
                .resource("GET", "/subscriptions", workspaces::subscriptions)
                .resource("GET", SUBSCRIPTION, workspaces::subscriptionGet)
                .resource("GET", SUBSCRIPTION + "/resourceGroups", workspaces::resourceGroups)
                .resource("GET", GROUP, workspaces::resourceGroup)
                .resource("GET", SUBSCRIPTION + WORKSPACES, workspaces::inSubscription)
                .resource("GET", GROUP + WORKSPACES, workspaces::inResourceGroup)
                .resource("GET", WORKSPACE, workspaces::get)
                .add(
                        Route.Access.TOKEN,
                        "GET",
                        LOCATION + LongRunning.STATUS + "/{operation}",
                        polls::status)
                .add(
                        Route.Access.TOKEN,
                        "GET",
                        LOCATION + LongRunning.RESULTS + "/{operation}",
                        polls::result);
        for (String method : List.of("PUT", "PATCH", "DELETE")) {
            table.resource(method, WORKSPACE, call -> notOffered("Changes to workspaces"));
        }
    }

    private void endpoints(ArmApi.Table table) {
        String all = WORKSPACE + "/" + OnlineEndpoints.TYPE;
        String one = all + "/{endpoint}";
        table.resource("GET", all, endpoints::list)
                .resource("GET", one, endpoints::get)
                .resource("PUT", one, endpoints::put)
                .resource("PATCH", one, endpoints::patch)
                .resource("DELETE", one, endpoints::delete)
                .resource("POST", one + "/listKeys", endpoints::listKeys)
                .resource("POST", one + "/regenerateKeys", endpoints::regenerateKeys)
                .resource("POST", one + "/token", endpoints::token);
    }

    private void deployments(ArmApi.Table table) {
        String all =
                WORKSPACE + "/" + OnlineEndpoints.TYPE + "/{endpoint}/" + OnlineDeployments.TYPE;
        String one = all + "/{deployment}";
        table.resource("GET", all, deployments::list)
                .resource("GET", one, deployments::get)
                .resource("PUT", one, deployments::put)
                .resource("PATCH", one, deployments::patch)
                .resource("DELETE", one, deployments::delete)
                .resource("POST", one + "/getLogs", deployments::getLogs)
                .resource("GET", one + "/skus", deployments::skus);
    }

    private static void assets(ArmApi.Table table, Assets assets) {
        String all = WORKSPACE + "/" + assets.type();
        String one = all + "/{name}";
        String versions = one + "/" + Assets.VERSIONS;
        String version = versions + "/{version}";
        table.resource("GET", all, assets::listContainers)
                .resource("GET", one, assets::getContainer)
                .resource("PUT", one, assets::putContainer)
                .resource("DELETE", one, assets::deleteContainer)
                .resource("GET", versions, assets::listVersions)
                .resource("GET", one + "/labels/{label}", assets::getLabel)
                .resource("GET", version, assets::getVersion)
                .resource("PUT", version, assets::putVersion)
                .resource("DELETE", version, assets::deleteVersion)
                .resource("POST", version + "/startPendingUpload", assets::startPendingUpload)
                .resource("POST", version + "/package", call -> notOffered("Model packages"));
    }

    private void datastores(ArmApi.Table table) {
        String all = WORKSPACE + "/" + Datastores.TYPE;
        String one = all + "/{datastore}";
        table.resource("GET", all, datastores::list)
                .resource("GET", one, datastores::get)
                .resource("POST", one + "/listSecrets", datastores::listSecrets);
        for (String method : List.of("PUT", "PATCH", "DELETE")) {
            table.resource(method, one, call -> notOffered("Datastores of one's own"));
        }
    }

    private static void notOffered(ArmApi.Table table) {
        NOT_OFFERED.forEach(
                (type, name) ->
                        table.resource(
                                "*", WORKSPACE + "/" + type + "/**", call -> notOffered(name)));
        table.resource("*", GROUP + PROVIDER + "/registries/**", call -> notOffered("Registries"));
        table.resource(
                "*", SUBSCRIPTION + PROVIDER + "/registries/**", call -> notOffered("Registries"));
        table.add(
                Route.Access.TOKEN,
                "*",
                "/registrymanagement/**",
                call -> notOffered("Registries"));
    }

    /** Better a clear no than a success that is none. */
    private static ApiResponse notOffered(String what) {
        throw new FarolException(
                ErrorCode.NOT_SUPPORTED, what + " are not offered by this version of Farol yet");
    }
}
