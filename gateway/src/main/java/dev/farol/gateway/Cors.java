package dev.farol.gateway;

import dev.farol.wire.HeaderEdit;
import dev.farol.wire.Headers;
import dev.farol.wire.ProxyAnswer;
import dev.farol.wire.ProxyRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a browser is told about calls from pages of another origin. Only for endpoints that name
 * origins; for all others a preflight is a request without a key, as in the contract (§4.1).
 */
final class Cors {
    private static final String ALLOW_ORIGIN = "Access-Control-Allow-Origin";
    private static final String EXPOSE = "Access-Control-Expose-Headers";
    private static final String ASKED_METHOD = "Access-Control-Request-Method";
    private static final String ASKED_HEADERS = "Access-Control-Request-Headers";
    private static final String EXPOSED =
            String.join(
                    ", ",
                    Reasons.DEPLOYMENT_HEADER,
                    Reasons.HEADER,
                    Reasons.STATUS_HEADER,
                    Reasons.TIME_HEADER,
                    "x-request-id",
                    "x-ms-request-id",
                    "x-ms-client-request-id");

    private Cors() {}

    /** The origin of the request if the endpoint takes calls from it, else null. */
    static @Nullable String granted(List<String> origins, ProxyRequest request) {
        if (origins.isEmpty()) {
            return null;
        }
        String origin = request.header("Origin");
        if (origin == null) {
            return null;
        }
        for (String each : origins) {
            if (each.equals("*") || each.equalsIgnoreCase(origin)) {
                return origin;
            }
        }
        return null;
    }

    /** Whether a browser asks before it calls. */
    static boolean isPreflight(ProxyRequest request) {
        return request.method().equals("OPTIONS") && request.header(ASKED_METHOD) != null;
    }

    /** It may call as it asks to: who calls is told by the key, not by the page. */
    static ProxyAnswer preflight(ProxyRequest request, RequestIds ids) {
        Headers headers =
                Headers.of(
                        "Access-Control-Allow-Methods",
                        "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS",
                        "Access-Control-Max-Age",
                        "600",
                        "Server",
                        Reasons.SERVER);
        String asked = request.header(ASKED_HEADERS);
        if (asked != null) {
            headers.set("Access-Control-Allow-Headers", asked);
        }
        ids.answer(headers);
        return new ProxyAnswer(200, headers, new byte[0]);
    }

    static void allow(Headers headers, String origin) {
        headers.set(ALLOW_ORIGIN, origin);
        headers.set(EXPOSE, EXPOSED);
        headers.add("Vary", "Origin");
    }

    /** Leaves alone what the instance said itself. */
    static void allow(HeaderEdit headers, String origin) {
        if (headers.get(ALLOW_ORIGIN) == null) {
            headers.set(ALLOW_ORIGIN, origin);
            headers.set(EXPOSE, EXPOSED);
            String vary = headers.get("Vary");
            headers.set("Vary", vary == null ? "Origin" : vary + ", Origin");
        }
    }
}
