package dev.farol.gateway;

import java.time.Duration;

/**
 * What is known of a request when it is over; metrics and the access log derive from it.
 *
 * @param endpoint empty when the request named none that exists
 * @param deployment empty when none was chosen
 * @param instance the one that was asked last; empty when none was
 * @param status what the client was told; 499 when it went away before it was told all
 * @param modelStatus what the instance answered, or 0
 * @param reason why the status is not 200, as in {@code ms-azureml-model-error-reason} or an error
 *     code; empty for 200
 * @param total from the head of the request to the end of the answer
 * @param model from the request sent to the head of the answer; zero when none came
 * @param requestBytes of the body
 * @param responseBytes of the body
 * @param attempts instances that were tried
 */
public record ExchangeRecord(
        String endpoint,
        String deployment,
        String instance,
        String method,
        String path,
        int status,
        int modelStatus,
        String reason,
        Duration total,
        Duration model,
        long requestBytes,
        long responseBytes,
        int attempts,
        String requestId,
        String clientRequestId) {}
