package dev.farol.gateway;

import dev.farol.kit.Json;
import dev.farol.spec.RoutingSnapshot.Authority;
import dev.farol.spec.RoutingSnapshot.Issuer;
import dev.farol.spec.RoutingSnapshot.TokenKey;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Checks the JWTs that callers present, against the snapshot alone: signature, issuer, audience,
 * times, and then what the endpoint's auth mode asks for (contracts §1.7, §4.1). The issuer's key
 * decides the algorithm, never the token's header; an unsigned token, or one that is signed with a
 * public key as if it were a shared secret, finds no key. A signature is computed once per token,
 * so that a caller who keeps a token pays for it once.
 */
final class TokenCheck {
    static final TokenCheck NONE = new TokenCheck(Authority.NONE);

    /** By which the clocks of issuer and gateway may differ, in seconds. */
    static final long SKEW = 60;

    private static final String SCHEME = "Bearer ";
    private static final int MAX_REMEMBERED = 4096;

    private final Authority authority;
    private final Map<String, Checks> issuers = new HashMap<>();

    /** What tokens say whose signature held. */
    private final Map<String, Claims> held = new ConcurrentHashMap<>();

    TokenCheck(Authority authority) {
        this.authority = authority;
        authority.issuers().forEach(issuer -> issuers.put(issuer.name(), new Checks(issuer)));
    }

    /** Why a caller is turned away; PASSED when not. */
    enum Outcome {
        PASSED,
        MISSING,
        INVALID,
        EXPIRED,
        OTHER_ENDPOINT,
        OTHER_AUDIENCE,
        NOT_ALLOWED,
        UNKNOWN_KEY
    }

    /** An issuer and its keys, by id and algorithm. */
    private static final class Checks {
        private final Issuer issuer;
        private final Map<String, PublicKey> keys = new HashMap<>();

        Checks(Issuer issuer) {
            this.issuer = issuer;
            issuer.keys().forEach(key -> keys.put(key.algorithm() + " " + key.id(), decoded(key)));
        }

        boolean verifies(String algorithm, String kid, byte[] content, byte[] signature) {
            PublicKey key = keys.get(algorithm + " " + kid);
            if (key == null) {
                return false;
            }
            try {
                Signature check = signature(algorithm);
                check.initVerify(key);
                check.update(content);
                return check.verify(signature);
            } catch (GeneralSecurityException malformed) {
                return false;
            }
        }
    }

    /**
     * What a token says.
     *
     * @param principal who its owner is; empty when it does not say
     * @param groups those that its owner is in
     * @param endpoint the only one that it is for; empty when it names none
     */
    private record Claims(
            Issuer issuer,
            String principal,
            Set<String> groups,
            String endpoint,
            Set<String> audiences,
            long from,
            long end) {}

    boolean judgesBy(Authority other) {
        return authority.equals(other);
    }

    /**
     * For auth mode AMLToken: a token of the house's own issuer that names the endpoint.
     *
     * @param endpoint the name of the endpoint that is called, in any case
     */
    Outcome forEndpoint(@Nullable String authorization, String endpoint, Instant now) {
        if (!bearer(authorization)) {
            return Outcome.MISSING;
        }
        Claims claims = claims(authorization);
        if (claims == null
                || !claims.issuer().own()
                || !claims.audiences().contains(Authority.ENDPOINT_AUDIENCE)) {
            return Outcome.INVALID;
        }
        if (!claims.endpoint().equalsIgnoreCase(endpoint)) {
            return Outcome.OTHER_ENDPOINT;
        }
        return timely(claims, now) ? Outcome.PASSED : Outcome.EXPIRED;
    }

    /**
     * For auth mode AADToken: a token for the data plane, of any issuer, or one of the house's own
     * that names the endpoint, whose owner may score.
     *
     * @param endpoint the name of the endpoint that is called, in any case
     * @param scope of the endpoint that is called
     */
    Outcome forScoring(@Nullable String authorization, String endpoint, String scope, Instant now) {
        if (!bearer(authorization)) {
            return Outcome.MISSING;
        }
        Claims claims = claims(authorization);
        if (claims == null) {
            return unknownKey(authorization) == null ? Outcome.INVALID : Outcome.UNKNOWN_KEY;
        }
        if (claims.principal().isEmpty()) {
            return Outcome.INVALID;
        }
        if (!timely(claims, now)) {
            return Outcome.EXPIRED;
        }
        if (claims.issuer().own() && claims.audiences().contains(Authority.ENDPOINT_AUDIENCE)) {
            if (!claims.endpoint().equalsIgnoreCase(endpoint)) {
                return Outcome.OTHER_ENDPOINT;
            }
        } else if (claims.audiences().stream().noneMatch(claims.issuer().audiences()::contains)) {
            return Outcome.OTHER_AUDIENCE;
        }
        return authority.mayScore(
                        claims.issuer().principal(claims.principal()), claims.groups(), scope)
                ? Outcome.PASSED
                : Outcome.NOT_ALLOWED;
    }

