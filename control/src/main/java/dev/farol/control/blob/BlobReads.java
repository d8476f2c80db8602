package dev.farol.control.blob;

import dev.farol.store.ObjectStore;
import dev.farol.store.ObjectStore.Block;
import dev.farol.store.ObjectStore.ObjectInfo;
import dev.farol.wire.ApiResponse;
import dev.farol.wire.Headers;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Get, properties, list. */
final class BlobReads {
    private static final int MAX_RESULTS = 5000;
    private static final int MAX_MD5_RANGE = 4 * 1024 * 1024;
    private static final Map<String, String> OVERRIDES =
            Map.of(
                    "rscc", "Cache-Control",
                    "rscd", "Content-Disposition",
                    "rsce", "Content-Encoding",
                    "rscl", "Content-Language",
                    "rsct", "Content-Type");

    private final ObjectStore objects;

    BlobReads(ObjectStore objects) {
        this.objects = objects;
    }

    /** The whole blob or a range of it, streamed. */
    ApiResponse get(BlobCall call) throws IOException {
        ObjectInfo blob = find(call);
        Conditions.beforeRead(call.headers(), blob);
        Optional<ByteRange> range = ByteRange.of(call.headers(), blob.size());
        long first = range.map(ByteRange::first).orElse(0L);
        long length = range.map(ByteRange::length).orElse(blob.size());
        ApiResponse answer = ApiResponse.of(range.isPresent() ? 206 : 200);
        describe(answer, blob, range.isPresent());
        override(answer, call);
        boolean md5 = call.headers().first("x-ms-range-get-content-md5").isPresent();
        ApiResponse.Body body;
        if (md5 && range.isPresent() && length <= MAX_MD5_RANGE) {
            try (InputStream part = objects.read(blob, first, length)) {
                byte[] bytes = part.readAllBytes();
                answer.header(
                        "Content-MD5", Base64.getEncoder().encodeToString(BlobWrites.md5Of(bytes)));
                body = new ApiResponse.Bytes(bytes);
            }
        } else {
            body = new ApiResponse.Streamed(objects.read(blob, first, length), length);
        }
        answer = new ApiResponse(answer.status(), answer.headers(), body);
        ApiResponse whole = answer;
        range.ifPresent(
                part ->
                        whole.header(
                                "Content-Range",
                                "bytes " + part.first() + "-" + part.last() + "/" + blob.size()));
        return answer;
    }

    /** The headers of a get; for a HEAD the server tells the length and sends no body. */
    ApiResponse head(BlobCall call) throws IOException {
        ObjectInfo blob = find(call);
        Conditions.beforeRead(call.headers(), blob);
        ApiResponse.Body nothing =
                call.request().method().equals("HEAD")
                        ? new ApiResponse.Streamed(InputStream.nullInputStream(), blob.size())
                        : new ApiResponse.Bytes(new byte[0]);
        var answer = new ApiResponse(200, ApiResponse.of(200).headers(), nothing);
        describe(answer, blob, false);
        override(answer, call);
        return answer;
    }

