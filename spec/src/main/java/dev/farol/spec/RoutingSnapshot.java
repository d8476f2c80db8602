package dev.farol.spec;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * All that the data plane needs to know, at one moment: complete, immutable, versioned. Control
 * makes it, gateways swap it in; nothing else passes between the two.
 *
 * @param version grows with every snapshot; a gateway refuses one that is not newer
 * @param endpoints by endpoint name in lower case
 * @param tokenKeys whose tokens may call the endpoints with auth mode AML_TOKEN
 */
public record RoutingSnapshot(
        long version, Map<String, Endpoint> endpoints, List<TokenKey> tokenKeys) {
    public static final RoutingSnapshot EMPTY = new RoutingSnapshot(0, Map.of(), List.of());

    public RoutingSnapshot {
        endpoints = Map.copyOf(endpoints);
        tokenKeys = List.copyOf(tokenKeys);
    }

    /**
     * A public key of the token issuer.
     *
     * @param id what the header of a token names it by
     * @param algorithm the only one it may be used with: ES256 or RS256
     * @param encoded the key as X.509 SubjectPublicKeyInfo, in Base64
     */
    public record TokenKey(String id, String algorithm, String encoded) {}

    /**
     * One endpoint.
     *
     * @param region as in {@code {name}.{region}.inference.<domain>}
     * @param keyDigests SHA-256 of each key that may call (primary, secondary); empty unless {@code
     *     authMode} is KEY
     * @param traffic percent per deployment name; sums to 0 or 100
     * @param mirror percent of live traffic copied, per deployment name
     * @param deployments by name in lower case
     */
    public record Endpoint(
            String name,
            String region,
            AuthMode authMode,
            List<Digest> keyDigests,
            Map<String, Integer> traffic,
            Map<String, Integer> mirror,
            Map<String, Deployment> deployments) {
        public Endpoint {
            keyDigests = List.copyOf(keyDigests);
            traffic = Map.copyOf(traffic);
            mirror = Map.copyOf(mirror);
            deployments = Map.copyOf(deployments);
        }
    }

    /** One deployment and its instances that are ready; an empty list means none is. */
    public record Deployment(
            String name,
            RequestSettings requestSettings,
            String scoringPath,
            List<Instance> instances) {
        public Deployment {
            instances = List.copyOf(instances);
        }
    }

    /** An HTTP server that answers for a deployment. */
    public record Instance(String id, String host, int port) {}

    /** The SHA-256 of a secret, so that a snapshot in a log or a dump gives no key away. */
    public static final class Digest {
        private final byte[] sha256;

        public Digest(byte[] sha256) {
            if (sha256.length != 32) {
                throw new IllegalArgumentException("length: " + sha256.length + " (expected: 32)");
            }
            this.sha256 = sha256.clone();
        }

        /** Whether {@code candidate}, itself a SHA-256, is the same, compared in constant time. */
        public boolean matches(byte[] candidate) {
            return java.security.MessageDigest.isEqual(sha256, candidate);
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Digest digest && matches(digest.sha256);
        }

        @Override
        public int hashCode() {
            return java.util.Arrays.hashCode(sha256);
        }

        @Override
        public String toString() {
            return "Digest[…]";
        }
    }

    /** The endpoint of that name, whatever its case. */
    public Optional<Endpoint> endpoint(String name) {
        return Optional.ofNullable(endpoints.get(name.toLowerCase(java.util.Locale.ROOT)));
    }
}
