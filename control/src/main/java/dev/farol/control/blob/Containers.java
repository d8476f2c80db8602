package dev.farol.control.blob;

import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import dev.farol.store.ObjectStore;
import dev.farol.store.ObjectStore.ObjectInfo;
import dev.farol.store.ObjectStore.Put;
import dev.farol.wire.ApiResponse;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * The containers of the account. Those of Farol, one per workspace and one per pending upload, are
 * always there; others are made and removed by whoever may do everything.
 */
final class Containers {
    /** Holds an empty object per container that a client made; no request can name it. */
    private static final String MADE = "$containers";

    private static final Pattern OWN = Pattern.compile("(azureml-blobstore|snap)-[a-z0-9-]{1,46}");
    private static final Pattern NAME = Pattern.compile("[a-z0-9](-?[a-z0-9]){2,62}");

    private final ObjectStore objects;

    Containers(ObjectStore objects) {
        this.objects = objects;
    }

    /**
     * @throws BlobError.BlobException when there is none of this name
     */
    void require(String name) throws IOException {
        if (!OWN.matcher(name).matches()
                && (!NAME.matcher(name).matches() || objects.head(MADE, name).isEmpty())) {
            throw BlobError.container(name).thrown();
        }
    }

    ApiResponse create(BlobCall call) throws IOException {
        String name = call.container();
        if (OWN.matcher(name).matches()) {
            throw exists(name);
        }
        if (!NAME.matcher(name).matches() || name.length() > 63) {
            throw new BlobError(
                            400,
                            "InvalidResourceName",
                            "'"
                                    + name
                                    + "' is no name of a container (expected: 3 to 63 lower-case"
                                    + " letters, digits and single hyphens).")
                    .thrown();
        }
        try {
            var how = new Put(true, 0, null, call.metadata(), Map.of());
            return described(
                    ApiResponse.of(201),
                    objects.put(MADE, name, InputStream.nullInputStream(), how));
        } catch (FarolException refused) {
            throw refused.code() == ErrorCode.CONFLICT
                    ? exists(name)
                    : BlobError.of(refused).thrown();
        }
    }

    /** Removes a container that a client made, and all that is in it. */
    ApiResponse remove(BlobCall call) throws IOException {
        String name = call.container();
        if (OWN.matcher(name).matches()) {
            throw new BlobError(
                            409,
                            "OperationNotAllowed",
                            "The container '" + name + "' is Farol's own.")
                    .thrown();
        }
        // First the name, so that nothing new comes.
        objects.delete(MADE, name);
        List<ObjectInfo> blobs;
        do {
            blobs = objects.list(name, "", null, 1000);
            for (ObjectInfo blob : blobs) {
                objects.delete(name, blob.name());
            }
        } while (!blobs.isEmpty());
        return ApiResponse.of(202);
    }

    ApiResponse properties(String name) throws IOException {
        ApiResponse answer =
                ApiResponse.of(200)
                        .header("x-ms-lease-status", "unlocked")
                        .header("x-ms-lease-state", "available")
                        .header("x-ms-has-immutability-policy", "false")
                        .header("x-ms-has-legal-hold", "false");
        objects.head(MADE, name).ifPresent(made -> described(answer, made));
        return answer;
    }

    /** Containers that a client made or that hold something. */
    ApiResponse list(BlobCall call) throws IOException {
        String prefix = call.parameter("prefix");
        int max = BlobReads.maxResults(call.parameter("maxresults"));
        String after = call.parameter("marker");
        Set<String> names = new TreeSet<>(objects.containers());
        names.remove(MADE);
        List<ObjectInfo> made;
        String last = null;
        do {
            made = objects.list(MADE, "", last, 1000);
            for (ObjectInfo each : made) {
                last = each.name();
                names.add(last);
            }
        } while (!made.isEmpty());
        List<String> matching =
                names.stream()
                        .filter(name -> name.startsWith(prefix) && name.compareTo(after) > 0)
                        .toList();
        List<String> page = matching.subList(0, Math.min(max, matching.size()));
        var entries = new StringBuilder();
        for (String name : page) {
            entries.append("<Container>")
                    .append(Xml.element("Name", name))
                    .append("<Properties><LeaseStatus>unlocked</LeaseStatus>")
                    .append("<LeaseState>available</LeaseState></Properties></Container>");
        }
        boolean more = page.size() < matching.size();
        return BlobReads.xml(
                200,
                "<EnumerationResults ServiceEndpoint=\"https://"
                        + Xml.escape(call.request().host())
                        + "/\">"
                        + Xml.element("Prefix", prefix)
                        + Xml.element("Marker", after)
                        + "<Containers>"
                        + entries
                        + "</Containers>"
                        + (more ? Xml.element("NextMarker", page.getLast()) : "<NextMarker />")
                        + "</EnumerationResults>");
    }

    static ApiResponse account() {
        return ApiResponse.of(200)
                .header("x-ms-sku-name", "Standard_LRS")
                .header("x-ms-account-kind", "StorageV2")
                .header("x-ms-is-hns-enabled", "false");
    }

    static ApiResponse service() {
        return BlobReads.xml(200, "<StorageServiceProperties><Cors /></StorageServiceProperties>");
    }

    private static ApiResponse described(ApiResponse answer, ObjectInfo made) {
        answer.header("ETag", Conditions.quoted(made.etag()))
                .header("Last-Modified", BlobReads.httpDate(made.modifiedAt()));
        made.metadata().forEach((name, value) -> answer.header("x-ms-meta-" + name, value));
        return answer;
    }

    private static BlobError.BlobException exists(String name) {
        return new BlobError(
                        409,
                        "ContainerAlreadyExists",
                        "The container '" + name + "' exists already.")
                .thrown();
    }
}
