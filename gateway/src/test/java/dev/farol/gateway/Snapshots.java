package dev.farol.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.farol.spec.AuthMode;
import dev.farol.spec.EndpointSettings;
import dev.farol.spec.RequestSettings;
import dev.farol.spec.RoutingSnapshot;
import dev.farol.spec.RoutingSnapshot.Authority;
import dev.farol.spec.RoutingSnapshot.Deployment;
import dev.farol.spec.RoutingSnapshot.Digest;
import dev.farol.spec.RoutingSnapshot.Endpoint;
import dev.farol.spec.RoutingSnapshot.Instance;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Snapshots of one endpoint, {@code shop} in region {@code local}, for tests. */
final class Snapshots {
    static final String PRIMARY = "primary-key";
    static final String SECONDARY = "secondary-key";
    static final String SCOPE =
            "/subscriptions/s/resourcegroups/g/providers/microsoft.machinelearningservices"
                    + "/workspaces/w/onlineendpoints/shop";
    static final RequestSettings GENEROUS =
            new RequestSettings(100, Duration.ofMillis(500), Duration.ofSeconds(10));

    private Snapshots() {}

    static Digest digest(String key) {
        try {
            return new Digest(MessageDigest.getInstance("SHA-256").digest(key.getBytes(UTF_8)));
        } catch (java.security.NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    static Deployment deployment(String name, RequestSettings settings, Instance... instances) {
        return new Deployment(name, settings, "/score", List.of(instances));
    }

    static Instance instance(String id, int port) {
        return new Instance(id, "127.0.0.1", port);
    }

    static Endpoint endpoint(
            Map<String, Integer> traffic, Map<String, Integer> mirror, Deployment... deployments) {
        return endpoint(AuthMode.KEY, traffic, mirror, deployments);
    }

    static Endpoint endpoint(
            AuthMode mode,
            Map<String, Integer> traffic,
            Map<String, Integer> mirror,
            Deployment... deployments) {
        return endpoint(mode, traffic, mirror, List.of(), deployments);
    }

    static Endpoint endpoint(
            AuthMode mode,
            Map<String, Integer> traffic,
            Map<String, Integer> mirror,
            List<String> corsOrigins,
            Deployment... deployments) {
        var byName = new HashMap<String, Deployment>();
        Arrays.stream(deployments).forEach(each -> byName.put(each.name(), each));
        return new Endpoint(
                "shop",
                SCOPE,
                "local",
                mode,
                mode == AuthMode.KEY ? List.of(digest(PRIMARY), digest(SECONDARY)) : List.of(),
                traffic,
                mirror,
                new EndpointSettings(null, EndpointSettings.Limits.GENEROUS, corsOrigins),
                byName);
    }

    /** The same endpoint with other settings. */
    static Endpoint with(Endpoint endpoint, EndpointSettings settings) {
        return new Endpoint(
                endpoint.name(),
                endpoint.scope(),
                endpoint.region(),
                endpoint.authMode(),
                endpoint.keyDigests(),
                endpoint.traffic(),
                endpoint.mirror(),
                settings,
                endpoint.deployments());
    }

    static RoutingSnapshot of(long version, Endpoint endpoint) {
        return of(version, endpoint, Authority.NONE);
    }

    static RoutingSnapshot of(long version, Endpoint endpoint, Authority authority) {
        return new RoutingSnapshot(version, Map.of("shop", endpoint), authority);
    }
}
