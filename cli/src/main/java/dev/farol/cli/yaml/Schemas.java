package dev.farol.cli.yaml;

import dev.farol.spec.NameRule;

/** The definitions that {@code az ml} reads, as tables (contracts §3). */
public final class Schemas {
    private static final String MANAGED_ONLY =
            "Kubernetes compute is not offered: Farol runs managed deployments";

    public static final Schema MODEL = model("model").required("path", new Type.Source()).build();

    static final Schema INLINE_MODEL = model("").required("path", new Type.Source()).build();

    public static final Schema ENVIRONMENT = environment("environment");

    static final Schema INLINE_ENVIRONMENT = environment("");

    public static final Schema ENDPOINT =
            Schema.named("managedOnlineEndpoint")
                    .key("$schema", Type.NAME)
                    .required("name", new Type.Text(NameRule.ENDPOINT))
                    .key("description", Type.NAME)
                    .key("tags", new Type.Texts())
                    .key("properties", new Type.Texts())
                    .key(
                            "auth_mode",
                            Type.Choice.of(
                                    "key", "Key", "aml_token", "AMLToken", "aad_token", "AADToken"))
                    .key("identity", new Type.Section(identity()))
                    .key("public_network_access", Type.ENABLED)
                    .key("traffic", new Type.Shares(100))
                    .key("mirror_traffic", new Type.Shares(50))
                    .refused("compute", MANAGED_ONLY, "leave compute out")
                    .printed("location", "scoring_uri", "openapi_uri", "provisioning_state")
                    .printed("kind", "id", "type", "resourceGroup", "creation_context")
                    .build();

    public static final Schema DEPLOYMENT =
            Schema.named("managedOnlineDeployment")
                    .key("$schema", Type.NAME)
                    .required("name", new Type.Text(NameRule.DEPLOYMENT))
                    .required("endpoint_name", new Type.Text(NameRule.ENDPOINT))
                    .key(
                            "type",
                            Type.Choice.of("managed", "Managed")
                                    .without("kubernetes", MANAGED_ONLY))
                    .key("description", Type.NAME)
                    .key("tags", new Type.Texts())
                    .key("properties", new Type.Texts())
                    .key("model", new Type.Asset("model", INLINE_MODEL))
                    .key("model_mount_path", Type.NAME)
                    .key("code_configuration", new Type.Section(code()))
                    .key("environment", new Type.Asset("environment", INLINE_ENVIRONMENT))
                    .key("environment_variables", new Type.Texts())
                    .required("instance_type", Type.NAME)
                    .required("instance_count", new Type.Whole(1, 1000))
                    .key("app_insights_enabled", new Type.Flag())
                    .key("scale_settings", new Type.Section(scale()))
                    .key("request_settings", new Type.Section(request()))
                    .key("liveness_probe", new Type.Section(probe(1)))
                    .key("readiness_probe", new Type.Section(probe(1_000)))
                    .key("egress_public_network_access", Type.ENABLED)
                    .key("data_collector", new Type.Free())
                    .refused("resources", MANAGED_ONLY, "instance_type")
                    .refused(
                            "with_package",
                            "model packages are not offered yet",
                            "model, code_configuration and environment")
                    .printed("location", "provisioning_state", "id", "resourceGroup")
                    .printed("private_network_connection", "creation_context", "kind")
                    .printed("scoring_uri")
                    .build();

    private Schemas() {}

    static Schema.Builder asset(String kind) {
        return Schema.named(kind)
                .key("$schema", Type.NAME)
                .key("name", new Type.Text(NameRule.ASSET))
                .key("version", Type.NAME)
                .key("description", Type.NAME)
                .key("tags", new Type.Texts())
                .key("properties", new Type.Texts())
                .printed("id", "creation_context", "resourceGroup", "latest_version");
    }

    private static Schema.Builder model(String kind) {
        return asset(kind)
                .key(
                        "type",
                        Type.Choice.of(
                                "custom_model",
                                "custom_model",
                                "mlflow_model",
                                "mlflow_model",
                                "triton_model",
                                "triton_model"))
                .key("stage", Type.NAME)
                .key("flavors", new Type.Free())
                .key("job_name", Type.NAME)
                .key("datastore", Type.NAME);
    }

    private static Schema environment(String kind) {
        Schema context =
                Schema.section()
                        .required("path", new Type.Context())
                        .key("dockerfile_path", Type.NAME)
                        .build();
        return asset(kind)
                .key("image", Type.NAME)
                .key("build", new Type.Section(context))
                .key("conda_file", new Type.Conda())
                .key("inference_config", new Type.Section(inference()))
                .key("os_type", Type.Choice.of("linux", "Linux"))
                .key("datastore", Type.NAME)
                .build();
    }

    private static Schema inference() {
        Schema route =
                Schema.section()
                        .required("path", Type.NAME)
                        .required("port", new Type.Whole(1, 65_535))
                        .build();
        return Schema.section()
                .required("liveness_route", new Type.Section(route))
                .required("readiness_route", new Type.Section(route))
                .required("scoring_route", new Type.Section(route))
                .build();
    }

    static Schema identity() {
        Schema assigned =
                Schema.section()
                        .required("resource_id", Type.NAME)
                        .printed("principal_id", "client_id")
                        .build();
        return Schema.section()
                .required(
                        "type",
                        Type.Choice.of(
                                "system_assigned",
                                "SystemAssigned",
                                "user_assigned",
                                "UserAssigned",
                                "system_assigned,user_assigned",
                                "SystemAssigned,UserAssigned",
                                "none",
                                "None"))
                .key("user_assigned_identities", new Type.Each(assigned))
                .printed("principal_id", "tenant_id")
                .build();
    }

    static Schema code() {
        return Schema.section()
                .required("code", new Type.Folder("code"))
                .required("scoring_script", Type.NAME)
                .build();
    }

    private static Schema scale() {
        return Schema.section()
                .key(
                        "type",
                        Type.Choice.of(
                                "default", "Default", "target_utilization", "TargetUtilization"))
                .key("min_instances", new Type.Whole(0, 1000))
                .key("max_instances", new Type.Whole(1, 1000))
                .key("target_utilization_percentage", new Type.Whole(1, 100))
                .key("polling_interval", new Type.Whole(1, 3600))
                .build();
    }

    private static Schema request() {
        return Schema.section()
                .key("request_timeout_ms", new Type.Whole(1, 180_000))
                .key("max_concurrent_requests_per_instance", new Type.Whole(1, 100_000))
                .key("max_queue_wait_ms", new Type.Whole(0, 180_000))
                .build();
    }

    private static Schema probe(int maxSuccesses) {
        Type.Whole seconds = new Type.Whole(1, 86_400);
        return Schema.section()
                .key("initial_delay", seconds)
                .key("period", seconds)
                .key("timeout", seconds)
                .key("success_threshold", new Type.Whole(1, maxSuccesses))
                .key("failure_threshold", new Type.Whole(1, 100_000))
                .build();
    }
}
