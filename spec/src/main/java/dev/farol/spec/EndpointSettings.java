package dev.farol.spec;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What an endpoint asks of the data plane beside its traffic.
 *
 * @param affinity what of a request keeps its caller on one deployment; null for the header {@code
 *     x-farol-affinity} alone
 * @param corsOrigins whose pages may call from a browser, {@code https://app.example} or {@code *};
 *     nobody's when empty
 */
public record EndpointSettings(
        @Nullable Affinity affinity, Limits limits, List<String> corsOrigins) {
    public static final EndpointSettings DEFAULT =
            new EndpointSettings(null, Limits.GENEROUS, List.of());

    public EndpointSettings {
        corsOrigins = List.copyOf(corsOrigins);
    }

    /** Which part of a request names its caller. */
    public record Affinity(Kind kind, String name) {
        /** Where the name is looked for. */
        public enum Kind {
            HEADER,
            COOKIE
        }

        /**
         * Reads {@code header:NAME} or {@code cookie:NAME}.
         *
         * @throws IllegalArgumentException for anything else
         */
        public static Affinity parse(String text) {
            int colon = text.indexOf(':');
            String name = colon < 0 ? "" : text.substring(colon + 1).strip();
            String kind =
                    colon < 0 ? "" : text.substring(0, colon).strip().toLowerCase(Locale.ROOT);
            boolean token = name.matches("[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}");
            if (!token || !(kind.equals("header") || kind.equals("cookie"))) {
                throw new IllegalArgumentException(
                        "'" + text + "' (expected: header:NAME or cookie:NAME)");
            }
            return new Affinity(kind.equals("header") ? Kind.HEADER : Kind.COOKIE, name);
        }
    }

    /**
     * What all deployments of the endpoint may take together; 0 means no limit.
     *
     * @param setBy who decided, for the answer that a limit leads to
     * @param requestsPerSecond beyond which requests are answered 429
     * @param concurrentRequests under way at once, beyond which they are answered 429
     * @param requestBytes of one body, beyond which it is answered 413
     * @param bytesPerSecond of all bodies, both ways, beyond which they are slowed down
     */
    public record Limits(
            String setBy,
            int requestsPerSecond,
            int concurrentRequests,
            long requestBytes,
            long bytesPerSecond) {
        /** No limit but those of the deployments. */
        public static final Limits GENEROUS = new Limits("the default", 0, 0, 0, 0);

        /** Azure's figures for managed online endpoints (contracts §4.4). */
        public static final Limits AZURE =
                new Limits(
                        "the profile azure (the endpoint's property farol.limits)",
                        500,
                        500,
                        0,
                        5_000_000);
    }
}
