package dev.farol.control.identity;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.AsymmetricJWK;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import dev.farol.spec.RoutingSnapshot.TokenKey;
import java.util.Base64;
import java.util.List;
import java.util.Set;

/** Public keys in the form that the data plane takes them in. */
final class PublishedKeys {
    private PublishedKeys() {}

    /** The key, once for each of the algorithms that it may be used with. */
    static List<TokenKey> of(JWK key, Set<JWSAlgorithm> allowed) {
        if (!(key instanceof AsymmetricJWK asymmetric)
                || key.getKeyID() == null
                || (key.getKeyUse() != null && !key.getKeyUse().equals(KeyUse.SIGNATURE))) {
            return List.of();
        }
        String encoded;
        try {
            encoded = Base64.getEncoder().encodeToString(asymmetric.toPublicKey().getEncoded());
        } catch (JOSEException unusable) {
            throw new IllegalStateException("The key " + key.getKeyID() + " is none", unusable);
        }
        return allowed.stream()
                .filter(algorithm -> fits(key, algorithm))
                .map(algorithm -> new TokenKey(key.getKeyID(), algorithm.getName(), encoded))
                .sorted(java.util.Comparator.comparing(TokenKey::algorithm))
                .toList();
    }

    private static boolean fits(JWK key, JWSAlgorithm algorithm) {
        if (key.getAlgorithm() != null && !key.getAlgorithm().equals(algorithm)) {
            return false;
        }
        return switch (key) {
            case RSAKey rsa -> JWSAlgorithm.Family.RSA.contains(algorithm);
            case ECKey elliptic ->
                    com.nimbusds.jose.jwk.Curve.forJWSAlgorithm(algorithm) != null
                            && com.nimbusds.jose.jwk.Curve.forJWSAlgorithm(algorithm)
                                    .contains(elliptic.getCurve());
            default -> false;
        };
    }
}
