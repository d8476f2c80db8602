package dev.farol.cli.yaml;

import dev.farol.spec.NameRule;

/**
 * Definitions of what is not offered yet: they are checked all the same, so that a mistake is told
 * before the answer that it comes later.
 */
public final class LaterSchemas {
    private static final Type.Whole COUNT = new Type.Whole(1, 100_000);

    public static final Schema BATCH_ENDPOINT =
            Schema.named("batchEndpoint")
                    .key("$schema", Type.NAME)
                    .required("name", new Type.Text(NameRule.ENDPOINT))
                    .key("description", Type.NAME)
                    .key("tags", new Type.Texts())
                    .key("properties", new Type.Texts())
                    .key("auth_mode", Type.Choice.of("aad_token", "AADToken"))
                    .key("identity", new Type.Section(Schemas.identity()))
                    .key("defaults", new Type.Section(defaults()))
                    .printed("location", "scoring_uri", "openapi_uri", "provisioning_state")
                    .printed("kind", "id", "type", "resourceGroup", "creation_context")
                    .build();

    public static final Schema BATCH_DEPLOYMENT = batchDeployment();

    public static final Schema SERVERLESS_ENDPOINT =
            Schema.named("serverlessEndpoint")
                    .key("$schema", Type.NAME)
                    .required("name", new Type.Text(NameRule.ENDPOINT))
                    .required("model_id", Type.NAME)
                    .key("auth_mode", Type.Choice.of("key", "Key", "aad", "AAD"))
                    .key("description", Type.NAME)
                    .key("display_name", Type.NAME)
                    .key("tags", new Type.Texts())
                    .key("properties", new Type.Texts())
                    .printed("location", "scoring_uri", "provisioning_state", "id", "offer")
                    .printed("headers", "system_data", "creation_context", "resourceGroup")
                    .build();

    public static final Schema MARKETPLACE_SUBSCRIPTION =
            Schema.named("marketplaceSubscription")
                    .key("$schema", Type.NAME)
                    .required("name", Type.NAME)
                    .required("model_id", Type.NAME)
                    .printed("marketplace_plan", "status", "provisioning_state", "id")
                    .build();

    public static final Schema MODEL_PACKAGE = modelPackage();

    private LaterSchemas() {}

    private static Schema defaults() {
        return Schema.section().key("deployment_name", Type.NAME).build();
    }

    private static Schema.Builder settings(Schema.Builder builder) {
        Schema retries =
                Schema.section()
                        .key("max_retries", new Type.Whole(0, 1000))
                        .key("timeout", new Type.Whole(1, 864_000))
                        .build();
        return builder.key("max_concurrency_per_instance", COUNT)
                .key("error_threshold", new Type.Whole(-1, Integer.MAX_VALUE))
                .key(
                        "logging_level",
                        Type.Choice.of("info", "Info", "warning", "Warning", "debug", "Debug"))
                .key("mini_batch_size", new Type.Whole(1, Long.MAX_VALUE))
                .key("retry_settings", new Type.Section(retries))
                .key(
                        "output_action",
                        Type.Choice.of("append_row", "AppendRow", "summary_only", "SummaryOnly"))
                .key("output_file_name", Type.NAME)
                .key("environment_variables", new Type.Texts());
    }

    private static Schema batchDeployment() {
        Schema resources =
                Schema.section()
                        .key("instance_count", COUNT)
                        .key("max_instance_count", COUNT)
                        .key("instance_type", Type.NAME)
                        .key("properties", new Type.Free())
                        .build();
        Schema.Builder nested =
                settings(Schema.section())
                        .key("default_compute", Type.NAME)
                        .key("default_datastore", Type.NAME)
                        .key("continue_on_step_failure", new Type.Flag())
                        .key("continue_run_on_step_failure", new Type.Flag())
                        .key("force_rerun", new Type.Flag());
        return settings(
                        Schema.named("batchDeployment")
                                .key("$schema", Type.NAME)
                                .required("name", new Type.Text(NameRule.DEPLOYMENT))
                                .required("endpoint_name", new Type.Text(NameRule.ENDPOINT))
                                .key(
                                        "type",
                                        Type.Choice.of("model", "model", "pipeline", "pipeline"))
                                .key("description", Type.NAME)
                                .key("tags", new Type.Texts())
                                .key("properties", new Type.Texts())
                                .key("model", new Type.Asset("model", Schemas.INLINE_MODEL))
                                .key("code_configuration", new Type.Section(Schemas.code()))
                                .key(
                                        "environment",
                                        new Type.Asset("environment", Schemas.INLINE_ENVIRONMENT))
                                .key("compute", Type.NAME)
                                .key("resources", new Type.Section(resources))
                                .key("settings", new Type.Section(nested.build()))
                                .key("component", new Type.Free())
                                .key("job_definition", new Type.Free()))
                .printed("location", "provisioning_state", "id", "resourceGroup")
                .printed("creation_context")
                .build();
    }

    private static Schema modelPackage() {
        Schema server =
                Schema.section()
                        .required(
                                "type",
                                Type.Choice.of(
                                        "azureml_online",
                                        "AzureMLOnline",
                                        "azureml_batch",
                                        "AzureMLBatch",
                                        "triton",
                                        "Triton",
                                        "custom",
                                        "Custom"))
                        .key("code_configuration", new Type.Section(Schemas.code()))
                        .key("inference_configuration", new Type.Free())
                        .build();
        return Schema.named("modelPackage")
                .key("$schema", Type.NAME)
                .required("target_environment", new Type.Free())
                .required("inferencing_server", new Type.Section(server))
                .key("base_environment_source", new Type.Free())
                .key("model_configuration", new Type.Free())
                .key("inputs", new Type.Free())
                .key("environment_variables", new Type.Texts())
                .key("tags", new Type.Texts())
                .build();
    }
}
