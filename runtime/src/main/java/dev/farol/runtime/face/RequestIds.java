package dev.farol.runtime.face;

import dev.farol.wire.FaceExchange;
import dev.farol.wire.Headers;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The ids of a request and of its answer (contracts §5.2). An id that is too long is not repeated.
 *
 * @param request {@code x-request-id}; null when it was too long
 * @param legacy {@code x-ms-request-id}
 * @param client {@code x-ms-client-request-id}; null when nobody gave one
 * @param trace {@code TraceId}, echoed
 * @param refusal why the request is answered 431; null when it is not
 */
record RequestIds(
        @Nullable String request,
        @Nullable String legacy,
        @Nullable String client,
        @Nullable String trace,
        @Nullable String refusal) {
    private static final int LIMIT = 100;

    static RequestIds of(FaceExchange exchange) {
        String trace = exchange.joined("TraceId");
        String given = exchange.joined("x-request-id");
        if (given != null && given.length() > LIMIT) {
            String refusal = "x-request-id must not exceed " + LIMIT + " characters";
            return new RequestIds(null, null, null, trace, refusal);
        }
        String request = given == null ? UUID.randomUUID().toString() : given;
        String legacy = blankIsNull(exchange.joined("x-ms-request-id"));
        String client = blankIsNull(exchange.joined("x-ms-client-request-id"));
        if (legacy == null) {
            legacy = client == null ? request : client;
        } else if (client == null) {
            client = legacy;
        }
        if (legacy.length() > LIMIT || (client != null && client.length() > LIMIT)) {
            String refusal =
                    "x-ms-request-id and x-ms-client-request-id must not exceed "
                            + LIMIT
                            + " characters";
            return new RequestIds(request, null, null, trace, refusal);
        }
        return new RequestIds(request, legacy, client, trace, null);
    }

    private static @Nullable String blankIsNull(@Nullable String value) {
        return value == null || value.isEmpty() ? null : value;
    }

    void addTo(Headers headers) {
        set(headers, "x-request-id", request);
        set(headers, "x-ms-request-id", legacy);
        set(headers, "x-ms-client-request-id", client);
        if (trace != null) {
            headers.add("TraceId", trace);
        }
    }

    /** Whatever a script says of them. */
    private static void set(Headers headers, String name, @Nullable String value) {
        if (value != null && !value.isEmpty()) {
            headers.set(name, value);
        }
    }
}
