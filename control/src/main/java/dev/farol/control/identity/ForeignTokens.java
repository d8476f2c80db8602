package dev.farol.control.identity;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import java.time.InstantSource;
import java.util.Date;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Verifies tokens of one other issuer: signature, issuer, audience, times. */
final class ForeignTokens {
    /** By which two clocks may differ. */
    static final int SKEW_SECONDS = 60;

    private final DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();

    ForeignTokens(
            String issuer,
            Set<String> audiences,
            Set<JWSAlgorithm> algorithms,
            RemoteKeys keys,
            InstantSource clock) {
        processor.setJWSKeySelector(new JWSVerificationKeySelector<>(algorithms, keys));
        // A type other than JWT is common (at+jwt); what counts is what the claims say.
        processor.setJWSTypeVerifier((type, context) -> {});
        processor.setJWTClaimsSetVerifier(claims(issuer, audiences, clock));
    }

    /**
     * @throws BadJOSEException when the token does not hold, saying why
     */
    JWTClaimsSet verify(SignedJWT token) throws BadJOSEException {
        try {
            return processor.process(token, null);
        } catch (JOSEException unusable) {
            throw new BadJOSEException(String.valueOf(unusable.getMessage()), unusable);
        }
    }

    private static DefaultJWTClaimsVerifier<SecurityContext> claims(
            String issuer, Set<String> audiences, InstantSource clock) {
        var verifier =
                new DefaultJWTClaimsVerifier<SecurityContext>(
                        audiences,
                        new JWTClaimsSet.Builder().issuer(issuer).build(),
                        Set.of("exp"),
                        null) {
                    @Override
                    protected @Nullable Date currentTime() {
                        return Date.from(clock.instant());
                    }
                };
        verifier.setMaxClockSkew(SKEW_SECONDS);
        return verifier;
    }
}
