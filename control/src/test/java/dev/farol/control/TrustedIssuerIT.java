package dev.farol.control;

import static dev.farol.control.Fixture.WS;
import static dev.farol.kit.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import dev.farol.control.Fixture.Answer;
import dev.farol.control.access.Access;
import dev.farol.control.identity.IdentityConfig;
import dev.farol.control.identity.TrustedIssuer;
import dev.farol.wire.Headers;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tokens of an issuer that the settings name. */
class TrustedIssuerIT {
    @TempDir Path home;
    @AutoClose private Fixture farol;
    @AutoClose private TestIssuer issuer;
    private ControlApi api;

    @BeforeEach
    void open() throws Exception {
        farol = new Fixture(home);
        issuer = new TestIssuer();
        api = farol.open(config(issuer.url()));
        farol.grant(issuer.url() + "#ana@bank", "Contributor", "/");
    }

    @Test
    void passAndNameTheirCaller() throws Exception {
        Answer answer = with(issuer.sign(claims().build()), "PUT", WS + "/onlineEndpoints/credit");

        assertThat(answer.status()).as(answer.text()).isEqualTo(201);
        assertThat(answer.json().at("/systemData/createdBy").asString()).isEqualTo("ana@bank");
        assertThat(with(farol.token("https://ml.azure.com"), "GET", WS).status()).isEqualTo(200);
    }

    @Test
    void groupsGiveTheirMembersRolesAndNobodyElse() throws Exception {
        String credit = WS + "/onlineEndpoints/credit";
        String risk = issuer.url() + "#risk";
        assertThat(with(member("bea@bank", "risk", "all"), "GET", credit).status()).isEqualTo(403);

        assertThat(assign(risk, "Group").status()).isEqualTo(201);

        assertThat(with(member("bea@bank", "all", "risk"), "PUT", credit).status()).isEqualTo(201);
        assertThat(with(member("bea@bank", "all"), "GET", credit).status()).isEqualTo(403);
        assertThat(with(member("bea@bank", "RISK"), "GET", credit).status()).isEqualTo(403);
        assertThat(with(member("bea@bank"), "GET", credit).status()).isEqualTo(403);
        // Who is called as the group is, is not in it; who is in a group is not who is called so.
        assertThat(with(member("risk"), "GET", credit).status()).isEqualTo(403);
        assertThat(with(member("bea@bank", "ana@bank"), "GET", credit).status()).isEqualTo(403);
        String text = issuer.sign(claims().claim("email", "b").claim("groups", "risk").build());
        assertThat(with(text, "GET", credit).status()).isEqualTo(403);

        var authority = ControlApi.authority(config(issuer.url()), farol.identity, farol.clock);
        String scope = credit.toLowerCase(java.util.Locale.ROOT);
        assertThat(authority.get().mayScore("bea", Set.of(risk), scope)).isTrue();
        assertThat(authority.get().mayScore(risk, Set.of(), scope)).isFalse();
        assertThat(authority.get().mayScore("bea", Set.of("risk"), scope)).isFalse();
    }