    /**
     * The issuer that is to be asked for a key: one that is trusted, and not the house's own, of
     * which the snapshot has every key; null when the token names none that is missing.
     */
    @Nullable String unknownKey(@Nullable String authorization) {
        String token = bearer(authorization) ? token(authorization) : "";
        String[] parts = token.split("\\.", -1);
        if (parts.length != 3 || token.length() > Authority.LONGEST_TOKEN) {
            return null;
        }
        try {
            String kid = json(parts[0]).path("kid").asString("");
            Checks checks = issuers.get(json(parts[1]).path("iss").asString(""));
            boolean missing =
                    checks != null
                            && !checks.issuer.own()
                            && !kid.isEmpty()
                            && checks.issuer.keys().stream().noneMatch(key -> key.id().equals(kid));
            return checks != null && missing ? checks.issuer.name() : null;
        } catch (IllegalArgumentException | JacksonException malformed) {
            return null;
        }
    }

    private static boolean bearer(@Nullable String authorization) {
        return authorization != null
                && authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length());
    }

    private static boolean timely(Claims claims, Instant now) {
        long second = now.getEpochSecond();
        return second + SKEW >= claims.from() && second - SKEW < claims.end();
    }

    private static String token(@Nullable String authorization) {
        return authorization == null ? "" : authorization.substring(SCHEME.length()).trim();
    }

    private @Nullable Claims claims(@Nullable String authorization) {
        String token = token(authorization);
        Claims known = held.get(token);
        if (known != null) {
            return known;
        }
        Claims claims = token.length() > Authority.LONGEST_TOKEN ? null : verified(token);
        if (claims != null) {
            if (held.size() >= MAX_REMEMBERED) {
                held.clear();
            }
            held.put(token, claims);
        }
        return claims;
    }

    private @Nullable Claims verified(String token) {
        String[] parts = token.split("\\.", -1);
        if (parts.length != 3) {
            return null;
        }
        try {
            JsonNode header = json(parts[0]);
            JsonNode claims = json(parts[1]);
            Checks checks = issuers.get(claims.path("iss").asString(""));
            if (checks == null
                    || header.has("crit")
                    || !checks.verifies(
                            header.path("alg").asString(""),
                            header.path("kid").asString(""),
                            (parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII),
                            Base64.getUrlDecoder().decode(parts[2]))) {
                return null;
            }
            Issuer issuer = checks.issuer;
            return new Claims(
                    issuer,
                    claims.path(issuer.principalClaim()).asString(""),
                    groups(issuer, claims.path(issuer.groupsClaim())),
                    claims.path("endpointName").asString(""),
                    audiences(claims.path("aud")),
                    claims.path("nbf").asLong(0),
                    claims.path("exp").asLong(0));
        } catch (IllegalArgumentException | JacksonException malformed) {
            return null;
        }
    }

    /** What is no list of texts names no group. */
    private static Set<String> groups(Issuer issuer, JsonNode claim) {
        var groups = new HashSet<String>();
        if (claim.isArray()) {
            claim.forEach(
                    each -> {
                        if (each.isString() && !each.asString().isBlank()) {
                            groups.add(issuer.principal(each.asString()));
                        }
                    });
        }
        return groups;
    }

    /** With and without a slash at the end: libraries differ in what they ask for. */
    private static Set<String> audiences(JsonNode claim) {
        var texts = new ArrayList<String>();
        if (claim.isArray()) {
            claim.forEach(each -> texts.add(each.asString("")));
        } else {
            texts.add(claim.asString(""));
        }
        var audiences = new HashSet<String>(texts);
        texts.forEach(each -> audiences.add(each.replaceAll("/+$", "")));
        return audiences;
    }

    private static JsonNode json(String part) {
        return Json.STRICT.readTree(Base64.getUrlDecoder().decode(part));
    }

    private static Signature signature(String algorithm) throws GeneralSecurityException {
        String hash = algorithm.substring(2);
        return switch (algorithm.substring(0, 2)) {
            case "ES" -> Signature.getInstance("SHA" + hash + "withECDSAinP1363Format");
            case "RS" -> Signature.getInstance("SHA" + hash + "withRSA");
            default -> {
                Signature pss = Signature.getInstance("RSASSA-PSS");
                var digest = new MGF1ParameterSpec("SHA-" + hash);
                pss.setParameter(
                        new PSSParameterSpec(
                                "SHA-" + hash,
                                "MGF1",
                                digest,
                                Integer.parseInt(hash) / Byte.SIZE,
                                PSSParameterSpec.TRAILER_FIELD_BC));
                yield pss;
            }
        };
    }

    /**
     * @throws IllegalArgumentException saying which key is none
     */
    static PublicKey decoded(TokenKey key) {
        try {
            if (!key.algorithm().matches("(ES|RS|PS)(256|384|512)")) {
                throw new IllegalArgumentException(key.algorithm());
            }
            byte[] encoded = Base64.getDecoder().decode(key.encoded());
            return KeyFactory.getInstance(key.algorithm().startsWith("ES") ? "EC" : "RSA")
                    .generatePublic(new X509EncodedKeySpec(encoded));
        } catch (GeneralSecurityException | IllegalArgumentException malformed) {
            throw new IllegalArgumentException(
                    "token key " + key.id() + ": not a public key for " + key.algorithm(),
                    malformed);
        }
    }
}
