package dev.farol.control.arm;

import dev.farol.control.ControlApi.Collaborators;
import dev.farol.control.ControlConfig;
import dev.farol.control.access.Access;
import dev.farol.control.arm.Doc.Parameter;
import dev.farol.control.blob.BlobAccount;
import dev.farol.control.identity.Identity;
import dev.farol.control.template.Template;
import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import dev.farol.spec.ResourceId;
import dev.farol.store.Store;
import dev.farol.wire.ApiResponse;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The path table: every path of the HTTPS port that is not the blob plane's. */
public final class ArmRoutes {
    private static final String SUBSCRIPTION = "/subscriptions/{sub}";
    private static final String GROUP = SUBSCRIPTION + "/resourceGroups/{rg}";
    private static final String PROVIDER = "/providers/" + ResourceId.PROVIDER;
    private static final String WORKSPACES = PROVIDER + "/workspaces";
    private static final String WORKSPACE = GROUP + WORKSPACES + "/{ws}";
    private static final String ENDPOINT = WORKSPACE + "/" + OnlineEndpoints.TYPE + "/{endpoint}";
    private static final String REGISTRIES = PROVIDER + "/registries";
    private static final String REGISTRY = GROUP + REGISTRIES + "/{registry}";
    private static final String TEMPLATES = GROUP + "/providers/" + Template.NESTED;
    private static final String POD_IDENTITY = "/metadata/identity/oauth2/token";
    private static final String WELL_KNOWN = ".well-known/openid-configuration";
    private static final Doc ISSUER = Doc.of("The token issuer").gives(200, Replies.OPEN_ID);
    private static final String LOCATION = SUBSCRIPTION + PROVIDER + "/locations/{location}/";

    /** Azure ML's nouns that are not here yet, each with what people call it. */
    private static final Map<String, String> NOT_OFFERED =
            new TreeMap<>(
                    Map.ofEntries(
                            Map.entry("batchEndpoints", "Batch endpoints"),
                            Map.entry("serverlessEndpoints", "Serverless endpoints"),
                            Map.entry("marketplaceSubscriptions", "Marketplace subscriptions"),
                            Map.entry("jobs", "Jobs"),
                            Map.entry("schedules", "Schedules"),
                            Map.entry("connections", "Connections"),
                            Map.entry("capabilityHosts", "Capability hosts"),
                            Map.entry("outboundRules", "Managed networks"),
                            Map.entry("provisionManagedNetwork", "Managed networks"),
                            Map.entry("featuresets", "Feature stores"),
                            Map.entry("featurestoreEntities", "Feature stores")));

    /** What Azure does with a workspace and Farol has nothing to do it with. */
    private static final Map<String, String> WORKSPACE_ACTIONS =
            new TreeMap<>(
                    Map.of(
                            "diagnose", "Diagnoses of workspaces",
                            "listKeys", "Keys of workspaces",
                            "listNotebookAccessToken", "Notebooks",
                            "listNotebookKeys", "Notebooks",
                            "listStorageAccountKeys", "Keys of the storage account",
                            "prepareNotebook", "Notebooks",
                            "resyncKeys", "Keys of workspaces"));

    /** Other planes and providers that clients of Azure ML know of. */
    private static final Map<String, String> ELSEWHERE =
            new TreeMap<>(
                    Map.of(
                            "/history/v1.0/**",
                            "Run histories",
                            "/data/v1.0/**",
                            "Data of jobs",
                            "/genericasset/**",
                            "Indexes",
                            "/mlflow/**",
                            "MLflow tracking servers",
                            GROUP + "/providers/Microsoft.Resources/**",
                            "Other things of Microsoft.Resources than deployments",
                            GROUP + "/providers/Microsoft.Authorization/**",
                            "Policies and locks",
                            GROUP + "/providers/Microsoft.Insights/**",
                            "Autoscale settings",
                            WORKSPACE + "/providers/**",
                            "Settings of other providers"));

