package dev.farol.control.arm;

import dev.farol.control.identity.Caller;
import dev.farol.kit.Json;
import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import dev.farol.spec.ResourceId;
import dev.farol.wire.ApiRequest;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A request that found its route: what the path's placeholders hold, who calls, the body. */
final class ArmCall {
    private static final int MAX_BODY = 4 * 1024 * 1024;

    private final ApiRequest request;
    private final String host;
    private final Map<String, String> names;
    private final @Nullable Caller caller;

    /**
     * @param host what the client calls this server
     * @param caller null on routes that are open to everyone
     */
    ArmCall(ApiRequest request, String host, Map<String, String> names, @Nullable Caller caller) {
        this.request = request;
        this.host = host;
        this.names = names;
        this.caller = caller;
    }

    ApiRequest request() {
        return request;
    }

    String host() {
        return host;
    }

    /** What stands in the path where the route has {@code {placeholder}}; decoded. */
    String name(String placeholder) {
        String name = names.get(placeholder);
        if (name == null) {
            throw new IllegalArgumentException("The route has no {" + placeholder + "}");
        }
        return name;
    }

    /** The same, where some routes of a handler have no such placeholder. */
    Optional<String> optionalName(String placeholder) {
        return Optional.ofNullable(names.get(placeholder));
    }

    Optional<String> parameter(String name) {
        return request.parameter(name).filter(text -> !text.isEmpty());
    }

    /** What {@code systemData} remembers. */
    String by() {
        if (caller == null) {
            throw new IllegalStateException("An open route writes nothing");
        }
        return caller.name();
    }

    /** The object id of who calls. */
    String callerId() {
        return caller().id();
    }

    /** Who asks. */
    Caller caller() {
        if (caller == null) {
            throw new IllegalStateException("An open route has no caller");
        }
        return caller;
    }

    String apiVersion() {
        return parameter("api-version").orElse("");
    }

    /** The id of the workspace that the path names; it need not exist. */
    ResourceId workspaceId() {
        return ResourceId.workspace(name("sub"), name("rg"), name("ws"));
    }

    /** What the request demands of the resource that it writes. */
    Preconditions preconditions() {
        return new Preconditions(
                request.headers().first("If-Match").orElse("").strip(),
                request.headers().first("If-None-Match").orElse("").strip());
    }

    /** An absolute URL on this server, as the client calls it. */
    String url(String pathAndQuery) {
        return "https://" + host + pathAndQuery;
    }

    /**
     * The body as an object; an empty one when there is no body.
     *
     * @throws FarolException {@code InvalidRequestContent} naming line and column, {@code
     *     RequestEntityTooLarge} above 4 MiB
     */
    ObjectNode body() throws IOException {
        byte[] bytes = request.body().readNBytes(MAX_BODY + 1);
        if (bytes.length > MAX_BODY) {
            throw new FarolException(
                    ErrorCode.PAYLOAD_TOO_LARGE,
                    "The body is larger than " + MAX_BODY + " bytes (expected: a resource)");
        }
        if (new String(bytes, java.nio.charset.StandardCharsets.UTF_8).isBlank()) {
            return Json.object();
        }
        JsonNode tree = parse(bytes);
        if (tree instanceof ObjectNode object) {
            return object;
        }
        throw new FarolException(
                ErrorCode.INVALID_JSON,
                "The body is " + ValueType.named(tree) + " (expected: a JSON object)");
    }

    private static JsonNode parse(byte[] bytes) {
        try {
            return Json.TOLERANT.readTree(bytes);
        } catch (JacksonException malformed) {
            TokenStreamLocation at = malformed.getLocation();
            String where =
                    at == null ? "" : " at line " + at.getLineNr() + ", column " + at.getColumnNr();
            throw new FarolException(
                    ErrorCode.INVALID_JSON,
                    "The body is not JSON"
                            + where
                            + ": "
                            + malformed.getOriginalMessage().lines().findFirst().orElse(""));
        }
    }
}
