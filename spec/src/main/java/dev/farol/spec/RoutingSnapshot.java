package dev.farol.spec;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * All that the data plane needs to know, at one moment: complete, immutable, versioned. Control
 * makes it, gateways swap it in; nothing else passes between the two.
 *
 * @param version grows with every snapshot; a gateway refuses one that is not newer
 * @param endpoints by endpoint name in lower case
 * @param authority whose tokens are good, and who may score
 */
public record RoutingSnapshot(long version, Map<String, Endpoint> endpoints, Authority authority) {
    public static final RoutingSnapshot EMPTY = new RoutingSnapshot(0, Map.of(), Authority.NONE);

    public RoutingSnapshot {
        endpoints = Map.copyOf(endpoints);
    }

    /**
     * What tokens are judged by.
     *
     * @param issuers those whose tokens are good; the house's own among them
     * @param scorers by principal: the scopes, in lower case, below which it may call endpoints
     *     with auth mode AAD_TOKEN
     * @param groupScorers the same by group, for all its members; apart from the others, so that
     *     nobody is taken for a group of the same name
     */
    public record Authority(
            List<Issuer> issuers,
            Map<String, Set<String>> scorers,
            Map<String, Set<String>> groupScorers) {
        public static final Authority NONE = new Authority(List.of(), Map.of());

        /** Characters of the longest token that a gateway reads: none longer is issued. */
        public static final int LONGEST_TOKEN = 16_384;

        /** The audience of the house's own tokens for the callers of one endpoint. */
        public static final String ENDPOINT_AUDIENCE = "azureml";

        public Authority {
            issuers = List.copyOf(issuers);
            scorers = Map.copyOf(scorers);
            groupScorers = Map.copyOf(groupScorers);
        }

        /** Without groups. */
        public Authority(List<Issuer> issuers, Map<String, Set<String>> scorers) {
            this(issuers, scorers, Map.of());
        }

        /**
         * Whether the principal may call the endpoint with that scope.
         *
         * @param groups those that the principal is in
         */
        public boolean mayScore(String principal, Set<String> groups, String scope) {
            return below(scorers.get(principal), scope)
                    || groups.stream().anyMatch(group -> below(groupScorers.get(group), scope));
        }

        private static boolean below(@Nullable Set<String> scopes, String scope) {
            return scopes != null && scopes.stream().anyMatch(each -> covers(each, scope));
        }

        /**
         * Whether a scope is another or above it; both in lower case, without a slash at the end.
         */
        public static boolean covers(String scope, String other) {
            return other.startsWith(scope)
                    && (other.length() == scope.length() || other.charAt(scope.length()) == '/');
        }
    }

    /**
     * Who signs tokens.
     *
     * @param name what its tokens say in {@code iss}
     * @param own whether it is the house's own: its tokens for one endpoint may call endpoints with
     *     auth mode AML_TOKEN
     * @param audiences what tokens for the data plane are for, one of them
     * @param principalClaim the claim that names the caller
     * @param groupsClaim the claim that lists the groups that the caller is in
     */
    public record Issuer(
            String name,
            boolean own,
            Set<String> audiences,
            String principalClaim,
            String groupsClaim,
            List<TokenKey> keys) {
        public Issuer {
            audiences = Set.copyOf(audiences);
            keys = List.copyOf(keys);
        }

        /** With Azure's claim for groups. */
        public Issuer(
                String name,
                boolean own,
                Set<String> audiences,
                String principalClaim,
                List<TokenKey> keys) {
            this(name, own, audiences, principalClaim, "groups", keys);
        }

        /**
         * The principal, or the group, that the claim's value means. Those of others carry their
         * issuer, so that no issuer can name a principal of another.
         */
        public String principal(String claim) {
            return own ? claim : foreign(name, claim);
        }

        /** The principal that an issuer other than the house's own calls {@code claim}. */
        public static String foreign(String issuer, String claim) {
            return issuer + "#" + claim;
        }
    }

    /**
     * A public key of a token issuer.
     *
     * @param id what the header of a token names it by
     * @param algorithm the only one it may be used with here, as JOSE names it: RS, PS or ES with
     *     256, 384 or 512; a key that may be used with two is there twice
     * @param encoded the key as X.509 SubjectPublicKeyInfo, in Base64
     */
    public record TokenKey(String id, String algorithm, String encoded) {}

    /**
     * One endpoint.
     *
     * @param scope its resource id in lower case: what roles are held at or above
     * @param region as in {@code {name}.{region}.inference.<domain>}
     * @param keyDigests SHA-256 of each key that may call (primary, secondary); empty unless {@code
     *     authMode} is KEY
     * @param traffic percent per deployment name; sums to 0 or 100
     * @param mirror percent of live traffic copied, per deployment name
     * @param deployments by name in lower case
     */
    public record Endpoint(
            String name,
            String scope,
            String region,
            AuthMode authMode,
            List<Digest> keyDigests,
            Map<String, Integer> traffic,
            Map<String, Integer> mirror,
            EndpointSettings settings,
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

    /** A server that answers for a deployment. */
    public record Instance(String id, String host, int port, Protocol protocol) {
        /** What a server speaks, without TLS. */
        public enum Protocol {
            HTTP_1,
            /** HTTP/2 with prior knowledge, as gRPC servers do. */
            HTTP_2,
            /** Both: HTTP/1.1, and HTTP/2 with prior knowledge for calls of gRPC. */
            HTTP_1_AND_GRPC
        }

        /** One that speaks HTTP/1.1. */
        public Instance(String id, String host, int port) {
            this(id, host, port, Protocol.HTTP_1);
        }
    }

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
