package dev.farol.control.blob;

import dev.farol.wire.ApiRequest;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a request on the blob plane points.
 *
 * @param account the account's name as the client spelled it
 * @param container empty for a request on the account itself
 * @param blob decoded, several slashes in a row being one; null for a request on the container
 *     itself
 * @param signed the blob as signatures know it: decoded, every slash kept
 */
record BlobPath(String account, String container, @Nullable String blob, @Nullable String signed) {
    private static final String MARK = ".blob.";

    /** As the URIs of assets of registries begin. */
    private static final Pattern ACCOUNT_WITH_CONTAINER =
            Pattern.compile("^([^/%]+\\.blob\\.[^/%]+)%2F", Pattern.CASE_INSENSITIVE);

    /**
     * Reads both shapes: {@code /{account}.blob.{suffix}/{container}/{blob}} on any host, and
     * {@code /{container}/{blob}} on a host that is itself {@code {account}.blob.{suffix}}. Empty
     * when the request is not for this plane.
     *
     * @throws BlobError.BlobException when the path cannot be decoded
     */
    static Optional<BlobPath> of(ApiRequest request) {
        String path =
                ACCOUNT_WITH_CONTAINER
                        .matcher(request.path().replaceFirst("^/+", ""))
                        .replaceFirst("$1/");
        if (request.host().contains(MARK)) {
            return Optional.of(read(account(request.host()), path));
        }
        int slash = path.indexOf('/');
        String first = slash < 0 ? path : path.substring(0, slash);
        return first.contains(MARK)
                ? Optional.of(read(account(first), slash < 0 ? "" : path.substring(slash + 1)))
                : Optional.empty();
    }

    private static BlobPath read(String account, String rawPath) {
        String path = rawPath.replaceFirst("^/+", "");
        int slash = path.indexOf('/');
        String container = decode(slash < 0 ? path : path.substring(0, slash));
        String signed = slash < 0 ? "" : decode(path.substring(slash + 1));
        String blob = signed.replaceAll("/{2,}", "/").replaceFirst("^/", "");
        return blob.isEmpty()
                ? new BlobPath(account, container, null, null)
                : new BlobPath(account, container, checked(blob), signed);
    }

    private static String account(String text) {
        return text.substring(0, text.indexOf(MARK));
    }

    /**
     * Names become paths of files sooner or later: no way out of a folder, no control characters.
     */
    private static String checked(String name) {
        boolean bad = name.chars().anyMatch(c -> c < ' ' || c == 0x7f);
        for (String segment : name.split("/", -1)) {
            bad |= segment.equals(".") || segment.equals("..");
        }
        if (bad || name.length() > 1024) {
            throw new BlobError(
                            400,
                            "InvalidResourceName",
                            "The blob's name is not allowed (expected: at most 1024 characters,"
                                    + " no control characters, no '.' or '..' segments).")
                    .thrown();
        }
        return name;
    }

    private static String decode(String raw) {
        try {
            return URLDecoder.decode(raw.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException malformed) {
            throw new BlobError(
                            400, "InvalidUri", "The path is not percent-encoded as it should be.")
                    .thrown();
        }
    }
}
