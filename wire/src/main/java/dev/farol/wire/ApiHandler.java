package dev.farol.wire;

/**
 * Answers a request with blocking code, on a virtual thread of its own. What it throws becomes an
 * answer: a {@link dev.farol.spec.FarolException} its own problem, anything else {@code
 * InternalServerError} with one line in the log.
 */
@FunctionalInterface
public interface ApiHandler {
    ApiResponse handle(ApiRequest request) throws Exception;
}
