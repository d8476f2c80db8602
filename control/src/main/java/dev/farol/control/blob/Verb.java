package dev.farol.control.blob;

import dev.farol.wire.ApiRequest;
import java.util.Locale;

/** What a request on the blob plane wants, with the permissions of which one allows it. */
enum Verb {
    GET("r"),
    HEAD("r"),
    LIST("l"),
    CONTAINER("rl"),
    PUT("wc"),
    BLOCK("wc"),
    BLOCK_LIST("wc"),
    METADATA("w"),
    DELETE("d");

    private final String permissions;

    Verb(String permissions) {
        this.permissions = permissions;
    }

    String permissions() {
        return permissions;
    }

    /**
     * @throws BlobError.BlobException for everything that this plane does not do
     */
    static Verb of(ApiRequest request, BlobPath path) {
        String component = request.parameter("comp").orElse("").toLowerCase(Locale.ROOT);
        String what = request.method() + (component.isEmpty() ? "" : " " + component);
        if (path.blob() == null) {
            return switch (what) {
                case "GET list" -> LIST;
                case "GET", "HEAD" -> CONTAINER;
                default -> throw BlobError.unsupported(what + " on a container").thrown();
            };
        }
        return switch (what) {
            case "GET" -> GET;
            case "HEAD", "HEAD metadata", "GET metadata" -> HEAD;
            case "PUT" -> PUT;
            case "PUT block" -> BLOCK;
            case "PUT blocklist" -> BLOCK_LIST;
            case "PUT metadata" -> METADATA;
            case "DELETE" -> DELETE;
            default -> throw BlobError.unsupported(what + " on a blob").thrown();
        };
    }
}
