package dev.farol.control.blob;

import dev.farol.control.identity.Identity;
import dev.farol.spec.FarolException;
import dev.farol.store.ObjectStore;
import dev.farol.wire.ApiRequest;
import dev.farol.wire.ApiResponse;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets requests on the blob plane in, finds what they ask for, and answers in its protocol. */
public final class BlobPlane {
    private static final Logger log = LoggerFactory.getLogger(BlobPlane.class);

    /** Containers are made by Farol: one per workspace and one per pending upload. */
    private static final Pattern CONTAINER =
            Pattern.compile("(azureml-blobstore|snap)-[a-z0-9-]{1,46}");

    private final BlobAccount account;
    private final Identity identity;
    private final InstantSource clock;
    private final BlobReads reads;
    private final BlobWrites writes;

    public BlobPlane(
            ObjectStore objects, BlobAccount account, Identity identity, InstantSource clock) {
        this.account = account;
        this.identity = identity;
        this.clock = clock;
        this.reads = new BlobReads(objects);
        this.writes = new BlobWrites(objects);
    }

    /**
     * @param host what the client calls this server
     * @return empty when the request is for another plane
     */
    public Optional<ApiResponse> handle(ApiRequest request, String host) throws IOException {
        String id = UUID.randomUUID().toString();
        ApiResponse answer;
        try {
            Optional<BlobPath> path = BlobPath.of(request);
            if (path.isEmpty()) {
                return Optional.empty();
            }
            answer = dispatch(request, path.get(), host);
        } catch (BlobError.BlobException refused) {
            answer = refusal(refused.error(), request, host, id);
        } catch (RuntimeException fault) {
            log.error("{} {} failed, request {}", request.method(), request.path(), id, fault);
            var error =
                    new BlobError(
                            500, "InternalError", "A fault in Farol; its log has the details.");
            answer = refusal(error, request, host, id);
        }
        answer.header("x-ms-request-id", id)
                .header(
                        "x-ms-version",
                        request.headers().first("x-ms-version").orElse("2021-08-06"));
        String clientId = request.headers().first("x-ms-client-request-id").orElse("");
        if (!clientId.isEmpty() && clientId.chars().allMatch(c -> c > ' ' && c < 127)) {
            answer.header("x-ms-client-request-id", clientId);
        }
        return Optional.of(answer);
    }

    private ApiResponse dispatch(ApiRequest request, BlobPath path, String host)
            throws IOException {
        Verb verb = Verb.of(request, path);
        boolean overwrite = authorize(request, path, verb, host);
        if (!CONTAINER.matcher(path.container()).matches()) {
            throw BlobError.container(path.container()).thrown();
        }
        var call = new BlobCall(request, path.container(), path.blob(), overwrite);
        return switch (verb) {
            case GET -> reads.get(call);
            case HEAD -> reads.head(call);
            case LIST -> reads.list(call);
            case CONTAINER -> reads.container();
            case PUT -> writes.put(call);
            case BLOCK -> writes.block(call);
            case BLOCK_LIST -> writes.blockList(call);
            case METADATA -> writes.metadata(call);
            case DELETE -> writes.delete(call);
        };
    }

    /** Whether the caller may replace what exists; throws when it may not do this at all. */
    private boolean authorize(ApiRequest request, BlobPath path, Verb verb, String host) {
        if (!path.account().equalsIgnoreCase(BlobAccount.NAME)) {
            throw new BlobError(
                            404,
                            "ResourceNotFound",
                            "There is no account '"
                                    + path.account()
                                    + "' (expected: "
                                    + BlobAccount.NAME
                                    + ").")
                    .thrown();
        }
        if (request.parameter("sig").isPresent()) {
            @Nullable BlobError refusal =
                    account.sas()
                            .refusal(
                                    request::parameter,
                                    path.container(),
                                    path.blob(),
                                    verb.permissions(),
                                    clock.instant());
            if (refusal != null) {
                throw refusal.thrown();
            }
            return request.parameter("sp").orElse("").contains("w");
        }
        Optional<String> authorization = request.headers().first("Authorization");
        if (authorization.isEmpty()) {
            throw new BlobError(
                            401,
                            "NoAuthenticationInformation",
                            "Server failed to authenticate the request. A shared access signature"
                                    + " or a bearer token is needed.")
                    .thrown();
        }
        try {
            identity.authenticate(authorization, host);
        } catch (FarolException refused) {
            throw new BlobError(401, "InvalidAuthenticationInfo", refused.problem().message())
                    .thrown();
        }
        return true;
    }

    private ApiResponse refusal(BlobError error, ApiRequest request, String host, String id) {
        ApiResponse answer =
                error.status() == 304 || request.method().equals("HEAD")
                        ? ApiResponse.of(error.status())
                        : BlobReads.xml(
                                error.status(),
                                "<Error>"
                                        + Xml.element("Code", error.code())
                                        + Xml.element(
                                                "Message",
                                                error.message()
                                                        + "\nRequestId:"
                                                        + id
                                                        + "\nTime:"
                                                        + clock.instant())
                                        + "</Error>");
        answer.header("x-ms-error-code", error.code());
        return error.status() == 401
                ? answer.header("WWW-Authenticate", identity.challenge(host))
                : answer;
    }
}