    /** Blobs and, with a delimiter, the folders among them, in the order of their names. */
    ApiResponse list(BlobCall call) throws IOException {
        String prefix = call.parameter("prefix");
        String delimiter = call.parameter("delimiter");
        boolean metadata = List.of(call.parameter("include").split(",")).contains("metadata");
        int max = maxResults(call.parameter("maxresults"));
        Marker marker = Marker.parse(call.parameter("marker"));
        String after = marker == null ? null : marker.name();
        String folder = marker != null && marker.folder() ? marker.name() : null;
        var entries = new StringBuilder();
        int count = 0;
        @Nullable Marker last = null;
        @Nullable Marker next = null;
        paging:
        while (true) {
            List<ObjectInfo> read = objects.list(call.container(), prefix, after, MAX_RESULTS);
            for (ObjectInfo blob : read) {
                after = blob.name();
                if (folder != null && blob.name().startsWith(folder)) {
                    continue;
                }
                if (count == max) {
                    next = last;
                    break paging;
                }
                int end =
                        delimiter.isEmpty() ? -1 : blob.name().indexOf(delimiter, prefix.length());
                if (end >= 0) {
                    folder = blob.name().substring(0, end + delimiter.length());
                    entries.append("<BlobPrefix>").append(Xml.name(folder)).append("</BlobPrefix>");
                    last = new Marker(true, folder);
                } else {
                    entries.append(entry(blob, metadata));
                    last = new Marker(false, blob.name());
                }
                count++;
            }
            if (read.size() < MAX_RESULTS) {
                break;
            }
        }
        return xml(
                200,
                "<EnumerationResults ServiceEndpoint=\"https://"
                        + Xml.escape(call.request().host())
                        + "/\" ContainerName=\""
                        + Xml.escape(call.container())
                        + "\">"
                        + Xml.element("Prefix", prefix)
                        + Xml.element("Marker", call.parameter("marker"))
                        + "<MaxResults>"
                        + max
                        + "</MaxResults>"
                        + Xml.element("Delimiter", delimiter)
                        + "<Blobs>"
                        + entries
                        + "</Blobs>"
                        + (next == null ? "<NextMarker />" : Xml.element("NextMarker", next.text()))
                        + "</EnumerationResults>");
    }

    /** The blocks that wait; what was joined does not remember of which blocks it was made. */
    ApiResponse blocks(BlobCall call) throws IOException {
        String type = call.parameter("blocklisttype").toLowerCase(Locale.ROOT);
        if (!List.of("", "committed", "uncommitted", "all").contains(type)) {
            throw new BlobError(
                            400,
                            "InvalidQueryParameterValue",
                            "blocklisttype is '"
                                    + type
                                    + "' (expected: committed, uncommitted or all).")
                    .thrown();
        }
        Optional<ObjectInfo> blob = objects.head(call.container(), call.name());
        List<Block> waiting = objects.blocks(call.container(), call.name());
        if (blob.isEmpty() && waiting.isEmpty()) {
            throw BlobError.notFound().thrown();
        }
        var document = new StringBuilder("<BlockList>");
        if (!type.equals("uncommitted")) {
            document.append("<CommittedBlocks />");
        }
        if (type.equals("uncommitted") || type.equals("all")) {
            document.append("<UncommittedBlocks>");
            for (Block block : waiting) {
                document.append("<Block>")
                        .append(Xml.element("Name", block.id()))
                        .append(Xml.element("Size", Long.toString(block.size())))
                        .append("</Block>");
            }
            document.append("</UncommittedBlocks>");
        }
        ApiResponse answer = xml(200, document.append("</BlockList>").toString());
        if (blob.isPresent()) {
            answer.header("ETag", Conditions.quoted(blob.get().etag()))
                    .header("Last-Modified", httpDate(blob.get().modifiedAt()))
                    .header("x-ms-blob-content-length", Long.toString(blob.get().size()));
        }
        return answer;
    }

    /** What a copy is from. */
    ObjectInfo source(BlobPath path, Headers conditions) throws IOException {
        ObjectInfo blob =
                objects.head(path.container(), Objects.requireNonNull(path.blob(), "a blob"))
                        .orElseThrow(() -> BlobError.notFound().thrown());
        Conditions.onSource(conditions, blob);
        return blob;
    }

    static ApiResponse xml(int status, String document) {
        return new ApiResponse(
                status,
                ApiResponse.of(status).header("Content-Type", "application/xml").headers(),
                new ApiResponse.Bytes(
                        ("<?xml version=\"1.0\" encoding=\"utf-8\"?>" + document)
                                .getBytes(StandardCharsets.UTF_8)));
    }

    static String httpDate(Instant time) {
        return DateTimeFormatter.RFC_1123_DATE_TIME.format(time.atOffset(ZoneOffset.UTC));
    }

    private ObjectInfo find(BlobCall call) throws IOException {
        return objects.head(call.container(), call.name())
                .orElseThrow(() -> BlobError.notFound().thrown());
    }

