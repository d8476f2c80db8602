package dev.farol.control.identity;

import dev.farol.kit.Json;
import dev.farol.wire.ApiResponse;
import tools.jackson.databind.node.ObjectNode;

/**
 * The description of this cloud that clients fetch before anything else, and again and again:
 * {@code /metadata/endpoints}. The storage suffix makes clients build path-style blob URLs on our
 * own port (clients §1, §3).
 */
final class CloudMetadata {
    /** From this api-version on the answer is the object itself, before it is a list of one. */
    private static final String SINGLE_SINCE = "2022-09-01";

    private CloudMetadata() {}

    static ApiResponse answer(String host, String apiVersion) {
        ObjectNode cloud = describe("https://" + host);
        return ApiResponse.json(
                200,
                apiVersion.compareTo(SINGLE_SINCE) >= 0
                        ? cloud.toString()
                        : "[" + cloud.toString() + "]");
    }

    private static ObjectNode describe(String base) {
        ObjectNode cloud = Json.object();
        cloud.put("name", "Farol");
        // A portal on .com makes the SDK ask for tokens of https://ml.azure.com.
        cloud.put("portal", "https://portal.azure.com/");
        cloud.put("resourceManager", base + "/");
        ObjectNode authentication = cloud.putObject("authentication");
        authentication.put("loginEndpoint", base + "/");
        authentication.putArray("audiences").add(base).add(base + "/");
        authentication.put("tenant", "common");
        authentication.put("identityProvider", "AAD");
        for (String service :
                new String[] {
                    "graph",
                    "graphAudience",
                    "gallery",
                    "batch",
                    "media",
                    "sqlManagement",
                    "microsoftGraphResourceId",
                    "ossrdbmsResourceId",
                    "logAnalyticsResourceId",
                    "synapseAnalyticsResourceId",
                    "attestationResourceId",
                    "activeDirectoryDataLake",
                    "appInsightsResourceId",
                    "appInsightsTelemetryChannelResourceId",
                    "vmImageAliasDoc"
                }) {
            cloud.put(service, base + "/");
        }
        ObjectNode suffixes = cloud.putObject("suffixes");
        suffixes.put("storage", "core.windows.net/");
        suffixes.put("keyVaultDns", "vault.farol.local");
        suffixes.put("acrLoginServer", "registry.farol.local");
        suffixes.put("sqlServerHostname", "sql.farol.local");
        suffixes.put("mysqlServerEndpoint", "mysql.farol.local");
        suffixes.put("postgresqlServerEndpoint", "postgres.farol.local");
        suffixes.put("mariadbServerEndpoint", "mariadb.farol.local");
        suffixes.put("azureDataLakeStoreFileSystem", "datalake.farol.local");
        suffixes.put("azureDataLakeAnalyticsCatalogAndJob", "analytics.farol.local");
        suffixes.put("synapseAnalytics", "synapse.farol.local");
        suffixes.put("attestationEndpoint", "attest.farol.local");
        return cloud;
    }
}