    @Test
    void aGroupIsOneOfATrustedIssuer() throws Exception {
        Answer answer = assign("farol", "Group");
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.text()).contains("'farol' is no group (expected: issuer#group");
    }

    /** It is as good as its caller's own, and no longer. */
    @Test
    void aTokenForAnEndpointEndsWithItsCallers() throws Exception {
        String token = issuer.sign(claims().expirationTime(in(300)).build());
        String scored = scored(token);

        Answer answer = with(token, "POST", scored + "/token");

        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        assertThat(answer.json().path("expiryTimeUtc").asLong())
                .isEqualTo(in(300).toInstant().getEpochSecond());
    }

    /** An endpoint that asks its callers for roles. */
    private String scored(String token) throws IOException {
        String path = WS + "/onlineEndpoints/scored";
        Answer made =
                Fixture.send(
                        api,
                        Fixture.HOST,
                        "PUT",
                        path + "?api-version=2024-04-01",
                        Headers.of("Authorization", "Bearer " + token),
                        Fixture.bytes(
                                "{\"location\":\"local\",\"properties\":{\"authMode\":\"AADToken\"}}"));
        assertThat(made.status()).as(made.text()).isEqualTo(201);
        farol.grant(issuer.url() + "#ana@bank", "AzureML Data Scientist", "/");
        return path;
    }

    /** Gateways read tokens up to a length, and Azure AD puts up to 200 groups into one. */
    @Test
    void aTokenForAnEndpointNamesNoGroupThatHasNoRole() throws Exception {
        String[] groups = groups(200);
        String token = member("ana@bank", groups);
        String scored = scored(token);
        assertThat(assign(issuer.url() + "#" + groups[7], "Group").status()).isEqualTo(201);

        Answer answer = with(token, "POST", scored + "/token");

        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        var given = SignedJWT.parse(answer.json().path("accessToken").asString());
        assertThat(given.getJWTClaimsSet().getStringListClaim("groups"))
                .containsExactly(issuer.url() + "#" + groups[7]);
    }

    @Test
    void aTokenForAnEndpointThatNoGatewayWouldReadIsNotGiven() throws Exception {
        String[] groups = groups(200);
        String token = member("ana@bank", groups);
        String scored = scored(token);
        var access = Access.open(farol.identity, farol.clock);
        for (String group : groups) {
            access.grant(issuer.url() + "#" + group, "Group", "Reader", "/", "test");
        }

        Answer answer = with(token, "POST", scored + "/token");

        assertThat(answer.status()).as(answer.text()).isEqualTo(400);
        assertThat(answer.message())
                .contains("200 of its groups", "expected: at most 16384 characters");
    }

    private static String[] groups(int count) {
        return Stream.generate(() -> UUID.randomUUID() + "@directory")
                .limit(count)
                .toArray(String[]::new);
    }

    /** Nobody may be in it, and then nobody could give roles any more. */
    @Test
    void aGroupIsNotTheLastOwner() throws Exception {
        String owner = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635";
        assertThat(assign(issuer.url() + "#admins", "Group", owner).status()).isEqualTo(201);
        String name =
                farol.get("/providers/Microsoft.Authorization/roleAssignments?$filter=atScope()")
                        .json()
                        .at("/value")
                        .valueStream()
                        .filter(
                                each ->
                                        each.at("/properties/roleDefinitionId")
                                                        .asString()
                                                        .endsWith(owner)
                                                && !each.at("/properties/principalType")
                                                        .asString()
                                                        .equals("Group"))
                        .findFirst()
                        .orElseThrow()
                        .path("name")
                        .asString();

        Answer gone = farol.delete("/providers/Microsoft.Authorization/roleAssignments/" + name);

        assertThat(gone.status()).as(gone.text()).isEqualTo(409);
        assertThat(gone.message()).contains("last owner");
    }

    private Answer assign(String principal, String type) throws IOException {
        return assign(principal, type, "b24988ac-6180-42a0-ab88-20f7382dd24c");
    }

    /** Gives a role over everything. */
    private Answer assign(String principal, String type, String role) throws IOException {
        String authorization = "/providers/Microsoft.Authorization/";
        String body =
                "{\"properties\":{\"principalId\":\""
                        + principal
                        + "\",\"principalType\":\""
                        + type
                        + "\",\"roleDefinitionId\":\""
                        + authorization
                        + "roleDefinitions/"
                        + role
                        + "\"}}";
        return Fixture.send(
                api,
                Fixture.HOST,
                "PUT",
                authorization
                        + "roleAssignments/2b1c0fd5-5a7c-4d9e-9d5e-0d1f3a8b7c66?api-version=1",
                Headers.of(
                        "Authorization", "Bearer " + farol.token("https://management.azure.com")),
                Fixture.bytes(body));
    }

    private String member(String who, String... groups) throws Exception {
        return issuer.sign(claims().claim("email", who).claim("groups", List.of(groups)).build());
    }

    @Test
    void areCheckedInEveryRespect() throws Exception {
        refused(issuer.sign(claims().audience("else").build()), "does not hold");
        refused(issuer.sign(claims().issuer(issuer.url() + "/").build()), "not signed by this");
        refused(issuer.sign(claims().expirationTime(in(-61)).build()), "does not hold");
        refused(issuer.sign(claims().expirationTime(null).build()), "does not hold");
        refused(issuer.sign(claims().notBeforeTime(in(120)).build()), "does not hold");
        refused(issuer.sign(claims().claim("email", null).build()), "no 'email'");
        refused(
                TestIssuer.sign(claims().build(), TestIssuer.newKey(issuer.key().getKeyID())),
                "does not hold");
        refused(new PlainJWT(claims().build()).serialize(), "not a signed JWT");
        assertThat(with(issuer.sign(claims().expirationTime(in(-59)).build()), "GET", WS).status())
                .isEqualTo(200);
    }

    @Test
    void aPublicKeyIsNoSharedSecret() throws Exception {
        var token =
                new SignedJWT(
                        new JWSHeader.Builder(JWSAlgorithm.HS256)
                                .keyID(issuer.key().getKeyID())
                                .build(),
                        claims().build());
        token.sign(new MACSigner(issuer.key().toRSAPublicKey().getEncoded()));

        refused(token.serialize(), "does not hold");
    }

    @Test
    void newKeysAreFetchedButNotForEveryInventedOne() throws Exception {
        assertThat(with(issuer.sign(claims().build()), "GET", WS).status()).isEqualTo(200);
        assertThat(with(issuer.sign(claims().build()), "GET", WS).status()).isEqualTo(200);
        assertThat(issuer.keyRequests).hasValue(1);

        for (int i = 0; i < 50; i++) {
            refused(TestIssuer.sign(claims().build(), invented("made-up-" + i)), "does not hold");
        }
        assertThat(issuer.keyRequests).hasValue(1);

        issuer.rotate("second");
        farol.clock.advance(Duration.ofSeconds(31));
        assertThat(with(issuer.sign(claims().build()), "GET", WS).status()).isEqualTo(200);
        assertThat(issuer.keyRequests).hasValue(2);
    }

    @Test
    void theDataPlaneGetsTheKeysAndAsksAgainForOneThatIsMissing() throws Exception {
        var authority = ControlApi.authority(config(issuer.url()), farol.identity, farol.clock);
        eventually("the keys are there", () -> authority.get().issuers().size() == 2);
        var published = authority.get().issuers().getLast();
        assertThat(published.name()).isEqualTo(issuer.url());
        assertThat(published.own()).isFalse();
        assertThat(published.principal("ana")).isEqualTo(issuer.url() + "#ana");
        assertThat(published.keys()).singleElement().returns("first", key -> key.id());
        assertThat(published.keys().getFirst().algorithm()).isEqualTo("RS256");
        int asked = issuer.keyRequests.get();

        issuer.rotate("second");
        for (int i = 0; i < 50; i++) {
            authority.unknownKey(issuer.url());
            authority.unknownKey("https://nobody");
        }
        assertThat(authority.get().issuers().getLast()).as("just asked").isEqualTo(published);
        assertThat(issuer.keyRequests).hasValue(asked);

        farol.clock.advance(Duration.ofSeconds(31));
        eventually(
                "the new key is there",
                () -> {
                    authority.unknownKey(issuer.url());
                    return authority
                            .get()
                            .issuers()
                            .getLast()
                            .keys()
                            .getFirst()
                            .id()
                            .equals("second");
                });
        assertThat(issuer.keyRequests).hasValue(asked + 1);

        issuer.close();
        farol.clock.advance(Duration.ofMinutes(6));
        assertThat(authority.get().issuers()).as("it is away").hasSize(2);
    }

    private static ControlConfig config(String url) {
        var settings =
                new TrustedIssuer(url, Set.of("farol"), Set.of("RS256"), "email", null, null);
        return ControlConfig.DEFAULTS.withIdentity(
                IdentityConfig.DEFAULTS.withIssuers(List.of(settings)));
    }

    @Test
    void anIssuerThatIsAwayIsSaidSo() throws Exception {
        issuer.close();

        Answer answer = with(issuer.sign(claims().build()), "GET", WS);

        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.message()).contains(issuer.url());
    }

    @Test
    void settingsThatWouldNotBeSafeAreRefused() {
        assertThatThrownBy(() -> trusted("http://idp.example", "RS256"))
                .hasMessageContaining("expected: an https URL");
        assertThatThrownBy(() -> trusted("https://idp.example", "HS256"))
                .hasMessageContaining("algorithms: 'HS256'");
        assertThatThrownBy(() -> trusted("https://idp.example", "none"))
                .hasMessageContaining("algorithms: 'none'");
    }

    private static TrustedIssuer trusted(String issuer, String algorithm) {
        return new TrustedIssuer(issuer, Set.of("farol"), Set.of(algorithm), null, null, null);
    }

    /** The issuer's own key under another name: making fifty keys would take long. */
    private com.nimbusds.jose.jwk.RSAKey invented(String id) {
        return new com.nimbusds.jose.jwk.RSAKey.Builder(issuer.key()).keyID(id).build();
    }

    private JWTClaimsSet.Builder claims() {
        return new JWTClaimsSet.Builder()
                .issuer(issuer.url())
                .audience("farol")
                .subject("1234")
                .claim("email", "ana@bank")
                .expirationTime(in(600));
    }

    private Date in(long seconds) {
        return Date.from(farol.clock.instant().plusSeconds(seconds));
    }

    private void refused(String token, String why) throws IOException {
        Answer answer = with(token, "GET", WS);
        assertThat(answer.status()).as(answer.text()).isEqualTo(401);
        assertThat(answer.message()).contains(why);
    }

    private Answer with(String token, String method, String path) throws IOException {
        return Fixture.send(
                api,
                Fixture.HOST,
                method,
                path + "?api-version=2023-04-01",
                Headers.of("Authorization", "Bearer " + token),
                method.equals("PUT") ? Fixture.bytes(Fixture.ENDPOINT) : null);
    }
}
