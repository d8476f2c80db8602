package dev.farol.app;

import java.net.URI;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The variables that point unmodified Azure clients at this Farol; those without a value must not
 * be there, because a client would take what they say before it asks us.
 */
final class ClientEnvironment {
    /**
     * Stale ones of other places to get tokens from. The first that is complete wins, and fails.
     */
    private static final List<String> MISLEADING =
            List.of(
                    "MSI_ENDPOINT",
                    "MSI_SECRET",
                    "IMDS_ENDPOINT",
                    "IDENTITY_SERVER_THUMBPRINT",
                    "AZURE_POD_IDENTITY_AUTHORITY_HOST",
                    "AZURE_CLIENT_ID",
                    "AZURE_CLIENT_SECRET",
                    "AZURE_CLIENT_CERTIFICATE_PATH",
                    "AZURE_TENANT_ID",
                    "AZURE_USERNAME",
                    "AZURE_PASSWORD",
                    "AZURE_FEDERATED_TOKEN_FILE",
                    "AZURE_AUTHORITY_HOST");

    private ClientEnvironment() {}

    /**
     * @param secret what the managed-identity endpoint asks for
     * @param before the variables as the user set them
     */
    static Map<String, @Nullable String> of(
            Home home,
            RunRecord record,
            String secret,
            ClientTrust trust,
            Map<String, String> before) {
        Map<String, @Nullable String> variables = new LinkedHashMap<>();
        String arm = record.arm();
        variables.put("FAROL_HOME", home.folder().toString());
        variables.put("ARM_CLOUD_METADATA_URL", arm + "/metadata/endpoints?api-version=2019-05-01");
        // Without it a client that cannot reach us would turn to the public cloud.
        variables.put("AZUREML_CURRENT_CLOUD", "Farol");
        variables.put("REQUESTS_CA_BUNDLE", trust.bundle().toString());
        variables.put("SSL_CERT_FILE", trust.bundle().toString());
        if (before.containsKey("CURL_CA_BUNDLE")) {
            variables.put("CURL_CA_BUNDLE", trust.bundle().toString());
        }
        variables.put("NODE_EXTRA_CA_CERTS", trust.authority().toString());
        variables.put("IDENTITY_ENDPOINT", arm + "/msi/token");
        variables.put("IDENTITY_HEADER", secret);
        variables.put("AZURE_TOKEN_CREDENTIALS", "prod");
        variables.put("REGISTRY_DISCOVERY_ENDPOINT_URL", arm + "/");
        variables.put("AZURE_CONFIG_DIR", azureFolder(home).toString());
        variables.put("AZUREML_RUN_POLLING_INTERVAL_MIN", "1");
        variables.put("AZUREML_RUN_POLLING_INTERVAL_MAX", "2");
        for (String name : List.of("NO_PROXY", "no_proxy")) {
            variables.put(name, notProxied(URI.create(arm).getHost(), before.get(name)));
        }
        for (String name : MISLEADING) {
            variables.put(name, null);
        }
        return variables;
    }

    /** Where az keeps its profile while it talks to this Farol. */
    static Path azureFolder(Home home) {
        return home.folder().resolve("azure");
    }

    private static String notProxied(String host, @Nullable String own) {
        var hosts = new LinkedHashSet<>(List.of("127.0.0.1", "localhost", "::1"));
        hosts.add(host.replaceAll("[\\[\\]]", ""));
        if (own != null && !own.isBlank()) {
            hosts.addAll(List.of(own.split(",")));
        }
        return String.join(",", hosts);
    }
}
