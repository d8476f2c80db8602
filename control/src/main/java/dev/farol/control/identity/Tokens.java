package dev.farol.control.identity;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.farol.control.ServicePrincipal;
import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Farol's token issuer: signs JWTs, and reads back only what it signed itself. The key decides the
 * algorithm, never the token's header.
 */
final class Tokens {
    static final Duration SKEW = Duration.ofSeconds(60);
    private static final int MAX_REMEMBERED = 256;

    private final SigningKeys keys;
    private final InstantSource clock;
    private final IdentityConfig config;

    /** Tokens whose signature held, so that a client that polls does not pay for it each time. */
    private final Map<String, Signed> signed = new ConcurrentHashMap<>();

    Tokens(SigningKeys keys, InstantSource clock, IdentityConfig config) {
        this.keys = keys;
        this.clock = clock;
        this.config = config;
    }

    /** A signed token and when it ends. */
    record Minted(String token, Instant expiresAt) {}

    /** What a key signed; good as long as the key is. */
    private record Signed(String key, JWTClaimsSet claims) {}

    String issuer() {
        return issuer(config);
    }

    static String issuer(IdentityConfig config) {
        return "https://sts.farol.local/" + config.tenantId() + "/";
    }

    /** Whose token it is, as its claims say. */
    record Owner(String id, String clientId, String name) {
        static Owner of(ServicePrincipal principal) {
            return new Owner(principal.id(), principal.clientId(), principal.name());
        }
    }

    /** A token for this machine's user. */
    Minted mint(String resource) {
        return mint(resource, user());
    }

    Minted mint(String resource, Owner owner) {
        return mint(Audience.of(resource), owner, Set.of(), null, Map.of());
    }

    /**
     * @param more claims beside those that all tokens have
     */
    Minted mint(String audience, Caller owner, Map<String, String> more) {
        return mint(
                audience,
                new Owner(owner.id(), owner.id(), owner.name()),
                owner.groups(),
                owner.until(),
                more);
    }

    private Owner user() {
        return new Owner(config.principalId(), config.clientId(), config.principalName());
    }

    /**
     * @param until when it ends at the latest
     */
    private Minted mint(
            String audience,
            Owner owner,
            Set<String> groups,
            @Nullable Instant until,
            Map<String, String> more) {
        Instant now = clock.instant();
        Instant end = now.plus(config.tokenLife());
        if (until != null && until.isBefore(end)) {
            end = until;
        }
        var claims =
                new JWTClaimsSet.Builder()
                        .issuer(issuer())
                        .audience(audience)
                        .subject(owner.id())
                        .issueTime(Date.from(now))
                        .notBeforeTime(Date.from(now))
                        .expirationTime(Date.from(end))
                        .jwtID(UUID.randomUUID().toString())
                        .claim("tid", config.tenantId())
                        .claim("oid", owner.id())
                        .claim("appid", owner.clientId())
                        .claim("name", owner.name())
                        .claim("ver", "1.0");
        if (!groups.isEmpty()) {
            claims.claim("groups", List.copyOf(groups));
        }
        more.forEach(claims::claim);
        return new Minted(sign(keys.current(), claims.build()), end);
    }

    /**
     * The caller of a request that called this server {@code host}.
     *
     * @throws FarolException {@code AuthenticationFailed}, saying which check did not hold
     */
    Caller verify(String token, String host) {
        JWTClaimsSet claims = signedClaims(token);
        Instant now = clock.instant();
        Date expires = claims.getExpirationTime();
        if (expires == null || !expires.toInstant().isAfter(now)) {
            throw refused("The token expired at " + (expires == null ? null : expires.toInstant()));
        }
        Date from = claims.getNotBeforeTime();
        if (from != null && from.toInstant().minus(SKEW).isAfter(now)) {
            throw refused("The token is not valid before " + from.toInstant());
        }
        if (!issuer().equals(claims.getIssuer())) {
            throw refused("The token was issued by '" + claims.getIssuer() + "'");
        }
        if (claims.getAudience().stream().noneMatch(each -> Audience.accepted(each, host))) {
            throw refused(
                    "The token is for "
                            + claims.getAudience()
                            + " (expected: https://"
                            + host
                            + ", https://management.azure.com, https://ml.azure.com or"
                            + " https://storage.azure.com)");
        }
        String subject = Objects.requireNonNullElse(claims.getSubject(), config.principalId());
        return new Caller(subject, name(claims, subject), Set.of(), null);
    }

    private JWTClaimsSet signedClaims(String token) {
        Signed known = signed.get(token);
        if (known != null && keys.find(known.key()).isPresent()) {
            return known.claims();
        }
        SignedJWT jwt = parse(token);
        String kid = jwt.getHeader().getKeyID();
        JWK key = kid == null ? null : keys.find(kid).orElse(null);
        if (kid == null || key == null || !signedBy(key, jwt)) {
            throw refused("The token was not signed by this Farol.");
        }
        JWTClaimsSet claims = claims(jwt);
        if (signed.size() >= MAX_REMEMBERED) {
            signed.clear();
        }
        signed.put(token, new Signed(kid, claims));
        return claims;
    }

    private static String name(JWTClaimsSet claims, String otherwise) {
        return claims.getClaim("name") instanceof String name ? name : otherwise;
    }

    private static String sign(JWK key, JWTClaimsSet claims) {
        try {
            boolean elliptic = key instanceof ECKey;
            var header =
                    new JWSHeader.Builder(elliptic ? JWSAlgorithm.ES256 : JWSAlgorithm.RS256)
                            .type(JOSEObjectType.JWT)
                            .keyID(key.getKeyID())
                            .build();
            var jwt = new SignedJWT(header, claims);
            jwt.sign(elliptic ? new ECDSASigner(key.toECKey()) : new RSASSASigner(key.toRSAKey()));
            return jwt.serialize();
        } catch (JOSEException broken) {
            throw new IllegalStateException("The key " + key.getKeyID() + " cannot sign", broken);
        }
    }

    private static boolean signedBy(JWK key, SignedJWT jwt) {
        try {
            JWSAlgorithm algorithm = jwt.getHeader().getAlgorithm();
            return switch (key) {
                case ECKey elliptic ->
                        algorithm.equals(JWSAlgorithm.ES256)
                                && verified(jwt, new ECDSAVerifier(elliptic));
                case RSAKey rsa ->
                        algorithm.equals(JWSAlgorithm.RS256)
                                && verified(jwt, new RSASSAVerifier(rsa));
                default -> false;
            };
        } catch (JOSEException unusable) {
            return false;
        }
    }

    private static boolean verified(SignedJWT jwt, JWSVerifier verifier) throws JOSEException {
        return jwt.verify(verifier);
    }

    /** Refuses unsigned tokens (alg none) too: they are no SignedJWT. */
    private static SignedJWT parse(String token) {
        try {
            return SignedJWT.parse(token);
        } catch (ParseException noJwt) {
            throw refused("The token is not a signed JWT.");
        }
    }

    private static JWTClaimsSet claims(SignedJWT jwt) {
        try {
            return jwt.getJWTClaimsSet();
        } catch (ParseException noClaims) {
            throw refused("The token holds no claims.");
        }
    }

    private static FarolException refused(String why) {
        return new FarolException(ErrorCode.UNAUTHENTICATED, why);
    }
}
