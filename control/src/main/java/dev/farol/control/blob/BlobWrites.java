package dev.farol.control.blob;

import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import dev.farol.store.ObjectStore;
import dev.farol.store.ObjectStore.ObjectInfo;
import dev.farol.store.ObjectStore.Put;
import dev.farol.wire.ApiResponse;
import java.io.IOException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Put, blocks, metadata, delete. Bodies go straight from the socket into the store. */
final class BlobWrites {
    private static final int MAX_BLOCK_LIST = 8 * 1024 * 1024;

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
        if (call.headers().first("x-ms-copy-source").isPresent()) {
            throw BlobError.unsupported("Copying from a URL").thrown();
        }
        if (!type.equalsIgnoreCase("BlockBlob")) {
            throw new BlobError(
                            400,
                            type.isEmpty() ? "MissingRequiredHeader" : "InvalidBlobType",
                            "x-ms-blob-type is '" + type + "' (expected: BlockBlob).")
                    .thrown();
        }
        beforeWrite(call);
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
                        headers);
        try {
            return written(
                    201, objects.put(call.container(), call.name(), call.request().body(), how));
        } catch (FarolException refused) {
            throw refusal(refused, md5 == null ? "InvalidInput" : "Md5Mismatch");
        }
    }

    /** A part of a blob, not visible yet. */
    ApiResponse block(BlobCall call) throws IOException {
        String id = call.parameter("blockid");
        if (id.isEmpty() || id.length() > 256) {
            throw new BlobError(
                            400,
                            "InvalidQueryParameterValue",
                            "blockid is '" + id + "' (expected: a base64 text).")
                    .thrown();
        }
        try {
            objects.putBlock(call.container(), call.name(), id, call.request().body());
        } catch (FarolException refused) {
            throw refusal(refused, "InvalidInput");
        }
        return ApiResponse.of(201).header("x-ms-request-server-encrypted", "false");
    }

    /** Joins blocks; now the blob is there. */
    ApiResponse blockList(BlobCall call) throws IOException {
        beforeWrite(call);
        byte[] document = call.request().body().readNBytes(MAX_BLOCK_LIST + 1);
        if (document.length > MAX_BLOCK_LIST) {
            throw new BlobError(413, "RequestBodyTooLarge", "The list of blocks is too large.")
                    .thrown();
        }
        List<String> ids = Xml.blockIds(new java.io.ByteArrayInputStream(document));
        var how = new Put(ifAbsent(call), -1, null, call.metadata(), contentHeaders(call));
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

    private void beforeWrite(BlobCall call) throws IOException {
        @Nullable ObjectInfo present = objects.head(call.container(), call.name()).orElse(null);
        Conditions.beforeWrite(call.headers(), present);
        if (present != null && !call.overwrite()) {
            throw new BlobError(
                            403,
                            "UnauthorizedBlobOverwrite",
                            "This request is not authorized to perform blob overwrites.")
                    .thrown();
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
        if (refused.code() == ErrorCode.CONFLICT) {
            return BlobError.exists().thrown();
        }
        return refused.code().status() < 500
                ? new BlobError(400, otherwise, refused.problem().message()).thrown()
                : refused;
    }
}
