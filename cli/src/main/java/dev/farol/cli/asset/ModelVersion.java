package dev.farol.cli.asset;

import dev.farol.cli.arm.Arm;
import dev.farol.cli.arm.CommandFailed;
import dev.farol.cli.arm.Connection;
import dev.farol.cli.arm.Versions;
import dev.farol.cli.doc.JsonText;
import dev.farol.cli.doc.Tree;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes a model version of a checked definition: its files go to the workspace's own datastore, to
 * a folder named by their hash, so that the same files are stored once.
 */
public final class ModelVersion {
    private static final String DATASTORE = "workspaceblobstore";

    private final Arm arm;

    public ModelVersion(Arm arm) {
        this.arm = arm;
    }

    /** The version as the service answers it. A model without a name is named by its content. */
    public @Nullable Object create(Object definition) {
        Object path = Tree.at(definition, "path");
        LocalFiles local = path instanceof Path files ? LocalFiles.of(files) : null;
        String hash = local == null ? LocalFiles.sha256(String.valueOf(path)) : local.hash();
        String given = Tree.text(definition, "name");
        String name = given == null ? anonymous(definition, local, hash) : given;
        String newest = Assets.newest(arm, "/models/" + name, Versions.MODEL);
        String version = version(definition, given, newest);
        String target = "/models/" + name + "/versions/" + version;
        if (given == null && newest != null) {
            return arm.get(target, Versions.MODEL).body();
        }
        String uri = local == null ? String.valueOf(path) : upload(local, hash, name, version);
        Map<String, @Nullable Object> body = Tree.of("properties", properties(definition, uri));
        return arm.put(target, Versions.MODEL, body).body();
    }

    private static String version(
            Object definition, @Nullable String given, @Nullable String newest) {
        String wanted = Tree.text(definition, "version");
        return given == null ? "1" : wanted == null ? Assets.next(newest) : wanted;
    }

    private static String anonymous(Object definition, @Nullable LocalFiles local, String hash) {
        Map<String, @Nullable Object> identity =
                Tree.of("files", hash, "root", local == null ? "" : local.name());
        for (String key : new String[] {"type", "description", "tags", "properties", "flavors"}) {
            identity.put(key, Tree.at(definition, key));
        }
        return LocalFiles.sha256(JsonText.compact(Tree.sorted(identity)));
    }

    private static Map<String, @Nullable Object> properties(Object definition, String uri) {
        Map<String, @Nullable Object> properties =
                Tree.of(
                        "properties",
                        Tree.map(definition, "properties"),
                        "tags",
                        Tree.map(definition, "tags"),
                        "isAnonymous",
                        Tree.text(definition, "name") == null,
                        "isArchived",
                        false,
                        "modelType",
                        Tree.textOr(definition, "type", "custom_model"),
                        "modelUri",
                        uri);
        copy(definition, "description", properties, "description");
        copy(definition, "stage", properties, "stage");
        copy(definition, "job_name", properties, "jobName");
        if (Tree.at(definition, "flavors") instanceof Map<?, ?> flavors) {
            Map<String, @Nullable Object> data = Tree.of();
            flavors.forEach((name, flavor) -> data.put(name.toString(), Tree.of("data", flavor)));
            properties.put("flavors", data);
        }
        return properties;
    }

    static void copy(Object from, String key, Map<String, @Nullable Object> to, String target) {
        Object value = Tree.at(from, key);
        if (value != null) {
            to.put(target, value);
        }
    }

    private String upload(LocalFiles local, String hash, String name, String version) {
        String folder = "LocalUpload/" + hash;
        BlobContainer container = container();
        container.upload(
                local, local.single() ? folder : folder + "/" + local.name(), name, version);
        Connection where = arm.connection();
        return "azureml://subscriptions/"
                + where.subscription()
                + "/resourcegroups/"
                + where.resourceGroup()
                + "/workspaces/"
                + where.workspace()
                + "/datastores/"
                + DATASTORE
                + "/paths/"
                + folder
                + "/"
                + local.name();
    }

    private BlobContainer container() {
        Object store = arm.get("/datastores/" + DATASTORE, Versions.DATASTORE).body();
        Object secrets =
                arm.post(
                                "/datastores/" + DATASTORE + "/listSecrets",
                                Versions.DATASTORE,
                                Tree.of("expirableSecret", true, "expireAfterHours", 1))
                        .body();
        String account = Tree.text(store, "properties", "accountName");
        String container = Tree.text(store, "properties", "containerName");
        if (account == null || container == null) {
            throw CommandFailed.failed("The datastore " + DATASTORE + " is no blob container.");
        }
        String scheme = arm.connection().arm().replaceAll("://.*", "");
        String sas = Tree.text(secrets, "sasToken");
        if (sas == null && Tree.text(secrets, "key") != null) {
            throw CommandFailed.failed(
                    "The datastore " + DATASTORE + " hands out an account key (expected: a SAS).");
        }
        return new BlobContainer(
                arm,
                scheme + "://" + account + ".blob.core.windows.net/" + container,
                sas == null ? null : sas.replaceFirst("^\\?", ""));
    }
}
