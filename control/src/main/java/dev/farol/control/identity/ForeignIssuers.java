package dev.farol.control.identity;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import dev.farol.spec.RoutingSnapshot;
import dev.farol.wire.ApiClient;
import dev.farol.wire.Headers;
import java.io.IOException;
import java.nio.file.Path;
import java.text.ParseException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The issuers besides Farol's own: those of the settings, and those of federated credentials. */
final class ForeignIssuers {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /** How federated credentials are signed, as Azure takes them. */
    private static final Set<JWSAlgorithm> FEDERATED =
            Set.of(JWSAlgorithm.RS256, JWSAlgorithm.ES256);

    private final InstantSource clock;
    private final Map<String, Trusted> trusted = new HashMap<>();

    /** Of federated credentials, by issuer; there are as many as an administrator named. */
    private final Map<String, RemoteKeys> federated = new ConcurrentHashMap<>();

    /** An issuer of the settings and what checks its tokens. */
    private record Trusted(TrustedIssuer settings, ForeignTokens tokens, RemoteKeys keys) {}

    ForeignIssuers(List<TrustedIssuer> issuers, InstantSource clock) {
        this.clock = clock;
        for (TrustedIssuer each : issuers) {
            var keys = new RemoteKeys(each.issuer(), url -> document(url, each.ca()), clock);
            trusted.put(
                    each.issuer(),
                    new Trusted(
                            each,
                            new ForeignTokens(
                                    each.issuer(), each.audiences(), each.allowed(), keys, clock),
                            keys));
        }
    }

    /**
     * The caller, when the token says that it is of a trusted issuer.
     *
     * @throws FarolException {@code AuthenticationFailed} when it says so and does not hold
     */
    Optional<Caller> caller(String token) {
        if (trusted.isEmpty()) {
            return Optional.empty();
        }
        SignedJWT parsed;
        Trusted issuer;
        try {
            parsed = SignedJWT.parse(token);
            issuer = trusted.get(String.valueOf(parsed.getJWTClaimsSet().getIssuer()));
        } catch (ParseException noToken) {
            return Optional.empty(); // our own tokens' check says what is wrong with it
        }
        if (issuer == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(caller(issuer.settings(), issuer.tokens().verify(parsed)));
        } catch (BadJOSEException bad) {
            throw new FarolException(
                    ErrorCode.UNAUTHENTICATED,
                    "The token of "
                            + issuer.settings().issuer()
                            + " does not hold: "
                            + bad.getMessage());
        }
    }

    /** A token of the issuer named a key that the data plane does not have. */
    void unknownKey(String issuer) {
        Trusted known = trusted.get(issuer);
        if (known != null) {
            known.keys().askAgain();
        }
    }

    /** The trusted issuers as the data plane needs them; those without keys are left out. */
    List<RoutingSnapshot.Issuer> published() {
        return trusted.values().stream()
                .map(
                        each ->
                                new RoutingSnapshot.Issuer(
                                        each.settings().issuer(),
                                        false,
                                        each.settings().audiences(),
                                        each.settings().principal(),
                                        each.settings().groups(),
                                        each.keys().known().stream()
                                                .flatMap(
                                                        key ->
                                                                PublishedKeys.of(
                                                                        key,
                                                                        each.settings().allowed())
                                                                        .stream())
                                                .toList()))
                .filter(issuer -> !issuer.keys().isEmpty())
                .sorted(Comparator.comparing(RoutingSnapshot.Issuer::name))
                .toList();
    }

    /**
     * The claims of an assertion that a federated credential of {@code issuer} for {@code audience}
     * is about.
     *
     * @throws BadJOSEException when it does not hold
     */
    JWTClaimsSet assertion(SignedJWT assertion, String issuer, String audience)
            throws BadJOSEException {
        RemoteKeys keys =
                federated.computeIfAbsent(
                        issuer,
                        name -> new RemoteKeys(name, url -> document(url, ca(name)), clock));
        return new ForeignTokens(issuer, Set.of(audience), FEDERATED, keys, clock)
                .verify(assertion);
    }

    private @Nullable Path ca(String issuer) {
        Trusted known = trusted.get(issuer);
        return known == null ? null : known.settings().ca();
    }

    private static Caller caller(TrustedIssuer issuer, JWTClaimsSet claims) {
        Object principal = claims.getClaim(issuer.principal());
        if (!(principal instanceof String name) || name.isBlank()) {
            throw new FarolException(
                    ErrorCode.UNAUTHENTICATED,
                    "The token of "
                            + issuer.issuer()
                            + " has no '"
                            + issuer.principal()
                            + "' (expected: the claim that names the caller)");
        }
        return new Caller(
                RoutingSnapshot.Issuer.foreign(issuer.issuer(), name),
                name,
                groups(issuer, claims.getClaim(issuer.groups())),
                claims.getExpirationTime().toInstant());
    }

    /** What is no list of texts names no group. */
    private static Set<String> groups(TrustedIssuer issuer, @Nullable Object claim) {
        var groups = new HashSet<String>();
        if (claim instanceof List<?> list) {
            for (Object each : list) {
                if (each instanceof String group && !group.isBlank()) {
                    groups.add(RoutingSnapshot.Issuer.foreign(issuer.issuer(), group));
                }
            }
        }
        return groups;
    }

    /** Fetched rarely, so that a client is made for each; it follows no redirect. */
    private static String document(String url, @Nullable Path ca) throws IOException {
        try (ApiClient client = ApiClient.create(ca, PATIENCE)) {
            var answer = client.send(new ApiClient.Call("GET", url, new Headers(), null, PATIENCE));
            if (answer.status() != 200) {
                throw new IOException(url + " answered " + answer.status());
            }
            return answer.text();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", interrupted);
        }
    }
}
