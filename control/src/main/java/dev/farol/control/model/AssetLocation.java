package dev.farol.control.model;

import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import dev.farol.spec.ResourceId;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where the bytes of an asset lie in the object store.
 *
 * @param path of the folder or the single object in the container, without a slash at either end;
 *     empty for the whole container
 */
public record AssetLocation(String container, String path) {
    private static final Pattern LONG_FORM =
            Pattern.compile(
                    "azureml://subscriptions/([^/]+)/resourcegroups/([^/]+)"
                            + "(?:/providers/[^/]+)?/workspaces/([^/]+)/datastores/([^/]+)/paths(?:/(.*))?",
                    Pattern.CASE_INSENSITIVE);
    private static final Pattern SHORT_FORM =
            Pattern.compile(
                    "azureml://datastores/([^/]+)/paths(?:/(.*))?", Pattern.CASE_INSENSITIVE);
    private static final Pattern BLOB_URL =
            Pattern.compile("https?://([^/]+)/+([^?#]*)(?:[?#].*)?", Pattern.CASE_INSENSITIVE);

    /**
     * Reads an asset's URI: a datastore path, or a blob URL in path style ({@code
     * https://{host}/{account}.blob.{suffix}/{container}/{path}}) or virtual-host style ({@code
     * https://{account}.blob.{suffix}/{container}/{path}}), whatever the host.
     *
     * @param workspace what a short datastore path belongs to
     * @param containerOf the container of a datastore
     * @throws FarolException {@code INVALID_ARGUMENT} when the text is none of these
     */
    public static AssetLocation of(
            String uri, ResourceId workspace, Function<ResourceId, String> containerOf) {
        Matcher full = LONG_FORM.matcher(uri);
        if (full.matches()) {
            ResourceId owner =
                    ResourceId.workspace(full.group(1), full.group(2), full.group(3))
                            .child("datastores", full.group(4));
            return new AssetLocation(containerOf.apply(owner), trimmed(full.group(5)));
        }
        Matcher brief = SHORT_FORM.matcher(uri);
        if (brief.matches()) {
            ResourceId owner = workspace.child("datastores", brief.group(1));
            return new AssetLocation(containerOf.apply(owner), trimmed(brief.group(2)));
        }
        Matcher blob = BLOB_URL.matcher(uri);
        if (blob.matches()) {
            String path = trimmed(decoded(uri, blob.group(2)));
            boolean pathStyle = path.split("/", 2)[0].contains(".blob.");
            if (pathStyle || blob.group(1).contains(".blob.")) {
                return inAccount(uri, pathStyle ? afterFirst(path) : path);
            }
        }
        throw refused(uri);
    }

    /** What the folder is called: the last segment of its path; empty for a whole container. */
    public String name() {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    private static AssetLocation inAccount(String uri, String path) {
        String container = path.split("/", 2)[0];
        if (container.isEmpty()) {
            throw refused(uri);
        }
        return new AssetLocation(container, afterFirst(path));
    }

    private static String afterFirst(String path) {
        int slash = path.indexOf('/');
        return slash < 0 ? "" : path.substring(slash + 1);
    }

    private static String trimmed(@Nullable String path) {
        return path == null ? "" : path.replaceAll("/+", "/").replaceAll("^/|/$", "");
    }

    /** Percent-decoding as URLs have it: a plus stays a plus. */
    private static String decoded(String uri, String path) {
        try {
            return URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException badEscape) {
            throw refused(uri);
        }
    }

    private static FarolException refused(String uri) {
        return new FarolException(
                ErrorCode.INVALID_ARGUMENT,
                "'"
                        + uri
                        + "' is not a place in the workspace's storage (expected:"
                        + " azureml://…/datastores/{name}/paths/{path} or a blob URL)");
    }
}
