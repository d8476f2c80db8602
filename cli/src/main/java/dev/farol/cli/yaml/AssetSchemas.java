package dev.farol.cli.yaml;

import dev.farol.spec.NameRule;

/** The definitions of what a workspace holds beside models and environments, as tables. */
public final class AssetSchemas {
    private static final String ONE_MACHINE = "has no meaning on one's own machines";

    public static final Schema DATA =
            Schemas.asset("data")
                    .required("name", new Type.Text(NameRule.ASSET))
                    .key(
                            "type",
                            Type.Choice.of(
                                    "uri_folder",
                                    "uri_folder",
                                    "uri_file",
                                    "uri_file",
                                    "mltable",
                                    "mltable"))
                    .required("path", new Type.Source())
                    .key("datastore", Type.NAME)
                    .refused(
                            "auto_delete_setting",
                            "nothing is deleted by itself",
                            "farol data archive")
                    .build();

    public static final Schema COMPONENT = component();

    public static final Schema DATASTORE = datastore();

    public static final Schema WORKSPACE =
            Schema.named("workspace")
                    .key("$schema", Type.NAME)
                    .required("name", new Type.Text(NameRule.WORKSPACE))
                    .key("location", Type.NAME)
                    .key("resource_group", Type.NAME)
                    .key("description", Type.NAME)
                    .key("display_name", Type.NAME)
                    .key("tags", new Type.Texts())
                    .key("hbi_workspace", new Type.Flag())
                    .key("public_network_access", Type.ENABLED)
                    .key("storage_account", Type.NAME)
                    .key("container_registry", Type.NAME)
                    .key("key_vault", Type.NAME)
                    .key("application_insights", Type.NAME)
                    .key("image_build_compute", Type.NAME)
                    .key("primary_user_assigned_identity", Type.NAME)
                    .key("identity", new Type.Section(Schemas.identity()))
                    .refused("customer_managed_key", ONE_MACHINE, "an encrypted disk")
                    .refused("managed_network", ONE_MACHINE, "leave it out")
                    .refused("network_acls", ONE_MACHINE, "leave it out")
                    .refused("serverless_compute", ONE_MACHINE, "leave it out")
                    .refused("workspace_hub", "hubs are not offered", "leave it out")
                    .printed("id", "resourceGroup", "discovery_url", "mlflow_tracking_uri")
                    .printed("workspace_id", "provisioning_state", "creation_context", "kind")
                    .build();

    private AssetSchemas() {}

    private static Schema component() {
        Schema input =
                Schema.section()
                        .required("type", Type.NAME)
                        .key("description", Type.NAME)
                        .key("default", new Type.Free())
                        .key("optional", new Type.Flag())
                        .key("min", new Type.Free())
                        .key("max", new Type.Free())
                        .key("enum", new Type.Free())
                        .key("mode", Type.NAME)
                        .key("path", Type.NAME)
                        .build();
        Schema output =
                Schema.section()
                        .required("type", Type.NAME)
                        .key("description", Type.NAME)
                        .key("mode", Type.NAME)
                        .key("path", Type.NAME)
                        .key("early_available", new Type.Flag())
                        .build();
        String later = "come with jobs, which are not offered yet";
        return Schemas.asset("component")
                .required("name", new Type.Text(NameRule.ASSET))
                .key(
                        "type",
                        Type.Choice.of("command", "command")
                                .without("pipeline", "pipeline components " + later))
                .key("display_name", Type.NAME)
                .required("command", Type.NAME)
                .key("code", new Type.Folder("code"))
                .required("environment", new Type.Asset("environment", Schemas.INLINE_ENVIRONMENT))
                .key("inputs", new Type.Named(input))
                .key("outputs", new Type.Named(output))
                .key("is_deterministic", new Type.Flag())
                .key("distribution", new Type.Free())
                .key("resources", new Type.Free())
                .key("limits", new Type.Free())
                .key("environment_variables", new Type.Texts())
                .key("additional_includes", new Type.Free())
                .build();
    }

    private static Schema datastore() {
        Schema credentials =
                Schema.section()
                        .key("account_key", Type.NAME)
                        .key("sas_token", Type.NAME)
                        .key("tenant_id", Type.NAME)
                        .key("client_id", Type.NAME)
                        .key("client_secret", Type.NAME)
                        .key("authority_url", Type.NAME)
                        .key("resource_url", Type.NAME)
                        .key("certificate", Type.NAME)
                        .key("thumbprint", Type.NAME)
                        .build();
        return Schema.named("datastore")
                .key("$schema", Type.NAME)
                .required("name", Type.NAME)
                .required(
                        "type",
                        Type.Choice.of(
                                        "azure_blob",
                                        "AzureBlob",
                                        "azure_file",
                                        "AzureFile",
                                        "azure_data_lake_gen2",
                                        "AzureDataLakeGen2",
                                        "azure_data_lake_gen1",
                                        "AzureDataLakeGen1")
                                .without("one_lake", "OneLake is not offered"))
                .key("description", Type.NAME)
                .key("tags", new Type.Texts())
                .key("properties", new Type.Texts())
                .key("account_name", Type.NAME)
                .key("container_name", Type.NAME)
                .key("file_share_name", Type.NAME)
                .key("filesystem", Type.NAME)
                .key("store_name", Type.NAME)
                .key("endpoint", Type.NAME)
                .key("protocol", Type.Choice.of("https", "https", "http", "http"))
                .key("credentials", new Type.Section(credentials))
                .printed("id", "resourceGroup", "creation_context", "is_default")
                .build();
    }
}
