package dev.farol.store.remote;

import dev.farol.kit.config.Secret;
import dev.farol.store.ObjectStore;
import dev.farol.store.ObjectsConfig;
import dev.farol.store.folder.FolderId;
import dev.farol.store.folder.FolderStore;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Opens object stores whose contents are elsewhere. */
public final class RemoteStores {
    private RemoteStores() {}

    /**
     * @param folder of names, blocks and copies
     */
    public static ObjectStore open(
            Path folder, ObjectsConfig.S3 config, long copies, InstantSource clock) {
        Map<String, String> settings = new HashMap<>();
        set(settings, "bucket", config.bucket());
        set(settings, "region", config.region());
        set(settings, "endpoint", config.endpoint());
        set(settings, "root", root(config.prefix()));
        set(settings, "access_key_id", config.accessKeyId());
        set(settings, "secret_access_key", revealed(config.secretAccessKey()));
        set(settings, "session_token", revealed(config.sessionToken()));
        if (config.virtualHost()) {
            settings.put("enable_virtual_host_style", "true");
        }
        if (config.accessKeyId() != null) {
            settings.put("disable_config_load", "true");
            settings.put("disable_ec2_metadata", "true");
        }
        String where = "The bucket '" + config.bucket() + "'" + at(config.endpoint());
        return open(folder, where, "s3", settings, copies, clock);
    }

    /**
     * @param folder of names, blocks and copies
     */
    public static ObjectStore open(
            Path folder, ObjectsConfig.AzureBlob config, long copies, InstantSource clock) {
        Map<String, String> settings = new HashMap<>();
        set(settings, "container", config.container());
        set(settings, "endpoint", config.endpoint());
        set(settings, "root", root(config.prefix()));
        set(settings, "account_name", config.account());
        set(settings, "account_key", revealed(config.accountKey()));
        set(settings, "sas_token", revealed(config.sasToken()));
        String where = "The container '" + config.container() + "'" + at(config.endpoint());
        return open(folder, where, "azblob", settings, copies, clock);
    }

    private static ObjectStore open(
            Path folder,
            String where,
            String service,
            Map<String, String> settings,
            long copies,
            InstantSource clock) {
        return FolderStore.open(
                folder,
                clock,
                root -> OpenDalVault.open(where, service, settings, FolderId.of(root)),
                copies);
    }

    private static void set(Map<String, String> settings, String key, @Nullable Object value) {
        if (value != null) {
            settings.put(key, value.toString());
        }
    }

    private static @Nullable String revealed(@Nullable Secret secret) {
        return secret == null ? null : secret.reveal();
    }

    private static String root(String prefix) {
        return "/" + prefix.replaceAll("^/+|/+$", "");
    }

    private static String at(@Nullable Object endpoint) {
        return endpoint == null ? "" : " at " + endpoint;
    }
}
