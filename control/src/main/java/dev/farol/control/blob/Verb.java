package dev.farol.control.blob;

import dev.farol.wire.ApiRequest;
import java.util.Locale;

/**
 * What a request on the blob plane wants, with the permissions of which one allows it. What a
 * signature for one container never allows takes the letters of an account's signature only.
 */
enum Verb {
    CONTAINERS('s', "", "l"),
    ACCOUNT('s', "", "rl"),
    SERVICE('s', "", "r"),
    LIST('c', "l", "l"),
    CONTAINER('c', "rl", "rl"),
    CREATE('c', "", "cw"),
    REMOVE('c', "", "d"),
    GET('o', "r", "r"),
    HEAD('o', "r", "r"),
    BLOCKS('o', "r", "r"),
    PUT('o', "wc", "wc"),
    COPY('o', "wc", "wc"),
    BLOCK('o', "wc", "wc"),
    BLOCK_LIST('o', "wc", "wc"),
    METADATA('o', "w", "w"),
    PROPERTIES('o', "w", "w"),
    DELETE('o', "d", "d");

    private final char level;
    private final String permissions;
    private final String accountPermissions;

    Verb(char level, String permissions, String accountPermissions) {
        this.level = level;
        this.permissions = permissions;
        this.accountPermissions = accountPermissions;
    }

    /** Of the account's signatures: service, container or object. */
    char level() {
        return level;
    }

    String permissions() {
        return permissions;
    }

    String accountPermissions() {
        return accountPermissions;
    }

    /**
     * @throws BlobError.BlobException for everything that this plane does not do
     */
    static Verb of(ApiRequest request, BlobPath path) {
        String component = request.parameter("comp").orElse("").toLowerCase(Locale.ROOT);
        String what = request.method() + (component.isEmpty() ? "" : " " + component);
        for (String other : new String[] {"snapshot", "versionid"}) {
            if (request.parameter(other).isPresent()) {
                throw BlobError.unsupported("The parameter " + other).thrown();
            }
        }
        if (path.container().isEmpty()) {
            return account(request, what);
        }
        if (path.blob() == null) {
            return switch (what) {
                case "GET list" -> LIST;
                case "GET", "HEAD", "GET metadata", "HEAD metadata" -> CONTAINER;
                case "PUT" -> CREATE;
                case "DELETE" -> REMOVE;
                default -> throw BlobError.unsupported(what + " on a container").thrown();
            };
        }
        return switch (what) {
            case "GET" -> GET;
            case "HEAD", "HEAD metadata", "GET metadata" -> HEAD;
            case "GET blocklist" -> BLOCKS;
            case "PUT" -> request.headers().first("x-ms-copy-source").isPresent() ? COPY : PUT;
            case "PUT block" -> BLOCK;
            case "PUT blocklist" -> BLOCK_LIST;
            case "PUT metadata" -> METADATA;
            case "PUT properties" -> PROPERTIES;
            case "DELETE" -> DELETE;
            default -> throw BlobError.unsupported(what + " on a blob").thrown();
        };
    }

    private static Verb account(ApiRequest request, String what) {
        boolean service = request.parameter("restype").orElse("").equalsIgnoreCase("service");
        return switch (what) {
            case "GET list" -> CONTAINERS;
            case "GET properties", "HEAD properties" -> service ? SERVICE : ACCOUNT;
            default -> throw BlobError.unsupported(what + " on the account").thrown();
        };
    }
}
