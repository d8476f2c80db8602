package dev.farol.cli.arm;

/** The api-versions that Azure's own client sends with each group of calls (contracts §1.1). */
public final class Versions {
    public static final String WORKSPACE = "2024-10-01-preview";
    public static final String ENDPOINT = "2022-02-01-preview";
    public static final String DEPLOYMENT = "2023-04-01-preview";
    public static final String CODE = "2023-04-01";
    public static final String MODEL = "2023-08-01-preview";
    public static final String ENVIRONMENT = "2023-04-01-preview";
    public static final String DATASTORE = "2024-07-01-preview";

    public static final String DATA = "2023-04-01-preview";
    public static final String COMPONENT = "2024-01-01-preview";
    public static final String COMPUTE = "2023-08-01-preview";
    public static final String REGISTRY = "2022-10-01-preview";
    public static final String REGISTRY_ASSET = "2021-10-01-dataplanepreview";

    public static final String ROLE = "2022-04-01";

    private Versions() {}
}
