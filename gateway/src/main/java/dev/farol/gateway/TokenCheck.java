package dev.farol.gateway;

import dev.farol.kit.Json;
import dev.farol.spec.RoutingSnapshot.TokenKey;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Checks the tokens that callers of an endpoint with auth mode AMLToken present (contracts §1.7):
 * JWTs of the control plane's issuer that name the endpoint. The key decides the algorithm, never
 * the token's header. A signature is computed once per token and snapshot's keys, so that a caller
 * who keeps a token pays for it once.
 */
final class TokenCheck {
    static final TokenCheck NONE = new TokenCheck(List.of());
    private static final String SCHEME = "Bearer ";
    private static final String AUDIENCE = "azureml";
    private static final int MAX_REMEMBERED = 4096;
    private static final int MAX_LENGTH = 8192;

    private final List<TokenKey> keys;
    private final Map<String, Verifier> verifiers = new HashMap<>();

    /** What tokens say whose signature held. */
    private final Map<String, Claims> held = new ConcurrentHashMap<>();

    TokenCheck(List<TokenKey> keys) {
        this.keys = keys;
        keys.forEach(key -> verifiers.put(key.id(), new Verifier(decoded(key), key.algorithm())));
    }

    /** Why a caller is turned away; PASSED when not. */
    enum Outcome {
        PASSED,
        MISSING,
        INVALID,
        EXPIRED,
        OTHER_ENDPOINT
    }

    private record Verifier(PublicKey key, String algorithm) {
        boolean verifies(byte[] content, byte[] signature) {
            try {
                Signature check =
                        Signature.getInstance(
                                algorithm.equals("ES256")
                                        ? "SHA256withECDSAinP1363Format"
                                        : "SHA256withRSA");
                check.initVerify(key);
                check.update(content);
                return check.verify(signature);
            } catch (GeneralSecurityException malformed) {
                return false;
            }
        }
    }

    private record Claims(String endpoint, String audience, long from, long end) {}

    boolean hasKeys(List<TokenKey> others) {
        return keys.equals(others);
    }

    /**
     * @param endpoint the name of the endpoint that is called, in any case
     */
    Outcome check(@Nullable String authorization, String endpoint, Instant now) {
        if (authorization == null
                || !authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            return Outcome.MISSING;
        }
        Claims claims = claims(authorization.substring(SCHEME.length()).trim());
        if (claims == null || !claims.audience().equals(AUDIENCE)) {
            return Outcome.INVALID;
        }
        if (!claims.endpoint().equalsIgnoreCase(endpoint)) {
            return Outcome.OTHER_ENDPOINT;
        }
        long second = now.getEpochSecond();
        return second < claims.from() || second >= claims.end() ? Outcome.EXPIRED : Outcome.PASSED;
    }

    private @Nullable Claims claims(String token) {
        Claims known = held.get(token);
        if (known != null) {
            return known;
        }
        Claims claims = token.length() > MAX_LENGTH ? null : verified(token);
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
            Verifier verifier = verifiers.get(header.path("kid").asString(""));
            if (verifier == null
                    || !verifier.algorithm().equals(header.path("alg").asString(""))
                    || !verifier.verifies(
                            (parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII),
                            Base64.getUrlDecoder().decode(parts[2]))) {
                return null;
            }
            JsonNode claims = json(parts[1]);
            return new Claims(
                    claims.path("endpointName").asString(""),
                    claims.path("aud").asString(""),
                    claims.path("nbf").asLong(0),
                    claims.path("exp").asLong(0));
        } catch (IllegalArgumentException | JacksonException malformed) {
            return null;
        }
    }

    private static JsonNode json(String part) {
        return Json.STRICT.readTree(Base64.getUrlDecoder().decode(part));
    }

    /**
     * @throws IllegalArgumentException saying which key is none
     */
    static PublicKey decoded(TokenKey key) {
        try {
            byte[] encoded = Base64.getDecoder().decode(key.encoded());
            return KeyFactory.getInstance(
                            switch (key.algorithm()) {
                                case "ES256" -> "EC";
                                case "RS256" -> "RSA";
                                default -> throw new IllegalArgumentException(key.algorithm());
                            })
                    .generatePublic(new X509EncodedKeySpec(encoded));
        } catch (GeneralSecurityException | IllegalArgumentException malformed) {
            throw new IllegalArgumentException(
                    "token key " + key.id() + ": not a public key for " + key.algorithm(),
                    malformed);
        }
    }
}
