package dev.farol.control.arm;

import dev.farol.control.access.Access;
import dev.farol.control.identity.Caller;
import dev.farol.control.identity.Identity;
import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import dev.farol.spec.Problem;
import dev.farol.wire.ApiRequest;
import dev.farol.wire.ApiResponse;
import dev.farol.wire.ProblemJson;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the route of a request, checks what the route asks for, and answers in ARM's manner: its
 * error envelope, its headers.
 */
public final class ArmApi {
    private static final Logger log = LoggerFactory.getLogger(ArmApi.class);
    private static final int MAX_REQUEST_ID = 100;

    private final Identity identity;
    private final Access access;
    private final InstantSource clock;
    private final List<Route> routes;

    ArmApi(Identity identity, Access access, InstantSource clock, List<Route> routes) {
        this.identity = identity;
        this.access = access;
        this.clock = clock;
        this.routes = List.copyOf(routes);
    }

    /**
     * @param host what the client calls this server
     */
    public ApiResponse handle(ApiRequest request, String host) throws IOException {
        String id = UUID.randomUUID().toString();
        ApiResponse answer;
        try {
            answer = dispatch(request, host);
        } catch (FarolException refused) {
            answer = refusal(refused.problem(), host);
        } catch (RuntimeException fault) {
            log.error("{} {} failed, request {}", request.method(), request.path(), id, fault);
            answer =
                    refusal(
                            Problem.of(
                                    ErrorCode.INTERNAL,
                                    "A fault in Farol; its log has the details under request "
                                            + id),
                            host);
        }
        return withHeaders(unchanged(answer, request) ? notModified(answer) : answer, request, id);
    }

    /** Whether a reader has already what the answer holds. */
    private static boolean unchanged(ApiResponse answer, ApiRequest request) {
        Optional<String> known = request.headers().first("If-None-Match");
        Optional<String> tag = answer.headers().first("ETag");
        return request.method().equals("GET")
                && answer.status() == 200
                && known.isPresent()
                && tag.isPresent()
                && Preconditions.holds(known.get(), tag.get());
    }

    private static ApiResponse notModified(ApiResponse answer) {
        return ApiResponse.of(304).header("ETag", answer.headers().first("ETag").orElse(""));
    }

    private ApiResponse dispatch(ApiRequest request, String host) throws IOException {
        List<String> segments = withoutPlane(segments(request.path()));
        var otherMethods = new TreeSet<String>();
        for (Route route : routes) {
            Optional<Map<String, String>> names = route.match(segments);
            if (names.isEmpty()) {
                continue;
            }
            if (route.serves(request.method())) {
                return call(route, request, host, segments, names.get());
            }
            otherMethods.add(route.method());
        }
        // Whoever has no token learns nothing, not even which paths exist.
        identity.authenticate(request.headers().first("Authorization"), host);
        if (otherMethods.isEmpty()) {
            throw new FarolException(
                    ErrorCode.RESOURCE_NOT_FOUND, "Nothing is at " + request.path());
        }
        return refusal(
                        Problem.of(
                                ErrorCode.METHOD_NOT_ALLOWED,
                                request.method()
                                        + " is not possible here (expected: "
                                        + String.join(", ", otherMethods)
                                        + ")"),
                        host)
                .header("Allow", String.join(", ", otherMethods));
    }

    /** Clients that ask a workspace or registry where it is find ARM's paths below this prefix. */
    private static List<String> withoutPlane(List<String> segments) {
        boolean plane =
                segments.size() > 2
                        && segments.get(0).equalsIgnoreCase("mferp")
                        && segments.get(1).equalsIgnoreCase("managementfrontend");
        return plane ? segments.subList(2, segments.size()) : segments;
    }

    private ApiResponse call(
            Route route,
            ApiRequest request,
            String host,
            List<String> segments,
            Map<String, String> names)
            throws IOException {
        @Nullable Caller caller =
                route.access() == Route.Access.OPEN
                        ? null
                        : identity.authenticate(request.headers().first("Authorization"), host);
        if (route.access().versioned() && request.parameter("api-version").orElse("").isBlank()) {
            throw new FarolException(
                    ErrorCode.MISSING_API_VERSION,
                    "The query parameter 'api-version' is missing (expected: a date such as"
                            + " 2024-04-01; any is accepted)");
        }
        if (route.access().ruled() && caller != null) {
            authorize(caller, route.action(request.method()), "/" + String.join("/", segments));
        }
        return route.handler().handle(new ArmCall(request, host, names, caller));
    }

