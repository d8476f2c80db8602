package dev.farol.control.blob;

import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import dev.farol.store.ObjectStore;
import dev.farol.store.ObjectStore.ObjectInfo;
import dev.farol.store.ObjectStore.Put;
import dev.farol.wire.ApiResponse;
import dev.farol.wire.Headers;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Put, blocks, metadata, delete. Bodies go straight from the socket into the store. */
final class BlobWrites {
    private static final int MAX_BLOCK_LIST = 8 * 1024 * 1024;
    private static final int MAX_BLOCK_ID = 64;

    /** What a blob remembers of its upload, by the header that sets it. */
    private static final Map<String, String> CONTENT_HEADERS =
            Map.of(
                    "x-ms-blob-content-type", "Content-Type",
                    "x-ms-blob-content-encoding", "Content-Encoding",
                    "x-ms-blob-content-language", "Content-Language",
                    "x-ms-blob-content-disposition", "Content-Disposition",
                    "x-ms-blob-cache-control", "Cache-Control",
                    "x-ms-blob-content-md5", "Content-MD5");

    private final ObjectStore objects;

    BlobWrites(ObjectStore objects) {
        this.objects = objects;
    }

    /** A whole blob in one request. */
    ApiResponse put(BlobCall call) throws IOException {
        String type = call.headers().first("x-ms-blob-type").orElse("");
        call.refuseWhatIsNotChecked();
        if (!type.equalsIgnoreCase("BlockBlob")) {
            throw new BlobError(
                            400,
                            type.isEmpty() ? "MissingRequiredHeader" : "InvalidBlobType",
                            "x-ms-blob-type is '" + type + "' (expected: BlockBlob).")
                    .thrown();
        }
        @Nullable String ifMatch = beforeWrite(call);
        byte @Nullable [] md5 = md5(call);
        Map<String, String> headers = contentHeaders(call);
        call.headers().first("Content-Type").ifPresent(t -> headers.putIfAbsent("Content-Type", t));
        if (md5 != null) {
            headers.putIfAbsent("Content-MD5", Base64.getEncoder().encodeToString(md5));
        }
        var how =
                new Put(
                        ifAbsent(call),
                        call.request().contentLength(),
                        md5,
                        call.metadata(),
                        headers,
                        ifMatch);
        try {
            return written(
                    201, objects.put(call.container(), call.name(), call.request().body(), how));
        } catch (FarolException refused) {
            throw refusal(refused, md5 == null ? "InvalidInput" : "Md5Mismatch");
        }
    }

    /** A part of a blob, not visible yet. */
    ApiResponse block(BlobCall call) throws IOException {
        String id = blockId(call);
        call.refuseWhatIsNotChecked();
        byte @Nullable [] md5 = md5(call);
        try {
            objects.putBlock(
                    call.container(),
                    call.name(),
                    id,
                    call.request().body(),
                    call.request().contentLength(),
                    md5);
        } catch (FarolException refused) {
            throw refusal(refused, md5 == null ? "InvalidInput" : "Md5Mismatch");
        }
        ApiResponse answer = ApiResponse.of(201).header("x-ms-request-server-encrypted", "false");
        return md5 == null
                ? answer
                : answer.header("Content-MD5", Base64.getEncoder().encodeToString(md5));
    }

    /** A part that is a range of another blob. */
    ApiResponse blockFrom(BlobCall call, ObjectInfo source) throws IOException {
        String id = blockId(call);
        var range = new Headers();
        call.headers().first("x-ms-source-range").ifPresent(text -> range.set("Range", text));
        Optional<ByteRange> part = ByteRange.of(range, source.size());
        long length = part.map(ByteRange::length).orElse(source.size());
        try (InputStream content =
                objects.read(source, part.map(ByteRange::first).orElse(0L), length)) {
            objects.putBlock(call.container(), call.name(), id, content, length, null);
        } catch (FarolException refused) {
            throw refusal(refused, "InvalidInput");
        }
        return ApiResponse.of(201).header("x-ms-request-server-encrypted", "false");
    }

    /** A blob with the content of another, at once. */
    ApiResponse copy(BlobCall call, ObjectInfo source) throws IOException {
        @Nullable String ifMatch = beforeWrite(call);
        Map<String, String> metadata = call.metadata();
        Map<String, String> headers = new TreeMap<>(source.headers());
        headers.putAll(contentHeaders(call));
        var how =
                new Put(
                        ifAbsent(call),
                        -1,
                        null,
                        metadata.isEmpty() ? source.metadata() : metadata,
                        headers,
                        ifMatch);
        ObjectInfo blob;
        try {
            blob = objects.copy(source, call.container(), call.name(), how);
        } catch (FarolException refused) {
            throw refusal(refused, "InvalidInput");
        }
        // Put Blob From URL names the type and answers like a put; Copy Blob does not.
        boolean put = call.headers().first("x-ms-blob-type").isPresent();
        return written(put ? 201 : 202, blob)
                .header("x-ms-copy-id", UUID.randomUUID().toString())
                .header("x-ms-copy-status", "success");
    }

