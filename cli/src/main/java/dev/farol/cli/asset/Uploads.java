package dev.farol.cli.asset;

import dev.farol.cli.arm.Arm;
import dev.farol.cli.arm.CommandFailed;
import dev.farol.cli.arm.Connection;
import dev.farol.cli.arm.Versions;
import dev.farol.cli.doc.Tree;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Sends local files to where a version will point: in a workspace to a folder of a datastore that
 * is named by their hash, so that the same files are stored once; in a registry to the place that
 * the registry gives.
 */
final class Uploads {
    static final String DATASTORE = "workspaceblobstore";

    private final Arm arm;
    private final Scope scope;

    Uploads(Arm arm, Scope scope) {
        this.arm = arm;
        this.scope = scope;
    }

    /**
     * @param uri as versions name it
     * @param url as blob storage names it
     */
    record Place(String uri, String url) {}

    /**
     * @param version the path of the version below the scope, such as {@code /models/m/versions/1}
     * @param datastore null for the workspace's own
     */
    Place send(
            LocalFiles local,
            String version,
            @Nullable String name,
            @Nullable String number,
            @Nullable String datastore) {
        String mark = name == null ? local.name() : name;
        String markVersion = number == null ? "1" : number;
        return scope.registry() == null
                ? toDatastore(local, mark, markVersion, datastore == null ? DATASTORE : datastore)
                : toRegistry(local, version, mark, markVersion);
    }

    private Place toDatastore(LocalFiles local, String name, String version, String datastore) {
        BlobContainer container = BlobContainer.ofDatastore(arm, datastore);
        String folder = "LocalUpload/" + local.treeHash();
        container.upload(
                local, local.single() ? folder : folder + "/" + local.name(), name, version);
        String path = folder + "/" + local.name();
        return new Place(
                datastoreUri(arm.connection(), datastore, path), container.url() + "/" + path);
    }

    private Place toRegistry(LocalFiles local, String version, String name, String number) {
        Object pending =
                arm.post(
                                scope.path() + version + "/startPendingUpload",
                                Versions.REGISTRY_ASSET,
                                Tree.of("pendingUploadType", "TemporaryBlobReference"))
                        .body();
        BlobContainer container = BlobContainer.pending(arm, pending);
        String folder = local.single() ? local.treeHash() : local.name();
        container.upload(local, folder, name, number);
        String path = local.single() ? folder + "/" + local.name() : folder;
        return new Place(container.url() + "/" + path, container.url() + "/" + path);
    }

    private static String datastoreUri(Connection where, String datastore, String path) {
        return "azureml://subscriptions/"
                + where.subscription()
                + "/resourcegroups/"
                + where.resourceGroup()
                + "/workspaces/"
                + where.workspace()
                + "/datastores/"
                + datastore
                + "/paths/"
                + path;
    }

    /** The long form of {@code azureml://datastores/…}, which is short for this workspace's. */
    static String whole(Connection where, String uri) {
        String start = "azureml://datastores/";
        if (!uri.startsWith(start)) {
            return uri;
        }
        int slash = uri.indexOf('/', start.length());
        if (slash < 0 || !uri.startsWith("/paths/", slash)) {
            throw CommandFailed.failed("'" + uri + "' names no path in a datastore");
        }
        return datastoreUri(
                where,
                uri.substring(start.length(), slash),
                uri.substring(slash + "/paths/".length()));
    }

    static String encoded(String path) {
        var encoded = new StringBuilder();
        for (String segment : path.split("/", -1)) {
            encoded.append(encoded.isEmpty() ? "" : "/")
                    .append(URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20"));
        }
        return encoded.toString();
    }
}
