package dev.farol.gateway;

import dev.farol.kit.Json;
import dev.farol.spec.EndpointSettings.Limits;
import dev.farol.spec.ErrorCode;
import dev.farol.spec.Problem;
import dev.farol.wire.Headers;
import dev.farol.wire.ProblemJson;
import dev.farol.wire.ProxyAnswer;
import java.nio.charset.StandardCharsets;
import java.util.TreeSet;

/** The answers that the gateway gives itself (contracts §4.3). */
final class Refusals {
    private Refusals() {}

    static ProxyAnswer unknownPath(RequestIds ids, String path) {
        return problem(
                ids,
                ErrorCode.RESOURCE_NOT_FOUND,
                "There is nothing at '%s'. Score at /api/v1/endpoint/{endpoint}/score, or by host at {endpoint}.{region}.inference.<domain>."
                        .formatted(path));
    }

    static ProxyAnswer unknownEndpoint(RequestIds ids, String endpoint) {
        return problem(
                ids,
                ErrorCode.ENDPOINT_NOT_FOUND,
                "There is no endpoint '%s' here.".formatted(endpoint));
    }

    static ProxyAnswer keyMissing(RequestIds ids) {
        ProxyAnswer answer =
                problem(
                        ids,
                        ErrorCode.UNAUTHENTICATED,
                        "The endpoint wants a key of its own (expected: Authorization: Bearer <key>).");
        answer.headers().set("WWW-Authenticate", "Bearer");
        return answer;
    }

    static ProxyAnswer keyWrong(RequestIds ids) {
        ProxyAnswer answer =
                problem(
                        ids,
                        ErrorCode.UNAUTHENTICATED,
                        "The key is not one of this endpoint's (expected: its primary or secondary key).");
        answer.headers().set("WWW-Authenticate", "Bearer error=\"invalid_token\"");
        return answer;
    }

    /** What is wrong with a token of an AMLToken endpoint. */
    static ProxyAnswer token(RequestIds ids, TokenCheck.Outcome outcome) {
        String wanted = "(expected: one that POST …/onlineEndpoints/{endpoint}/token answers)";
        ProxyAnswer answer =
                problem(
                        ids,
                        ErrorCode.UNAUTHENTICATED,
                        switch (outcome) {
                                    case EXPIRED ->
                                            "The token is not valid any more, or not yet " + wanted;
                                    case OTHER_ENDPOINT ->
                                            "The token is for another endpoint " + wanted;
                                    case INVALID, OTHER_AUDIENCE, NOT_ALLOWED, UNKNOWN_KEY ->
                                            "The token is not one of this Farol's " + wanted;
                                    case MISSING, PASSED -> "The endpoint wants a token " + wanted;
                                }
                                + ".");
        return challenged(answer, outcome);
    }

    /** What is wrong with the caller of an AADToken endpoint. */
    static ProxyAnswer scorer(RequestIds ids, TokenCheck.Outcome outcome) {
        if (outcome == TokenCheck.Outcome.NOT_ALLOWED) {
            return problem(
                    ids,
                    ErrorCode.FORBIDDEN,
                    "The token is good, and no role of its owner allows scoring here (expected: a role with Microsoft.MachineLearningServices/workspaces/onlineEndpoints/score/action at this endpoint or above it).");
        }
        String wanted =
                "(expected: Authorization: Bearer and a token for https://ml.azure.com of an issuer that this Farol trusts)";
        ProxyAnswer answer =
                problem(
                        ids,
                        ErrorCode.UNAUTHENTICATED,
                        switch (outcome) {
                                    case EXPIRED ->
                                            "The token is not valid any more, or not yet " + wanted;
                                    case OTHER_AUDIENCE ->
                                            "The token is for something else " + wanted;
                                    case UNKNOWN_KEY ->
                                            "The token's key is not known; its issuer is asked, try again "
                                                    + wanted;
                                    case INVALID, OTHER_ENDPOINT, NOT_ALLOWED ->
                                            "The token does not hold " + wanted;
                                    case MISSING, PASSED -> "The endpoint wants a token " + wanted;
                                }
                                + ".");
        challenged(answer, outcome);
        return outcome == TokenCheck.Outcome.UNKNOWN_KEY ? later(answer, 2) : answer;
    }

    private static ProxyAnswer challenged(ProxyAnswer answer, TokenCheck.Outcome outcome) {
        answer.headers()
                .set(
                        "WWW-Authenticate",
                        outcome == TokenCheck.Outcome.MISSING
                                ? "Bearer"
                                : "Bearer error=\"invalid_token\"");
        return answer;
    }

    static ProxyAnswer unknownDeployment(RequestIds ids, RoutedEndpoint endpoint, String pinned) {
        return problem(
                ids,
                ErrorCode.DEPLOYMENT_NOT_FOUND,
                "The endpoint '%s' has no deployment '%s', which the header %s asks for. It has: %s. A client library may have carried the header over from an earlier call; without it the endpoint's traffic decides."
                        .formatted(
                                endpoint.name(),
                                pinned,
                                Reasons.DEPLOYMENT_HEADER,
                                endpoint.deployments().isEmpty()
                                        ? "none"
                                        : String.join(
                                                ", ",
                                                new TreeSet<>(endpoint.deployments().keySet()))));
    }