    /** Joins blocks; now the blob is there. */
    ApiResponse blockList(BlobCall call) throws IOException {
        @Nullable String ifMatch = beforeWrite(call);
        byte[] document = call.request().body().readNBytes(MAX_BLOCK_LIST + 1);
        if (document.length > MAX_BLOCK_LIST) {
            throw new BlobError(413, "RequestBodyTooLarge", "The list of blocks is too large.")
                    .thrown();
        }
        byte @Nullable [] md5 = md5(call);
        if (md5 != null && !MessageDigest.isEqual(md5, md5Of(document))) {
            throw new BlobError(
                            400,
                            "Md5Mismatch",
                            "The list of blocks does not have the MD5 that was announced.")
                    .thrown();
        }
        List<String> ids = Xml.blockIds(new String(document, StandardCharsets.UTF_8));
        var how = new Put(ifAbsent(call), -1, null, call.metadata(), contentHeaders(call), ifMatch);
        try {
            return written(201, objects.commitBlocks(call.container(), call.name(), ids, how));
        } catch (FarolException refused) {
            throw refusal(refused, "InvalidBlockList");
        }
    }

    /** Replaces the metadata. */
    ApiResponse metadata(BlobCall call) throws IOException {
        ObjectInfo blob = existing(call);
        Conditions.beforeWrite(call.headers(), blob);
        return written(200, objects.setMetadata(call.container(), call.name(), call.metadata()));
    }

    /** Replaces what readers get as headers. */
    ApiResponse properties(BlobCall call) throws IOException {
        ObjectInfo blob = existing(call);
        Conditions.beforeWrite(call.headers(), blob);
        return written(
                200, objects.setHeaders(call.container(), call.name(), contentHeaders(call)));
    }

    ApiResponse delete(BlobCall call) throws IOException {
        ObjectInfo blob = existing(call);
        Conditions.beforeWrite(call.headers(), blob);
        if (!objects.delete(call.container(), call.name())) {
            throw BlobError.notFound().thrown();
        }
        return ApiResponse.of(202).header("x-ms-delete-type-permanent", "true");
    }

    private ObjectInfo existing(BlobCall call) throws IOException {
        return objects.head(call.container(), call.name())
                .orElseThrow(() -> BlobError.notFound().thrown());
    }

    /** The ETag that must still be there at the end; null for any. */
    private @Nullable String beforeWrite(BlobCall call) throws IOException {
        @Nullable ObjectInfo present = objects.head(call.container(), call.name()).orElse(null);
        @Nullable String ifMatch = Conditions.beforeWrite(call.headers(), present);
        if (present != null && !call.overwrite()) {
            throw new BlobError(
                            403,
                            "UnauthorizedBlobOverwrite",
                            "This request is not authorized to perform blob overwrites.")
                    .thrown();
        }
        return ifMatch;
    }

    private static String blockId(BlobCall call) {
        String id = call.parameter("blockid");
        try {
            int length = Base64.getDecoder().decode(id).length;
            if (length > 0 && length <= MAX_BLOCK_ID) {
                return id;
            }
        } catch (IllegalArgumentException noBase64) {
            // Said below, as for one that is empty or too long.
        }
        throw new BlobError(
                        400,
                        "InvalidQueryParameterValue",
                        "blockid is '" + id + "' (expected: 1 to 64 bytes in base64).")
                .thrown();
    }

    static byte[] md5Of(byte[] content) {
        try {
            return MessageDigest.getInstance("MD5").digest(content);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("This JVM has no MD5", impossible);
        }
    }

    private static boolean ifAbsent(BlobCall call) {
        return Conditions.ifAbsent(call.headers()) || !call.overwrite();
    }

    private static ApiResponse written(int status, ObjectInfo blob) {
        ApiResponse answer =
                ApiResponse.of(status)
                        .header("ETag", Conditions.quoted(blob.etag()))
                        .header("Last-Modified", BlobReads.httpDate(blob.modifiedAt()))
                        .header("x-ms-request-server-encrypted", "false");
        String md5 = blob.headers().get("Content-MD5");
        return md5 == null ? answer : answer.header("Content-MD5", md5);
    }

    private static Map<String, String> contentHeaders(BlobCall call) {
        Map<String, String> headers = new TreeMap<>();
        CONTENT_HEADERS.forEach(
                (from, to) ->
                        call.headers().first(from).ifPresent(value -> headers.put(to, value)));
        return headers;
    }

    private static byte @Nullable [] md5(BlobCall call) {
        String text = call.headers().first("Content-MD5").orElse("");
        if (text.isEmpty()) {
            return null;
        }
        try {
            byte[] md5 = Base64.getDecoder().decode(text.strip());
            if (md5.length == 16) {
                return md5;
            }
        } catch (IllegalArgumentException noBase64) {
            throw invalidMd5(text);
        }
        throw invalidMd5(text);
    }

    private static BlobError.BlobException invalidMd5(String text) {
        return new BlobError(
                        400,
                        "InvalidMd5",
                        "Content-MD5 is '" + text + "' (expected: 16 bytes in base64).")
                .thrown();
    }

    /** The store's refusal in this protocol's words. */
    private static RuntimeException refusal(FarolException refused, String otherwise) {
        return refused.code() == ErrorCode.INVALID_ARGUMENT
                ? new BlobError(400, otherwise, refused.problem().message()).thrown()
                : BlobError.of(refused).thrown();
    }
}
