package dev.farol.gateway;

import dev.farol.kit.Json;
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
                                    case INVALID, OTHER_AUDIENCE, NOT_ALLOWED ->
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
                                    case INVALID, OTHER_ENDPOINT, NOT_ALLOWED ->
                                            "The token does not hold " + wanted;
                                    case MISSING, PASSED -> "The endpoint wants a token " + wanted;
                                }
                                + ".");
        return challenged(answer, outcome);
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

    static ProxyAnswer timeout(RequestIds ids, RoutedDeployment deployment) {
        return of(deployment, text(ids, 408, "upstream request timeout"));
    }

    /**
     * Empty, as the contract has it; without Retry-After, which would make clients repeat a POST.
     */
    static ProxyAnswer windowFull(RequestIds ids, RoutedDeployment deployment) {
        ProxyAnswer answer = text(ids, ErrorCode.TOO_MANY_REQUESTS.status(), "");
        answer.headers().set(Reasons.HEADER, Reasons.TOO_MANY);
        return of(deployment, answer);
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

    private static ProxyAnswer text(RequestIds ids, int status, String text) {
        return identified(
                ids,
                new ProxyAnswer(
                        status,
                        Headers.of("Content-Type", "text/plain"),
                        text.getBytes(StandardCharsets.UTF_8)));
    }

    private static ProxyAnswer identified(RequestIds ids, ProxyAnswer answer) {
        ids.answer(answer.headers());
        answer.headers().set("Server", Reasons.SERVER);
        return answer;
    }
}
