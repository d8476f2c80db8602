package dev.farol.control.blob;

import dev.farol.control.identity.Caller;
import dev.farol.control.identity.Identity;
import dev.farol.spec.FarolException;
import dev.farol.store.ObjectStore;
import dev.farol.store.ObjectStore.ObjectInfo;
import dev.farol.wire.ApiRequest;
import dev.farol.wire.ApiResponse;
import dev.farol.wire.Headers;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets requests on the blob plane in, finds what they ask for, and answers in its protocol. */
public final class BlobPlane {
    private static final Logger log = LoggerFactory.getLogger(BlobPlane.class);

    private static final Pattern VERSION = Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}");

    private final Access access;
    private final InstantSource clock;
    private final Containers containers;
    private final BlobReads reads;
    private final BlobWrites writes;

    public BlobPlane(
            ObjectStore objects,
            BlobAccount account,
            Identity identity,
            Predicate<Caller> mayCome,
            InstantSource clock) {
        this.access = new Access(account, identity, mayCome, clock);
        this.clock = clock;
        this.containers = new Containers(objects);
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
        } catch (FarolException refused) {
            answer = refusal(BlobError.of(refused), request, host, id);
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
                        request.headers()
                                .first("x-ms-version")
                                .filter(text -> VERSION.matcher(text).matches())
                                .orElse("2021-08-06"));
        String clientId = request.headers().first("x-ms-client-request-id").orElse("");
        if (!clientId.isEmpty() && clientId.chars().allMatch(c -> c > ' ' && c < 127)) {
            answer.header("x-ms-client-request-id", clientId);
        }
        return Optional.of(answer);
    }

    private ApiResponse dispatch(ApiRequest request, BlobPath path, String host)
            throws IOException {
        Verb verb = Verb.of(request, path);
        Access.Granted granted = access.authorize(request, path, verb, host);
        if (!path.container().isEmpty() && verb != Verb.CREATE) {
            containers.require(path.container());
        }
        var call = new BlobCall(request, path.container(), path.blob(), granted.overwrite());
        return switch (verb) {
            case CONTAINERS -> containers.list(call);
            case ACCOUNT -> Containers.account();
            case SERVICE -> Containers.service();
            case CREATE -> containers.create(call);
            case REMOVE -> containers.remove(call);
            case BLOCKS -> reads.blocks(call);
            case COPY -> writes.copy(call, source(call, granted, host));
            case GET -> reads.get(call);
            case HEAD -> reads.head(call);
            case LIST -> reads.list(call);
            case CONTAINER -> containers.properties(path.container());
            case PUT -> writes.put(call);
            case BLOCK ->
                    request.headers().first("x-ms-copy-source").isPresent()
                            ? writes.blockFrom(call, source(call, granted, host))
                            : writes.block(call);
            case BLOCK_LIST -> writes.blockList(call);
            case METADATA -> writes.metadata(call);
            case PROPERTIES -> writes.properties(call);
            case DELETE -> writes.delete(call);
        };
    }

    /**
     * The blob that a copy is from, when the caller may read it.
     *
     * @throws BlobError.BlobException when it is elsewhere, or not to be read
     */
    private ObjectInfo source(BlobCall call, Access.Granted granted, String host)
            throws IOException {
        URI uri;
        try {
            uri = URI.create(call.headers().first("x-ms-copy-source").orElse(""));
        } catch (IllegalArgumentException malformed) {
            throw BlobError.copySource("it is not a URL").thrown();
        }
        String query = Objects.requireNonNullElse(uri.getRawQuery(), "");
        var read =
                new ApiRequest(
                        "GET",
                        Objects.requireNonNullElse(uri.getRawPath(), ""),
                        query,
                        Objects.requireNonNullElse(uri.getRawAuthority(), ""),
                        call.headers()
                                .first("x-ms-copy-source-authorization")
                                .map(text -> Headers.of("Authorization", text))
                                .orElseGet(Headers::new),
                        InputStream.nullInputStream(),
                        0,
                        call.request().remoteAddress());
        Optional<BlobPath> path = BlobPath.of(read);
        if (!read.host().equalsIgnoreCase(call.request().host())
                || path.isEmpty()
                || path.get().blob() == null) {
            throw BlobError.copySource("it is not a blob of this account").thrown();
        }
        boolean signed =
                read.parameter("sig").isPresent()
                        || read.headers().first("Authorization").isPresent();
        if (signed || !granted.everything()) {
            access.authorize(read, path.get(), Verb.GET, host);
        }
        containers.require(path.get().container());
        return reads.source(path.get(), call.headers());
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
                ? answer.header("WWW-Authenticate", access.challenge(host))
                : answer;
    }
}
