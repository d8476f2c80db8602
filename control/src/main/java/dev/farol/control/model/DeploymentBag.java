package dev.farol.control.model;

import dev.farol.spec.RoutingSnapshot.Instance.Protocol;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * What Farol reads from the property bag of a deployment, as {@link EndpointBag} does from that of
 * an endpoint: keys that begin with {@code farol.} (see docs/data-plane.md).
 */
public final class DeploymentBag {
    private static final String PREFIX = "farol.";

    /** What the deployment's process speaks. */
    public static final String PROTOCOL = "farol.protocol";

    private DeploymentBag() {}

    /**
     * Reads the protocol; what cannot be read is told, and counts as absent.
     *
     * @param wrong gets the key and what was expected
     */
    public static Protocol protocol(Map<String, String> bag, BiConsumer<String, String> wrong) {
        bag.keySet().stream()
                .filter(key -> key.toLowerCase(Locale.ROOT).startsWith(PREFIX))
                .filter(key -> !key.equals(PROTOCOL))
                .forEach(key -> wrong.accept(key, "'" + key + "' (expected: " + PROTOCOL + ")"));
        String text = bag.getOrDefault(PROTOCOL, "http1");
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "http1" -> Protocol.HTTP_1;
            case "h2c" -> Protocol.HTTP_2;
            default -> {
                wrong.accept(
                        PROTOCOL,
                        "'"
                                + text
                                + "' (expected: http1, or h2c for HTTP/2 without TLS, as gRPC"
                                + " servers speak it)");
                yield Protocol.HTTP_1;
            }
        };
    }
}