    private static void describe(ApiResponse answer, ObjectInfo blob, boolean part) {
        answer.header("Content-Type", "application/octet-stream");
        blob.headers()
                .forEach(
                        (name, value) ->
                                answer.header(
                                        part && name.equalsIgnoreCase("Content-MD5")
                                                ? "x-ms-blob-content-md5"
                                                : name,
                                        value));
        answer.header("ETag", Conditions.quoted(blob.etag()))
                .header("Last-Modified", httpDate(blob.modifiedAt()))
                .header("Accept-Ranges", "bytes")
                .header("x-ms-creation-time", httpDate(blob.modifiedAt()))
                .header("x-ms-blob-type", "BlockBlob")
                .header("x-ms-lease-status", "unlocked")
                .header("x-ms-lease-state", "available")
                .header("x-ms-server-encrypted", "false");
        blob.metadata().forEach((name, value) -> answer.header("x-ms-meta-" + name, value));
    }

    /** The headers that a signature may put in the place of the blob's own. */
    private static void override(ApiResponse answer, BlobCall call) {
        OVERRIDES.forEach(
                (parameter, header) -> {
                    String value = call.parameter(parameter);
                    if (!value.chars().allMatch(c -> c >= ' ' && c < 0x7f)) {
                        throw new BlobError(
                                        400,
                                        "InvalidQueryParameterValue",
                                        parameter + " is no value for the header " + header + ".")
                                .thrown();
                    }
                    if (!value.isEmpty()) {
                        answer.header(header, value);
                    }
                });
    }

    private static String entry(ObjectInfo blob, boolean metadata) {
        var entry = new StringBuilder("<Blob>");
        entry.append(Xml.name(blob.name())).append("<Properties>");
        entry.append(Xml.element("Creation-Time", httpDate(blob.modifiedAt())));
        entry.append(Xml.element("Last-Modified", httpDate(blob.modifiedAt())));
        entry.append(Xml.element("Etag", blob.etag().replace("\"", "")));
        entry.append(Xml.element("Content-Length", Long.toString(blob.size())));
        entry.append(
                Xml.element(
                        "Content-Type",
                        blob.headers().getOrDefault("Content-Type", "application/octet-stream")));
        entry.append(Xml.element("Content-MD5", blob.headers().getOrDefault("Content-MD5", "")));
        entry.append("<BlobType>BlockBlob</BlobType><LeaseStatus>unlocked</LeaseStatus>");
        entry.append("<LeaseState>available</LeaseState><ServerEncrypted>false</ServerEncrypted>");
        entry.append("</Properties>");
        if (metadata) {
            entry.append("<Metadata>");
            blob.metadata().forEach((name, value) -> entry.append(Xml.element(name, value)));
            entry.append("</Metadata>");
        }
        return entry.append("</Blob>").toString();
    }

    static int maxResults(String text) {
        if (text.isEmpty()) {
            return MAX_RESULTS;
        }
        if (!text.matches("[0-9]{1,9}") || Integer.parseInt(text) == 0) {
            throw new BlobError(
                            400,
                            "OutOfRangeQueryParameterValue",
                            "maxresults is '" + text + "' (expected: a number from 1).")
                    .thrown();
        }
        return Math.min(MAX_RESULTS, Integer.parseInt(text));
    }

    /**
     * Where a page ended: after a blob, or after a folder with all that is in it.
     *
     * @param name of the blob, or the folder's prefix
     */
    private record Marker(boolean folder, String name) {
        String text() {
            return Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(((folder ? "f" : "b") + name).getBytes(StandardCharsets.UTF_8));
        }

        static @Nullable Marker parse(String text) {
            if (text.isEmpty()) {
                return null;
            }
            try {
                String plain =
                        new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8);
                if (plain.startsWith("f") || plain.startsWith("b")) {
                    return new Marker(plain.startsWith("f"), plain.substring(1));
                }
                throw invalid();
            } catch (IllegalArgumentException notOurs) {
                throw invalid();
            }
        }

        private static BlobError.BlobException invalid() {
            return new BlobError(
                            400,
                            "InvalidQueryParameterValue",
                            "The marker is not one that a list gave.")
                    .thrown();
        }
    }
}