    /**
     * Before anything is looked up, so that a refusal does not tell what exists.
     *
     * @throws FarolException {@code AuthorizationFailed}, in Azure's words
     */
    private void authorize(Caller caller, String action, String path) {
        boolean everybodys = action.endsWith("/read") && Registries.published(path);
        if (!everybodys && !access.allows(caller.subject(), action, path)) {
            throw denied(caller.name(), caller.id(), action, path);
        }
    }

    /** A refusal in Azure's words. */
    static FarolException denied(String name, String id, String action, String scope) {
        return new FarolException(
                ErrorCode.FORBIDDEN,
                "The client '"
                        + name
                        + "' with object id '"
                        + id
                        + "' does not have authorization to perform action '"
                        + action
                        + "' over scope '"
                        + scope
                        + "' (expected: a role there or above it that gives the action; an"
                        + " Owner can assign one with `farol role assignment create`).");
    }

    private static List<String> segments(String path) {
        try {
            List<String> segments = Route.segments(path);
            // A slash inside of a name would make another id of it.
            if (segments.stream().noneMatch(segment -> segment.contains("/"))) {
                return segments;
            }
        } catch (IllegalArgumentException malformed) {
            log.debug("Not a path: {}", path, malformed);
        }
        throw new FarolException(
                ErrorCode.INVALID_ARGUMENT,
                "'"
                        + path
                        + "' is not a path (expected: two hex digits after each '%', no encoded"
                        + " slash)");
    }

    private ApiResponse refusal(Problem problem, String host) {
        ApiResponse answer =
                ProblemJson.response(problem)
                        .header("x-ms-error-code", problem.code().wire())
                        .header("x-ms-failure-cause", "service");
        return problem.code() == ErrorCode.UNAUTHENTICATED
                ? answer.header("WWW-Authenticate", identity.challenge(host))
                : answer;
    }

    /** Contracts §1.5. */
    private ApiResponse withHeaders(ApiResponse answer, ApiRequest request, String id) {
        String correlation = clientId(request, "x-ms-correlation-request-id").orElse(id);
        answer.header("x-ms-request-id", id)
                .header("x-ms-correlation-request-id", correlation)
                .header("x-ms-routing-request-id", "LOCAL:" + clock.instant() + ":" + id)
                .header("x-ms-response-type", answer.status() < 400 ? "standard" : "error");
        switch (request.method()) {
            case "GET", "HEAD" ->
                    answer.header("x-ms-ratelimit-remaining-subscription-reads", "11999");
            case "DELETE" ->
                    answer.header("x-ms-ratelimit-remaining-subscription-deletes", "14999");
            default -> answer.header("x-ms-ratelimit-remaining-subscription-writes", "1199");
        }
        clientId(request, "x-ms-client-request-id")
                .ifPresent(given -> answer.header("x-ms-client-request-id", given));
        if (answer.headers().first("Cache-Control").isEmpty()) {
            answer.header("Cache-Control", "no-cache");
        }
        return answer;
    }

    /** An id that the client chose, if it is one: short, visible ASCII. */
    private static Optional<String> clientId(ApiRequest request, String header) {
        return request.headers()
                .first(header)
                .filter(
                        id ->
                                !id.isEmpty()
                                        && id.length() <= MAX_REQUEST_ID
                                        && id.chars().allMatch(c -> c > ' ' && c < 127));
    }

    /** Collects the lines of the path table. */
    static final class Table {
        private final List<Route> routes = new ArrayList<>();

        Table add(Route.Access access, String method, String pattern, Doc doc, ArmHandler handler) {
            routes.add(Route.of(method, pattern, access, doc, handler));
            return this;
        }

        Table open(String method, String pattern, Doc doc, ArmHandler handler) {
            return add(Route.Access.OPEN, method, pattern, doc, handler);
        }

        Table versioned(String method, String pattern, Doc doc, ArmHandler handler) {
            return add(Route.Access.VERSIONED, method, pattern, doc, handler);
        }

        Table resource(String method, String pattern, Doc doc, ArmHandler handler) {
            return add(Route.Access.RESOURCE, method, pattern, doc, handler);
        }

        List<Route> routes() {
            return routes;
        }
    }
}
