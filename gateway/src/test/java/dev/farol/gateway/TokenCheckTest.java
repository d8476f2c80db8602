package dev.farol.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.gateway.TokenCheck.Outcome;
import dev.farol.spec.RoutingSnapshot.Authority;
import dev.farol.spec.RoutingSnapshot.Issuer;
import dev.farol.spec.RoutingSnapshot.TokenKey;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenCheckTest {
    private static final Instant NOW = Instant.ofEpochSecond(1_800_000_000);
    private static final String HEADER = "{\"alg\":\"ES256\",\"kid\":\"k1\"}";
    private static final String OWN = "https://sts.farol.local/t/";
    private static final String CORP = "https://login.corp.example";
    private static final String CLAIMS =
            "{\"iss\":\""
                    + OWN
                    + "\",\"aud\":\"azureml\",\"endpointName\":\"shop\",\"nbf\":1800000000,\"exp\":1800000100}";

    private final KeyPair pair = pair("EC");
    private final TokenCheck check =
            new TokenCheck(new Authority(List.of(own(key("k1", "ES256", pair))), Map.of()));

    @Test
    void aTokenOfTheIssuerForTheEndpointPasses() throws Exception {
        String token = signed(pair, HEADER, CLAIMS);
        assertThat(outcome("Bearer " + token)).isEqualTo(Outcome.PASSED);
        assertThat(outcome("bearer  " + token)).isEqualTo(Outcome.PASSED);
        assertThat(check.forEndpoint("Bearer " + token, "SHOP", NOW)).isEqualTo(Outcome.PASSED);
    }

    @Test
    void timeCountsEvenForATokenThatPassedBefore() throws Exception {
        String token = "Bearer " + signed(pair, HEADER, CLAIMS);
        assertThat(outcome(token)).isEqualTo(Outcome.PASSED);
        assertThat(check.forEndpoint(token, "shop", NOW.plusSeconds(159)))
                .isEqualTo(Outcome.PASSED);
        assertThat(check.forEndpoint(token, "shop", NOW.plusSeconds(160)))
                .isEqualTo(Outcome.EXPIRED);
        assertThat(check.forEndpoint(token, "shop", NOW.minusSeconds(61)))
                .isEqualTo(Outcome.EXPIRED);
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
                        "x".repeat(20_000))) {
            assertThat(outcome("Bearer " + bad)).as("%s", bad).isEqualTo(Outcome.INVALID);
        }
        assertThat(outcome(null)).isEqualTo(Outcome.MISSING);
        assertThat(outcome("Basic " + token)).isEqualTo(Outcome.MISSING);
    }

    @Test
    void theKeyDecidesTheAlgorithm() throws Exception {
        KeyPair rsa = pair("RSA");
        var both =
                new TokenCheck(
                        new Authority(
                                List.of(own(key("k1", "ES256", pair), key("r1", "RS256", rsa))),
                                Map.of()));
        String header = "{\"alg\":\"RS256\",\"kid\":\"r1\"}";
        String token = signed(rsa, header, CLAIMS);
        assertThat(both.forEndpoint("Bearer " + token, "shop", NOW)).isEqualTo(Outcome.PASSED);
        String crossed = signed(rsa, header.replace("r1", "k1"), CLAIMS);
        assertThat(both.forEndpoint("Bearer " + crossed, "shop", NOW)).isEqualTo(Outcome.INVALID);
    }

    /** Issuer × audience × times × role, for auth mode AADToken. */
    @ParameterizedTest
    @CsvSource({
        "own,  https://ml.azure.com,                  alice,   0, PASSED",
        "own,  https://ml.azure.com/,                 alice,   0, PASSED",
        "own,  https://management.azure.com,          alice,   0, OTHER_AUDIENCE",
        "own,  azureml,                               alice,   0, OTHER_ENDPOINT",
        "own,  api://scoring,                         alice,   0, OTHER_AUDIENCE",
        "own,  https://ml.azure.com,                  bob,     0, NOT_ALLOWED",
        "own,  https://ml.azure.com,                  '',      0, INVALID",
        "own,  https://ml.azure.com,                  alice, 159, PASSED",
        "own,  https://ml.azure.com,                  alice, 160, EXPIRED",
        "own,  https://ml.azure.com,                  alice, -60, PASSED",
        "own,  https://ml.azure.com,                  alice, -61, EXPIRED",
        "own,  https://ml.azure.com,                  carol,   0, PASSED",
        "own,  https://ml.azure.com,                  dave,    0, NOT_ALLOWED",
        "own,  https://ml.azure.com,                  erin,    0, NOT_ALLOWED",
        "own,  https://ml.azure.com,                  frank,   0, PASSED",
        "corp, api://scoring,                         alice,   0, PASSED",
        "corp, https://ml.azure.com,                  alice,   0, OTHER_AUDIENCE",
        "corp, api://scoring,                         carol,   0, NOT_ALLOWED",
        "none, api://scoring,                         alice,   0, INVALID",
        "new,  api://scoring,                         alice,   0, UNKNOWN_KEY",
    })
    void scoringNeedsAnIssuerAnAudienceATimeAndARole(
            String issuer, String audience, String who, long later, Outcome expected)
            throws Exception {
        KeyPair corp = pair("RSA");
        Map<String, Set<String>> scorers =
                Map.of(
                        "alice",
                        Set.of(Snapshots.SCOPE),
                        CORP + "#alice",
                        Set.of("/subscriptions/s"),
                        "carol",
                        Set.of("/subscriptions/s/resourcegroups/g"),
                        "dave",
                        Set.of(
                                Snapshots.SCOPE + "ping",
                                "/subscriptions/s/resourcegroups"
                                        + "/g/providers/microsoft.machinelearningservices/workspaces/other"),
                        "erin",
                        Set.of(),
                        "frank",
                        Set.of(""));
        var aad =
                new TokenCheck(
                        new Authority(
                                List.of(
                                        own(key("k1", "ES256", pair)),
                                        new Issuer(
                                                CORP,
                                                false,
                                                Set.of("api://scoring"),
                                                "sub",
                                                List.of(key("c1", "PS384", corp)))),
                                scorers));
        String iss = issuer.equals("own") ? OWN : issuer.equals("none") ? "https://x" : CORP;
        String claims =
                "{\"iss\":\""
                        + iss
                        + "\",\"aud\":[\""
                        + audience
                        + "\"],\"oid\":\""
                        + who
                        + "\",\"sub\":\""
                        + who
                        + "\",\"nbf\":1800000000,\"exp\":1800000100}";
        String token =
                issuer.equals("own")
                        ? signed(pair, HEADER, claims)
                        : signed(
                                corp,
                                "{\"alg\":\"PS384\",\"kid\":\""
                                        + (issuer.equals("new") ? "c2" : "c1")
                                        + "\"}",
                                claims);

        assertThat(
                        aad.forScoring(
                                "Bearer " + token, "shop", Snapshots.SCOPE, NOW.plusSeconds(later)))
                .isEqualTo(expected);
        assertThat(aad.unknownKey("Bearer " + token)).isEqualTo(issuer.equals("new") ? CORP : null);
        assertThat(aad.forEndpoint("Bearer " + token, "shop", NOW)).isNotEqualTo(Outcome.PASSED);
    }

    /** Member of groups × what the groups were given, for auth mode AADToken. */
    @ParameterizedTest
    @CsvSource({
        "risk,        PASSED",
        "other;risk,  PASSED",
        "other,       NOT_ALLOWED",
        "RISK,        NOT_ALLOWED",
        "alice,       NOT_ALLOWED",
        "'',          NOT_ALLOWED",
    })
    void aGroupsRightIsItsMembers(String groups, Outcome expected) throws Exception {
        KeyPair corp = pair("RSA");
        var aad =
                new TokenCheck(
                        new Authority(
                                List.of(
                                        new Issuer(
                                                CORP,
                                                false,
                                                Set.of("api://scoring"),
                                                "sub",
                                                "teams",
                                                List.of(key("c1", "PS384", corp)))),
                                Map.of(CORP + "#alice", Set.of(Snapshots.SCOPE)),
                                Map.of(CORP + "#risk", Set.of("/subscriptions/s"))));
        String list = groups.isEmpty() ? "" : "\"" + groups.replace(";", "\",\"") + "\"";
        String claims =
                "{\"iss\":\""
                        + CORP
                        + "\",\"aud\":\"api://scoring\",\"sub\":\"WHO\",\"teams\":["
                        + list
                        + "],\"groups\":[\"risk\"],\"nbf\":1800000000,\"exp\":1800000100}";
        String header = "{\"alg\":\"PS384\",\"kid\":\"c1\"}";

        String token = signed(corp, header, claims.replace("WHO", "bea"));
        assertThat(aad.forScoring("Bearer " + token, "shop", Snapshots.SCOPE, NOW))
                .isEqualTo(expected);
        String namesake = signed(corp, header, claims.replace("WHO", "risk"));
        assertThat(aad.forScoring("Bearer " + namesake, "shop", Snapshots.SCOPE, NOW))
                .isEqualTo(expected);
    }

    /** What {@code /token} of an endpoint with auth mode AADToken answers. */
    @ParameterizedTest
    @CsvSource({
        "alice, shop, '',              PASSED",
        "alice, SHOP, '',              PASSED",
        "alice, else, '',              OTHER_ENDPOINT",
        "bob,   shop, '',              NOT_ALLOWED",
        "bob,   shop, https://c#risk,  PASSED",
        "'',    shop, '',              INVALID",
    })
    void aTokenForTheEndpointDoesWhatItsOwnerMay(
            String who, String endpoint, String group, Outcome expected) throws Exception {
        var aad =
                new TokenCheck(
                        new Authority(
                                List.of(own(key("k1", "ES256", pair))),
                                Map.of("alice", Set.of(Snapshots.SCOPE)),
                                Map.of("https://c#risk", Set.of(""))));
        String claims =
                "{\"iss\":\""
                        + OWN
                        + "\",\"aud\":\"azureml\",\"oid\":\""
                        + who
                        + "\",\"endpointName\":\""
                        + endpoint
                        + "\",\"groups\":[\""
                        + group
                        + "\"],\"nbf\":1800000000,\"exp\":1800000100}";
        assertThat(
                        aad.forScoring(
                                "Bearer " + signed(pair, HEADER, claims),
                                "shop",
                                Snapshots.SCOPE,
                                NOW))
                .isEqualTo(expected);
    }

    private static Issuer own(TokenKey... keys) {
        return new Issuer(OWN, true, Set.of("https://ml.azure.com"), "oid", List.of(keys));
    }

    private Outcome outcome(String authorization) {
        return check.forEndpoint(authorization, "shop", NOW);
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
        boolean pss = header.contains("PS384");
        Signature signature =
                Signature.getInstance(
                        pair.getPublic().getAlgorithm().equals("EC")
                                ? "SHA256withECDSAinP1363Format"
                                : pss ? "RSASSA-PSS" : "SHA256withRSA");
        if (pss) {
            signature.setParameter(
                    new PSSParameterSpec("SHA-384", "MGF1", MGF1ParameterSpec.SHA384, 48, 1));
        }
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
