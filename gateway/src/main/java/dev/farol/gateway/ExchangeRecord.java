package dev.farol.gateway;

import dev.farol.spec.AuthMode;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a request when it is over; metrics and the access log derive from it.
 *
 * @param route where it was to go
 * @param asked what the caller sent
 * @param status what the client was told; 499 when it went away before it was told all
 * @param modelStatus what the instance answered, or 0
 * @param reason why the status is not 200, as in {@code ms-azureml-model-error-reason} or an error
 *     code; empty for 200
 * @param times what took how long
 * @param requestBytes of the body
 * @param responseBytes of the body
 * @param attempts instances that were tried
 */
public record ExchangeRecord(
        Route route,
        Asked asked,
        int status,
        int modelStatus,
        String reason,
        Times times,
        long requestBytes,
        long responseBytes,
        int attempts) {

    /**
     * Where a request was to go.
     *
     * @param endpoint empty when the request named none that exists
     * @param scope the endpoint's resource id in lower case; empty without one
     * @param auth what the endpoint asks callers for; null without an endpoint
     * @param deployment empty when none was chosen
     * @param instance the one that was asked last; empty when none was
     */
    public record Route(
            String endpoint,
            String scope,
            @Nullable AuthMode auth,
            String deployment,
            String instance) {
        static final Route NONE = new Route("", "", null, "", "");
    }

    /**
     * What the caller sent.
     *
     * @param method empty when the request was too malformed to tell
     * @param path as the caller asked, without the query; empty as the method is
     * @param protocol {@code HTTP/1.1} or {@code HTTP/2}
     * @param userAgent empty when it did not say
     * @param traceId of its trace, or the one that the gateway began
     */
    public record Asked(
            String method,
            String path,
            String protocol,
            String userAgent,
            String requestId,
            String clientRequestId,
            String traceId) {
        /** In place of one that nobody looks at. */
        static final Asked NOBODY_ASKS = new Asked("", "", "", "", "", "", "");
    }

    /**
     * What took how long, from the head of the request on.
     *
     * @param total to the end of the answer
     * @param received to the last byte of the request; zero when that did not come
     * @param firstByte to the head of the instance's answer; zero when none came
     * @param model from the request sent to the head of the answer; zero when none came
     * @param requestDelay by which the endpoint's bandwidth held the request back
     * @param responseDelay by which it held the answer back
     */
    public record Times(
            Duration total,
            Duration received,
            Duration firstByte,
            Duration model,
            Duration requestDelay,
            Duration responseDelay) {
        static final Times NONE =
                new Times(
                        Duration.ZERO,
                        Duration.ZERO,
                        Duration.ZERO,
                        Duration.ZERO,
                        Duration.ZERO,
                        Duration.ZERO);
    }

    public String endpoint() {
        return route.endpoint();
    }

    public String deployment() {
        return route.deployment();
    }

    public String instance() {
        return route.instance();
    }
}