    private final ControlConfig config;
    private final Identity identity;
    private final InstantSource clock;
    private final Store store;
    private final Workspaces workspaces;
    private final TemplateDeployments templates;
    private final Scopes scopes;
    private final Access access;
    private final Roles roles;
    private final Registries registries;
    private final Computes computes;
    private final Datastores datastores;
    private final OnlineEndpoints endpoints;
    private final OnlineDeployments deployments;
    private final OperationPolls polls;
    private final List<Assets> assets;
    private final List<Assets> shared;

    public ArmRoutes(
            ControlConfig config,
            Collaborators collaborators,
            Identity identity,
            Access access,
            BlobAccount account) {
        this.store = collaborators.store();
        this.access = access;
        this.config = config;
        this.identity = identity;
        this.clock = collaborators.clock();
        var operations = new LongRunning(config.location());
        String tenant = identity.tenantId();
        this.workspaces =
                new Workspaces(
                        store,
                        operations,
                        ResourceId.workspace(
                                config.subscription(), config.resourceGroup(), config.workspace()),
                        access,
                        tenant);
        this.templates =
                new TemplateDeployments(store, workspaces, access, operations, clock, tenant);
        this.roles = new Roles(access, identity::principal, collaborators.clock());
        this.scopes = new Scopes(store, workspaces, config.location(), tenant);
        this.registries = new Registries(store, account, clock, config.location(), tenant);
        this.computes = new Computes(workspaces, collaborators.instanceTypes());
        this.datastores = new Datastores(store, workspaces, account, clock);
        var endpointView = new EndpointView(collaborators.gateway(), operations, tenant);
        var deploymentView = new DeploymentView(operations, tenant);
        this.endpoints =
                new OnlineEndpoints(
                        store,
                        identity,
                        access,
                        workspaces,
                        collaborators.nudge(),
                        operations,
                        endpointView);
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
                                Workspaces.KIND,
                                workspaces::view,
                                TemplateDeployments.KIND,
                                templates::view,
                                OnlineEndpoints.TYPE,
                                endpointView::render,
                                OnlineEndpoints.TYPE + "/" + OnlineDeployments.TYPE,
                                deploymentView::render));
        this.assets = assets(account, workspaces);
        this.shared = assets(account, registries);
    }

    private List<Assets> assets(BlobAccount account, AssetOwner owner) {
        return AssetKind.ALL.stream()
                .map(kind -> new Assets(store, owner, account, clock, kind))
                .toList();
    }

    /** The API over this table. */
    public ArmApi api() {
        return new ArmApi(identity, access, clock, routes());
    }

    List<Route> routes() {
        var table = new ArmApi.Table();
        identity(table);
        scopes(table);
        workspaces(table);
        templates(table);
        endpoints(table);
        deployments(table);
        for (Assets each : assets) {
            assets(table, WORKSPACE, each);
        }
        datastores(table);
        computes(table);
        registries(table);
        for (String scope : List.of("", SUBSCRIPTION, GROUP, WORKSPACE, ENDPOINT, REGISTRY)) {
            roles.add(table, scope);
        }
        notOffered(table);
        var document = new PublishedDocument(table.routes());
        table.open(
                "GET",
                OpenApi.PATH,
                Doc.of("This document").gives(200, Replies.ANYTHING),
                document::get);
        return table.routes();
    }

    /** Makes the workspace and the registries, unless they are there. */
    public ResourceId ensureWorkspace(ResourceId id) {
        String by = config.identity().principalName();
        store.transact(
                transaction -> {
                    Registries.ensure(transaction, config.location(), by);
                    return id;
                });
        return workspaces.ensure(id, config.location(), by).id();
    }

    private void identity(ArmApi.Table table) {
        table.open(
                "GET",
                "/metadata/endpoints",
                Doc.of("The clouds there are: this one")
                        .query(Parameter.text("api-version"))
                        .gives(200, Replies.ANYTHING),
                call -> identity.cloudMetadata(call.request(), call.host()));
        Doc msi =
                Doc.of("A token, for those who know this Farol's secret")
                        .query(
                                Parameter.text("api-version"),
                                Parameter.text("resource"),
                                Parameter.text("client_id"))
                        .gives(200, Replies.IDENTITY_TOKEN)
                        .gives(400, Replies.IDENTITY_ERROR)
                        .gives(401, Replies.IDENTITY_ERROR);
        for (String path : List.of("/msi/token", POD_IDENTITY)) {
            table.open("GET", path, msi, call -> identity.managedIdentityToken(call.request()));
        }
        // Pod identity and containers send no header: the secret is in the address they are given.
        for (String path : List.of("/token", POD_IDENTITY)) {
            for (String method : List.of("GET", "POST")) {
                table.open(
                        method,
                        "/msi/{secret}" + path,
                        msi,
                        call -> identity.managedIdentityToken(call.request(), call.name("secret")));
            }
        }
        for (String version : List.of("", "v2.0/")) {
            table.open(
                            "GET",
                            "/{tenant}/" + version + WELL_KNOWN,
                            ISSUER,
                            call ->
                                    identity.openIdConfiguration(
                                            call.host(), call.name("tenant"), version))
                    .open(
                            "POST",
                            "/{tenant}/oauth2/" + version + "token",
                            Doc.of("A token, for service principals")
                                    .gives(200, Replies.ANYTHING)
                                    .gives(400, Replies.ANYTHING)
                                    .gives(401, Replies.ANYTHING),
                            call -> identity.token(call.request()));
        }
        table.open(
                "GET",
                "/" + WELL_KNOWN,
                ISSUER,
                call -> identity.openIdConfiguration(call.host(), identity.tenantId(), "v2.0/"));
        Doc keys = Doc.of("The keys that tokens are signed with").gives(200, Replies.KEY_SET);
        table.open("GET", "/discovery/keys", keys, call -> identity.publishedKeys());
        table.open("GET", "/{tenant}/discovery/keys", keys, call -> identity.publishedKeys());
        table.open(
                "GET",
                "/discovery",
                Doc.of("Where a workspace's other planes are").gives(200, Replies.DISCOVERY),
                workspaces::discovery);
    }

    private void scopes(ArmApi.Table table) {
        table.versioned("GET", "/tenants", list("tenants", Replies.TENANT), scopes::tenants)
                .versioned(
                        "GET",
                        "/subscriptions",
                        list("subscriptions", Replies.SUBSCRIPTION),
                        scopes::subscriptions)
                .versioned(
                        "GET",
                        SUBSCRIPTION,
                        one("a subscription", Replies.SUBSCRIPTION),
                        scopes::subscriptionGet)
                .versioned(
                        "GET",
                        SUBSCRIPTION + "/locations",
                        list("regions", Replies.LOCATION),
                        scopes::locations)
                .versioned(
                        "GET",
                        SUBSCRIPTION + "/providers",
                        list("providers", Replies.PROVIDER),
                        scopes::providers)
                .versioned(
                        "GET",
                        SUBSCRIPTION + "/providers/{provider}",
                        one("a provider", Replies.PROVIDER),
                        scopes::provider)
                .resource(
                        "GET",
                        SUBSCRIPTION + "/resources",
                        list("tracked resources", Replies.RESOURCE),
                        scopes::resources)
                .resource(
                        "GET",
                        SUBSCRIPTION + "/resourceGroups",
                        list("resource groups", Replies.GROUP),
                        scopes::resourceGroups)
                .resource(
                        "GET", GROUP, one("a resource group", Replies.GROUP), scopes::resourceGroup)
                .resource(
                        "HEAD",
                        GROUP,
                        Doc.of("Whether there is a resource group").gives(204),
                        scopes::resourceGroupExists)
                .resource(
                        "GET",
                        GROUP + "/resources",
                        list("tracked resources of a group", Replies.RESOURCE),
                        scopes::resources)
                .add(
                        Route.Access.TOKEN,
                        "GET",
                        LOCATION + LongRunning.STATUS + "/{operation}",
                        Doc.of("How an operation goes").gives(200, Replies.OPERATION),
                        polls::status)
                .add(
                        Route.Access.TOKEN,
                        "GET",
                        LOCATION + LongRunning.RESULTS + "/{operation}",
                        Doc.of("What an operation ended with")
                                .gives(200, Replies.ANYTHING)
                                .gives(202, Replies.ANYTHING)
                                .gives(204)
                                .gives(409, Reply.ERROR),
                        polls::result);
    }

    private void workspaces(ArmApi.Table table) {
        Doc list = list("workspaces", Replies.WORKSPACE);
        table.resource("GET", SUBSCRIPTION + WORKSPACES, list, workspaces::inSubscription)
                .resource("GET", GROUP + WORKSPACES, list, workspaces::inResourceGroup)
                .resource("GET", WORKSPACE, get("a workspace", Replies.WORKSPACE), workspaces::get)
                .resource(
                        "PUT",
                        WORKSPACE,
                        Doc.of("Creates or replaces a workspace")
                                .takes(Shapes.WORKSPACE)
                                .gives(202, Replies.WORKSPACE),
                        workspaces::put)
                .resource(
                        "PATCH",
                        WORKSPACE,
                        Doc.of("Changes a workspace")
                                .changes(Shapes.WORKSPACE)
                                .gives(202, Replies.WORKSPACE),
                        workspaces::patch)
                .resource("DELETE", WORKSPACE, deletes("a workspace"), workspaces::delete)
                .resource(
                        "GET",
                        WORKSPACE + "/outboundNetworkDependenciesEndpoints",
                        Doc.refused("Network dependencies"),
                        call -> notOffered("Network dependencies"));
        WORKSPACE_ACTIONS.forEach(
                (action, what) ->
                        table.resource(
                                "POST",
                                WORKSPACE + "/" + action,
                                Doc.refused(what),
                                call -> notOffered(what)));
    }

    private void templates(ArmApi.Table table) {
        String one = TEMPLATES + "/{deployment}";
        Doc.Parameter filter = Parameter.text("$filter");
        table.resource(
                        "GET",
                        TEMPLATES,
                        list("deployments of templates", Replies.TEMPLATE_DEPLOYMENT)
                                .query(Parameter.TOP, filter),
                        templates::list)
                .resource(
                        "GET",
                        one,
                        get("a deployment of a template", Replies.TEMPLATE_DEPLOYMENT),
                        templates::get)
                .resource(
                        "HEAD",
                        one,
                        Doc.of("Whether there is a deployment of a template").gives(204),
                        templates::exists)
                .resource(
                        "PUT",
                        one,
                        puts(
                                "what a template asks for: workspaces",
                                Shapes.TEMPLATE_DEPLOYMENT,
                                Replies.TEMPLATE_DEPLOYMENT),
                        templates::put)
                .resource("DELETE", one, deletes("a deployment of a template"), templates::delete)
                .resource(
                        "POST",
                        one + "/validate",
                        Doc.of("Says what a template comes to, and makes nothing")
                                .takes(Shapes.TEMPLATE_DEPLOYMENT)
                                .gives(200, Replies.TEMPLATE_VALIDATION),
                        templates::validate);
        // ARM's own path of operations has no provider; clients of other resources write it.
        for (String deployment : List.of(GROUP + "/deployments/{deployment}", one)) {
            table.resource(
                            "GET",
                            deployment + "/operations",
                            list("what a deployment did", Replies.TEMPLATE_OPERATION)
                                    .query(Parameter.TOP),
                            templates::operationList)
                    .resource(
                            "GET",
                            deployment + "/operations/{operation}",
                            one("what a deployment did for a resource", Replies.TEMPLATE_OPERATION),
                            templates::operation);
        }
        // What clients delete together with a workspace; there never was one.
        for (String type :
                List.of(
                        "Microsoft.Storage/storageAccounts",
                        "Microsoft.KeyVault/vaults",
                        "Microsoft.Insights/components",
                        "Microsoft.OperationalInsights/workspaces",
                        "Microsoft.ContainerRegistry/registries")) {
            table.resource(
                    "DELETE",
                    GROUP + "/providers/" + type + "/{resource}",
                    Doc.of("Nothing to delete: Farol has what this is for of its own").gives(204),
                    call -> ApiResponse.of(204));
        }
    }

    private void endpoints(ArmApi.Table table) {
        String all = WORKSPACE + "/" + OnlineEndpoints.TYPE;
        String one = all + "/{endpoint}";
        table.resource(
                        "GET",
                        all,
                        list("online endpoints", Replies.ENDPOINT)
                                .query(
                                        Parameter.text("name"),
                                        Parameter.COUNT,
                                        Parameter.text("computeType"),
                                        Parameter.SKIP,
                                        Parameter.text("tags"),
                                        Parameter.text("properties"),
                                        Parameter.text("orderBy")),
                        endpoints::list)
                .resource("GET", one, get("an online endpoint", Replies.ENDPOINT), endpoints::get)
                .resource(
                        "PUT",
                        one,
                        puts("an online endpoint", Shapes.ENDPOINT, Replies.ENDPOINT),
                        endpoints::put)
                .resource(
                        "PATCH",
                        one,
                        changes("an online endpoint", Shapes.ENDPOINT, Replies.ENDPOINT),
                        endpoints::patch)
                .resource("DELETE", one, deletes("an online endpoint"), endpoints::delete)
                .resource(
                        "POST",
                        one + "/listKeys",
                        Doc.of("The keys of an endpoint with authMode Key")
                                .gives(200, Replies.KEYS),
                        endpoints::listKeys)
                .resource(
                        "POST",
                        one + "/regenerateKeys",
                        Doc.of("Replaces a key").takes(Shapes.REGENERATE).gives(200),
                        endpoints::regenerateKeys)
                .resource(
                        "POST",
                        one + "/token",
                        Doc.of("A token for an endpoint without keys").gives(200, Replies.TOKEN),
                        endpoints::token);
    }

    private void deployments(ArmApi.Table table) {
        String all =
                WORKSPACE + "/" + OnlineEndpoints.TYPE + "/{endpoint}/" + OnlineDeployments.TYPE;
        String one = all + "/{deployment}";
        table.resource(
                        "GET",
                        all,
                        list("the deployments of an endpoint", Replies.DEPLOYMENT)
                                .query(Parameter.ORDER, Parameter.TOP, Parameter.SKIP),
                        deployments::list)
                .resource(
                        "GET",
                        one,
                        get("an online deployment", Replies.DEPLOYMENT),
                        deployments::get)
                .resource(
                        "PUT",
                        one,
                        puts("an online deployment", Shapes.DEPLOYMENT, Replies.DEPLOYMENT),
                        deployments::put)
                .resource(
                        "PATCH",
                        one,
                        changes("an online deployment", Shapes.DEPLOYMENT, Replies.DEPLOYMENT),
                        deployments::patch)
                .resource("DELETE", one, deletes("an online deployment"), deployments::delete)
                .add(
                        Route.Access.WRITE,
                        "POST",
                        one + "/restart",
                        Doc.of(
                                        "Replaces the instances of a deployment by new ones, those"
                                                + " first; Azure has no such action")
                                .gives(202, Replies.DEPLOYMENT),
                        deployments::restart)
                .resource(
                        "POST",
                        one + "/getLogs",
                        Doc.of("The last lines of an instance")
                                .takes(Shapes.LOGS)
                                .gives(200, Replies.LOGS),
                        deployments::getLogs)
                .resource(
                        "GET",
                        one + "/skus",
                        list("the sizes of a deployment", Replies.SKU)
                                .query(Parameter.COUNT, Parameter.SKIP),
                        deployments::skus);
    }

    private static void assets(ArmApi.Table table, String owner, Assets assets) {
        AssetKind kind = assets.kind();
        String all = owner + "/" + kind.type();
        String one = all + "/{name}";
        String versions = one + "/" + Assets.VERSIONS;
        String version = versions + "/{version}";
        Reply container = Replies.container(kind);
        Reply item = Replies.version(kind);
        String a = kind.word() + " version";
        table.resource(
                        "GET",
                        all,
                        list("the names of " + kind.type(), container)
                                .query(Parameter.SKIP, Parameter.COUNT, Parameter.VIEW),
                        assets::listContainers)
                .resource(
                        "GET",
                        one,
                        get(kind.word() + " container", container),
                        assets::getContainer)
                .resource(
                        "PUT",
                        one,
                        puts(kind.word() + " container", Shapes.CONTAINER, container),
                        assets::putContainer)
                .resource(
                        "DELETE", one, removes(kind.word() + " container"), assets::deleteContainer)
                .resource(
                        "GET",
                        versions,
                        list("the versions of one of " + kind.type(), item)
                                .query(
                                        Parameter.ORDER,
                                        Parameter.TOP,
                                        Parameter.SKIP,
                                        Parameter.VIEW,
                                        Parameter.text("version"),
                                        Parameter.text("tags"),
                                        Parameter.text("properties"),
                                        Parameter.text("hash"),
                                        Parameter.text("hashVersion")),
                        assets::listVersions)
                .resource(
                        "GET",
                        one + "/labels/{label}",
                        get(a + " by label", item),
                        assets::getLabel)
                .resource("GET", version, get(a, item), assets::getVersion)
                .resource(
                        "PUT",
                        version,
                        puts(a, kind.shape(), item).gives(202, item),
                        assets::putVersion)
                .resource("DELETE", version, removes(a), assets::deleteVersion)
                .resource(
                        "POST",
                        version + "/startPendingUpload",
                        Doc.of("A place for the bytes of a " + a + " that is to come")
                                .takes(Shapes.PENDING_UPLOAD)
                                .gives(200, Replies.UPLOAD),
                        assets::startPendingUpload);
        if (kind.equals(AssetKind.MODEL)) {
            table.resource(
                    "POST",
                    version + "/package",
                    Doc.refused("Model packages"),
                    call -> notOffered("Model packages"));
        } else {
            table.resource(
                    "POST",
                    version + "/publish",
                    Doc.refused("Publishing to a registry"),
                    call -> notOffered("Publishing to a registry"));
        }
    }

    private void datastores(ArmApi.Table table) {
        String all = WORKSPACE + "/" + Datastores.TYPE;
        String one = all + "/{datastore}";
        table.resource(
                        "GET",
                        all,
                        list("datastores", Replies.DATASTORE)
                                .query(
                                        Parameter.SKIP,
                                        Parameter.COUNT,
                                        Parameter.text("isDefault"),
                                        Parameter.text("names"),
                                        Parameter.text("searchText"),
                                        Parameter.text("orderBy"),
                                        new Parameter("orderByAsc", ValueType.FLAG)),
                        datastores::list)
                .resource("GET", one, get("a datastore", Replies.DATASTORE), datastores::get)
                .resource(
                        "PUT",
                        one,
                        puts("a datastore", Shapes.DATASTORE, Replies.DATASTORE)
                                .query(new Parameter("skipValidation", ValueType.FLAG)),
                        datastores::put)
                .resource("DELETE", one, removes("a datastore"), datastores::delete)
                .resource(
                        "POST",
                        one + "/listSecrets",
                        Doc.of("What opens a datastore")
                                .takes(Shapes.SECRETS)
                                .gives(200, Replies.SECRETS),
                        datastores::listSecrets);
    }

    private void computes(ArmApi.Table table) {
        table.resource(
                "GET",
                LOCATION + "vmSizes",
                list("the instance types", Replies.SIZE),
                computes::sizes);
        table.resource(
                "GET", LOCATION + "usages", Doc.refused("Quotas"), call -> notOffered("Quotas"));
        String all = WORKSPACE + "/" + Computes.TYPE;
        String one = all + "/{compute}";
        table.resource(
                        "GET",
                        all,
                        list("computes", Replies.COMPUTE).query(Parameter.SKIP),
                        computes::list)
                .resource("GET", one, one("a compute", Replies.COMPUTE), computes::get);
        String what = "Computes of one's own, which come with batch endpoints,";
        for (String method : List.of("PUT", "PATCH", "DELETE")) {
            table.resource(method, one, Doc.refused(what), call -> notOffered(what));
        }
        table.resource(
                "POST",
                one + "/{action}",
                Doc.refused("Actions on computes"),
                call -> notOffered("Actions on computes"));
    }

    private void registries(ArmApi.Table table) {
        Doc list = list("registries", Replies.REGISTRY).query(Parameter.SKIP);
        table.resource("GET", SUBSCRIPTION + REGISTRIES, list, registries::list)
                .resource("GET", GROUP + REGISTRIES, list, registries::list)
                .resource("GET", REGISTRY, get("a registry", Replies.REGISTRY), registries::get);
        for (String method : List.of("PUT", "PATCH", "DELETE")) {
            table.resource(
                    method,
                    REGISTRY,
                    Doc.refused("Registries of one's own"),
                    call -> notOffered("Registries of one's own"));
        }
        for (Assets each : shared) {
            assets(table, REGISTRY, each);
        }
        table.resource(
                        "PUT",
                        REGISTRY + "/tempdatarefs/{name}/versions/{version}",
                        Doc.of("A place for the bytes of a version that is to come")
                                .takes(Shapes.PENDING_UPLOAD)
                                .gives(200, Replies.ACCESS),
                        registries::temporaryReference)
                .resource(
                        "POST",
                        REGISTRY + "/datarefs/{name}/versions/{version}",
                        Doc.of("Access to the bytes of a version")
                                .takes(Shapes.DATA_REFERENCE)
                                .gives(200, Replies.ACCESS),
                        registries::reference)
                .resource(
                        "POST",
                        REGISTRY + "/import",
                        Doc.refused("Copies from a workspace to a registry"),
                        call -> notOffered("Copies from a workspace to a registry"))
                .add(
                        Route.Access.TOKEN,
                        "GET",
                        "/registrymanagement/v1.0/registries/{registry}/discovery",
                        Doc.of("Where a registry is").gives(200, Replies.REGISTRY_DISCOVERY),
                        registries::discovery);
    }

    private static void notOffered(ArmApi.Table table) {
        NOT_OFFERED.forEach(
                (type, name) ->
                        table.resource(
                                "*",
                                WORKSPACE + "/" + type + "/**",
                                Doc.refused(name),
                                call -> notOffered(name)));
        ELSEWHERE.forEach(
                (pattern, name) ->
                        table.add(
                                Route.Access.TOKEN,
                                "*",
                                pattern,
                                Doc.refused(name),
                                call -> notOffered(name)));
    }

    /** Better a clear no than a success that is none. */
    private static ApiResponse notOffered(String what) {
        throw new FarolException(
                ErrorCode.NOT_SUPPORTED, what + " are not offered by this version of Farol yet");
    }

    private static Doc list(String what, Reply item) {
        return Doc.of("Lists " + what).gives(200, Reply.list(item));
    }

    /** A resource without an entity tag. */
    private static Doc one(String what, Reply reply) {
        return Doc.of("Gets " + what).gives(200, reply);
    }

    private static Doc get(String what, Reply reply) {
        return one(what, reply).gives(304);
    }

    private static Doc puts(String what, Shape shape, Reply reply) {
        return Doc.of("Creates or replaces " + what)
                .takes(shape)
                .gives(200, reply)
                .gives(201, reply);
    }

    private static Doc changes(String what, Shape shape, Reply reply) {
        return Doc.of("Changes " + what).changes(shape).gives(200, reply).gives(202, reply);
    }

    /** A deletion that goes on after the answer. */
    private static Doc deletes(String what) {
        return Doc.of("Deletes " + what).gives(202, Replies.ANYTHING).gives(204);
    }

    /** A deletion that is done when it is answered. */
    private static Doc removes(String what) {
        return Doc.of("Deletes " + what).gives(200).gives(204);
    }
}
