package dev.farol.cli.verb;

import dev.farol.cli.doc.Tree;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A datastore between YAML and the wire; secrets go one way unless they are asked for. */
final class DatastoreBody {
    private static final Map<String, String> TYPES =
            Map.of(
                    "azureblob", "azure_blob",
                    "azurefile", "azure_file",
                    "azuredatalakegen1", "azure_data_lake_gen1",
                    "azuredatalakegen2", "azure_data_lake_gen2");

    /** Names in YAML and on the wire, one after the other. */
    private static final List<String> PLACES =
            List.of(
                    "account_name", "accountName",
                    "container_name", "containerName",
                    "file_share_name", "fileShareName",
                    "filesystem", "filesystem",
                    "store_name", "storeName",
                    "endpoint", "endpoint",
                    "protocol", "protocol",
                    "description", "description",
                    "tags", "tags",
                    "properties", "properties");

    private static final List<String> IDENTITY =
            List.of(
                    "tenant_id", "tenantId",
                    "client_id", "clientId",
                    "authority_url", "authorityUrl",
                    "resource_url", "resourceUrl",
                    "thumbprint", "thumbprint");

    private DatastoreBody() {}

    static Map<String, @Nullable Object> of(Map<String, @Nullable Object> values) {
        Map<String, @Nullable Object> properties =
                Tree.of("datastoreType", values.get("type"), "credentials", credentials(values));
        copy(values, PLACES, properties, 0, 1);
        return Tree.of("properties", properties);
    }

    private static Map<String, @Nullable Object> credentials(Map<String, @Nullable Object> values) {
        Object given = values.get("credentials");
        String key = Tree.text(given, "account_key");
        String sas = Tree.text(given, "sas_token");
        String secret = Tree.text(given, "client_secret");
        String certificate = Tree.text(given, "certificate");
        Map<String, @Nullable Object> credentials;
        if (key != null) {
            credentials = secret("AccountKey", "key", key);
        } else if (sas != null) {
            credentials = secret("Sas", "sasToken", sas);
        } else if (secret != null) {
            credentials = secret("ServicePrincipal", "clientSecret", secret);
        } else if (certificate != null) {
            credentials = secret("Certificate", "certificate", certificate);
        } else {
            return Tree.of("credentialsType", "None");
        }
        copy(given, IDENTITY, credentials, 0, 1);
        return credentials;
    }

    private static Map<String, @Nullable Object> secret(String type, String name, String value) {
        return Tree.of(
                "credentialsType", type, "secrets", Tree.of("secretsType", type, name, value));
    }

    private static void copy(
            @Nullable Object from,
            List<String> names,
            Map<String, @Nullable Object> to,
            int source,
            int target) {
        for (int i = 0; i < names.size(); i += 2) {
            Object value = Tree.at(from, names.get(i + source));
            if (value != null) {
                to.put(names.get(i + target), value);
            }
        }
    }

    /**
     * @param secrets what {@code listSecrets} answered, or null to show none
     */
    static Map<String, @Nullable Object> view(@Nullable Object resource, @Nullable Object secrets) {
        Object properties = Tree.at(resource, "properties");
        var view = new View(resource);
        String type = Tree.textOr(properties, "datastoreType", "");
        view.put("type", TYPES.getOrDefault(type.toLowerCase(java.util.Locale.ROOT), type));
        copy(properties, PLACES, view.fields(), 1, 0);
        view.put("is_default", Tree.at(properties, "isDefault"));
        Map<String, @Nullable Object> credentials = Tree.of();
        copy(Tree.at(properties, "credentials"), IDENTITY, credentials, 1, 0);
        copy(
                secrets,
                List.of(
                        "account_key", "key",
                        "sas_token", "sasToken",
                        "client_secret", "clientSecret",
                        "certificate", "certificate"),
                credentials,
                1,
                0);
        view.put("credentials", credentials);
        return view.fields();
    }
}