    static ProxyAnswer noTraffic(RequestIds ids, RoutedEndpoint endpoint) {
        return problem(
                ids,
                ErrorCode.NO_ROUTE,
                "The endpoint '%s' has no valid deployment with positive weight. Give one traffic, or name one in the header %s."
                        .formatted(endpoint.name(), Reasons.DEPLOYMENT_HEADER));
    }

    static ProxyAnswer notReady(RequestIds ids, RoutedDeployment deployment) {
        ProxyAnswer answer =
                problem(
                        ids,
                        ErrorCode.MODEL_NOT_READY,
                        "No instance of the deployment '%s' is ready."
                                .formatted(deployment.name()));
        answer.headers().set(Reasons.HEADER, Reasons.NOT_READY);
        return of(deployment, answer);
    }

    static ProxyAnswer workerLost(RequestIds ids, RoutedDeployment deployment) {
        ProxyAnswer answer =
                problem(
                        ids,
                        ErrorCode.WORKER_LOST,
                        "The instance of '%s' that ran the request broke off before it answered."
                                .formatted(deployment.name()));
        answer.headers().set(Reasons.HEADER, Reasons.WORKER_LOST);
        return of(deployment, answer);
    }

    /** Begins with what Azure's front end says. */
    static ProxyAnswer timeout(RequestIds ids, RoutedDeployment deployment) {
        Limit limit = LimitsOf.timeout(deployment);
        return of(
                deployment,
                limited(ids, ErrorCode.REQUEST_TIMEOUT, limit, "upstream request timeout."));
    }

    static ProxyAnswer windowFull(RequestIds ids, RoutedDeployment deployment) {
        Limit limit = LimitsOf.window(deployment);
        String what = "As many requests as may be under way or wait are there already.";
        ProxyAnswer answer = limited(ids, ErrorCode.TOO_MANY_REQUESTS, limit, what);
        answer.headers().set(Reasons.HEADER, Reasons.TOO_MANY);
        return of(deployment, later(answer, 1));
    }

    static ProxyAnswer tooManyAtOnce(RequestIds ids, Limits limits) {
        String what = "The endpoint has as many requests under way as it may.";
        ProxyAnswer answer =
                limited(ids, ErrorCode.TOO_MANY_REQUESTS, LimitsOf.atOnce(limits), what);
        return later(answer, 1);
    }

    /**
     * @param wait nanoseconds until there is room for one more
     */
    static ProxyAnswer tooFast(RequestIds ids, Limits limits, long wait) {
        String what = "The endpoint got as many requests as it takes in this second.";
        ProxyAnswer answer = limited(ids, ErrorCode.TOO_MANY_REQUESTS, LimitsOf.rate(limits), what);
        return later(answer, Math.max(1, Math.ceilDiv(wait, 1_000_000_000L)));
    }

    static ProxyAnswer tooLarge(RequestIds ids, Limits limits, long length) {
        return tooLarge(ids, limits, "The body is " + length + " bytes long.");
    }

    /** To a request that did not say how long its body is. */
    static ProxyAnswer tooLarge(RequestIds ids, Limits limits) {
        return tooLarge(ids, limits, "The body, whose length was not announced, is longer.");
    }

    private static ProxyAnswer tooLarge(RequestIds ids, Limits limits, String what) {
        return limited(ids, ErrorCode.PAYLOAD_TOO_LARGE, LimitsOf.body(limits), what);
    }

    private static ProxyAnswer limited(RequestIds ids, ErrorCode code, Limit limit, String what) {
        ProxyAnswer answer = problem(ids, code, what + " " + limit.sentence());
        limit.addTo(answer.headers());
        return answer;
    }

    /**
     * Clients send a POST again that was answered with this header (contracts §1.4), so it is on
     * answers alone whose request reached no model.
     */
    private static ProxyAnswer later(ProxyAnswer answer, long seconds) {
        answer.headers().set("Retry-After", Long.toString(seconds));
        return answer;
    }

    static ProxyAnswer idTooLong(String complaint) {
        var body = Json.object();
        body.put("message", complaint);
        return new ProxyAnswer(
                431,
                Headers.of("Content-Type", "application/json", "Server", Reasons.SERVER),
                body.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static ProxyAnswer of(RoutedDeployment deployment, ProxyAnswer answer) {
        answer.headers().set(Reasons.DEPLOYMENT_HEADER, deployment.name());
        return answer;
    }

    private static ProxyAnswer problem(RequestIds ids, ErrorCode code, String message) {
        return identified(ids, ProblemJson.answer(Problem.of(code, message)));
    }

    private static ProxyAnswer identified(RequestIds ids, ProxyAnswer answer) {
        ids.answer(answer.headers());
        answer.headers().set("Server", Reasons.SERVER);
        return answer;
    }
}
