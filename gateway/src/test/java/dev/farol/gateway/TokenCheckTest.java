package dev.farol.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.gateway.TokenCheck.Outcome;
import dev.farol.spec.RoutingSnapshot.TokenKey;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

class TokenCheckTest {
    private static final Instant NOW = Instant.ofEpochSecond(1_800_000_000);
    private static final String HEADER = "{\"alg\":\"ES256\",\"kid\":\"k1\"}";
    private static final String CLAIMS =
            "{\"aud\":\"azureml\",\"endpointName\":\"shop\",\"nbf\":1800000000,\"exp\":1800000100}";

    private final KeyPair pair = pair("EC");
    private final TokenCheck check = new TokenCheck(List.of(key("k1", "ES256", pair)));

    @Test
    void aTokenOfTheIssuerForTheEndpointPasses() throws Exception {
        String token = signed(pair, HEADER, CLAIMS);
        assertThat(outcome("Bearer " + token)).isEqualTo(Outcome.PASSED);
        assertThat(outcome("bearer  " + token)).isEqualTo(Outcome.PASSED);
        assertThat(check.check("Bearer " + token, "SHOP", NOW)).isEqualTo(Outcome.PASSED);
    }

    @Test
    void timeCountsEvenForATokenThatPassedBefore() throws Exception {
        String token = "Bearer " + signed(pair, HEADER, CLAIMS);
        assertThat(outcome(token)).isEqualTo(Outcome.PASSED);
        assertThat(check.check(token, "shop", NOW.plusSeconds(99))).isEqualTo(Outcome.PASSED);
        assertThat(check.check(token, "shop", NOW.plusSeconds(100))).isEqualTo(Outcome.EXPIRED);
        assertThat(check.check(token, "shop", NOW.minusSeconds(1))).isEqualTo(Outcome.EXPIRED);
    }

    @Test
    void aTokenForAnotherEndpointOrPlaneDoesNot() throws Exception {
        String other = signed(pair, HEADER, CLAIMS.replace("shop", "bank"));
        assertThat(outcome("Bearer " + other)).isEqualTo(Outcome.OTHER_ENDPOINT);
        String control = signed(pair, HEADER, CLAIMS.replace("azureml", "https://ml.azure.com"));
        assertThat(outcome("Bearer " + control)).isEqualTo(Outcome.INVALID);
    }

    @Test
    void whatTheIssuerDidNotSignDoesNot() throws Exception {
        KeyPair foreign = pair("EC");
        String token = signed(pair, HEADER, CLAIMS);
        String[] parts = token.split("\\.");
        String mac = mac(HEADER.replace("ES256", "HS256"), CLAIMS, pair.getPublic().getEncoded());
        for (String bad :
                List.of(
                        signed(foreign, HEADER, CLAIMS),
                        signed(pair, HEADER.replace("k1", "k2"), CLAIMS),
                        parts[0]
                                + "."
                                + coded(CLAIMS.replace("1800000100", "1900000000"))
                                + "."
                                + parts[2],
                        coded(HEADER.replace("ES256", "none")) + "." + parts[1] + ".",
                        mac,
                        parts[0] + "." + parts[1],
                        token + ".x",
                        parts[0] + "." + parts[1] + ".%%%",
                        coded("[]") + "." + parts[1] + "." + parts[2],
                        coded("no json") + "." + parts[1] + "." + parts[2],
                        "",
                        "x".repeat(10_000))) {
            assertThat(outcome("Bearer " + bad)).as("%s", bad).isEqualTo(Outcome.INVALID);
        }
        assertThat(outcome(null)).isEqualTo(Outcome.MISSING);
        assertThat(outcome("Basic " + token)).isEqualTo(Outcome.MISSING);
    }

    @Test
    void theKeyDecidesTheAlgorithm() throws Exception {
        KeyPair rsa = pair("RSA");
        var both = new TokenCheck(List.of(key("k1", "ES256", pair), key("r1", "RS256", rsa)));
        String header = "{\"alg\":\"RS256\",\"kid\":\"r1\"}";
        String token = signed(rsa, header, CLAIMS);
        assertThat(both.check("Bearer " + token, "shop", NOW)).isEqualTo(Outcome.PASSED);
        String crossed = signed(rsa, header.replace("r1", "k1"), CLAIMS);
        assertThat(both.check("Bearer " + crossed, "shop", NOW)).isEqualTo(Outcome.INVALID);
    }

    private Outcome outcome(String authorization) {
        return check.check(authorization, "shop", NOW);
    }

    private static TokenKey key(String id, String algorithm, KeyPair pair) {
        return new TokenKey(
                id, algorithm, Base64.getEncoder().encodeToString(pair.getPublic().getEncoded()));
    }

    private static KeyPair pair(String kind) {
        try {
            var generator = KeyPairGenerator.getInstance(kind);
            if (kind.equals("EC")) {
                generator.initialize(new ECGenParameterSpec("secp256r1"));
            } else {
                generator.initialize(2048);
            }
            return generator.generateKeyPair();
        } catch (java.security.GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static String signed(KeyPair pair, String header, String claims) throws Exception {
        String content = coded(header) + "." + coded(claims);
        Signature signature =
                Signature.getInstance(
                        pair.getPublic().getAlgorithm().equals("EC")
                                ? "SHA256withECDSAinP1363Format"
                                : "SHA256withRSA");
        signature.initSign(pair.getPrivate());
        signature.update(content.getBytes(StandardCharsets.US_ASCII));
        return content
                + "."
                + Base64.getUrlEncoder().withoutPadding().encodeToString(signature.sign());
    }

    private static String mac(String header, String claims, byte[] secret) throws Exception {
        String content = coded(header) + "." + coded(claims);
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(secret, "HmacSHA256"));
        byte[] sum = mac.doFinal(content.getBytes(StandardCharsets.US_ASCII));
        return content + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(sum);
    }

    private static String coded(String text) {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
