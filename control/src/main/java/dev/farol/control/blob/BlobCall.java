package dev.farol.control.blob;

import dev.farol.wire.ApiRequest;
import dev.farol.wire.Headers;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A request on the blob plane that may pass.
 *
 * @param blob null for a request on the container
 * @param overwrite whether the caller may replace what exists
 */
record BlobCall(ApiRequest request, String container, @Nullable String blob, boolean overwrite) {
    private static final String META = "x-ms-meta-";
    private static final int MAX_METADATA = 8 * 1024;

    /** Metadata names become XML elements. */
    private static final Pattern META_NAME = Pattern.compile("[a-zA-Z_][a-zA-Z0-9_]*");

    Headers headers() {
        return request.headers();
    }

    String name() {
        return Objects.requireNonNull(blob, "a request on a blob");
    }

    /**
     * What we do not check must not seem to be checked.
     *
     * @throws BlobError.BlobException for a body that is not what it holds, or has a checksum of a
     *     kind that Farol does not compute
     */
    void refuseWhatIsNotChecked() {
        for (String name : List.of("x-ms-structured-body", "x-ms-content-crc64")) {
            if (headers().first(name).isPresent()) {
                throw new BlobError(
                                400,
                                "UnsupportedHeader",
                                "The header " + name + " is not supported (expected: Content-MD5).")
                        .thrown();
            }
        }
    }

    String parameter(String name) {
        return request.parameter(name).orElse("");
    }

    /**
     * The {@code x-ms-meta-*} headers, names in lower case without the prefix.
     *
     * @throws BlobError.BlobException when a name is no identifier, or all are more than 8 KiB
     */
    Map<String, String> metadata() {
        Map<String, String> metadata = new TreeMap<>();
        headers()
                .forEach(
                        (name, value) -> {
                            if (name.regionMatches(true, 0, META, 0, META.length())) {
                                metadata.put(
                                        name.substring(META.length()).toLowerCase(Locale.ROOT),
                                        value);
                            }
                        });
        int size = 0;
        for (Map.Entry<String, String> entry : metadata.entrySet()) {
            size += entry.getKey().length() + entry.getValue().length();
            if (!META_NAME.matcher(entry.getKey()).matches()) {
                throw new BlobError(
                                400,
                                "InvalidMetadata",
                                "'"
                                        + entry.getKey()
                                        + "' is no metadata name (expected: letters, digits"
                                        + " and '_').")
                        .thrown();
            }
        }
        if (size > MAX_METADATA) {
            throw new BlobError(400, "MetadataTooLarge", "The metadata is larger than 8 KiB.")
                    .thrown();
        }
        return metadata;
    }
}
