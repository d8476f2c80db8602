package dev.farol.control;

import static dev.farol.control.Fixture.WS;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import dev.farol.control.Fixture.Answer;
import dev.farol.wire.Headers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Date;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AuthenticationIT {
    private static final String RESOURCE = WS + "?api-version=2023-04-01";

    @TempDir Path home;
    @AutoClose private Fixture farol;

    @BeforeEach
    void open() throws IOException {
        farol = new Fixture(home);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://127.0.0.1:8443",
                "https://127.0.0.1:8443/",
                "https://127.0.0.1:8443/.default",
                "https://localhost:8443",
                "https://management.azure.com/.default",
                "https://management.core.windows.net/",
                "https://ml.azure.com",
                "https://storage.azure.com/"
            })
    void takesTokensForTheAudiencesThatClientsAskFor(String audience) throws IOException {
        assertThat(with("Bearer " + farol.token(audience)).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://graph.microsoft.com",
                "https://127.0.0.1:9999",
                "https://evil.example:8443",
                "http://127.0.0.1:8443",
                "127.0.0.1:8443",
                "https://127.0.0.1:8443.evil.example",
                "not%20a%20uri"
            })
    void refusesTokensForOthers(String audience) throws IOException {
        refused(with("Bearer " + farol.token(audience)), "The token is for");
    }

    @Test
    void refusesRequestsWithoutAToken() throws IOException {
        refused(farol.send("GET", RESOURCE, new Headers(), null), "is missing");
        refused(with("Basic dXNlcjpwYXNz"), "is missing");
        refused(with("Bearer"), "is missing");
    }

    @Test
    void tellsStrangersNothingAboutPaths() throws IOException {
        for (String path :
                new String[] {"/", "/nothing", WS + "/onlineEndpoints/x", WS + "/batchEndpoints"}) {
            for (String method : new String[] {"GET", "PUT", "PATCH", "DELETE", "POST", "HEAD"}) {
                assertThat(farol.send(method, path, new Headers(), null).status())
                        .as(method + " " + path)
                        .isEqualTo(401);
            }
        }
    }

    @Test
    void asksForATokenOnPollUrlsToo() throws IOException {
        Answer put = farol.put(WS + "/onlineEndpoints/credit", Fixture.ENDPOINT);
        String url =
                put.header("Azure-AsyncOperation").substring("https://127.0.0.1:8443".length());

        assertThat(farol.send("GET", url, new Headers(), null).status()).isEqualTo(401);
    }

    @Test
    void refusesGarbage() throws IOException {
        refused(with("Bearer garbage"), "not a signed JWT");
        refused(with("Bearer a.b.c"), "not a signed JWT");
        refused(with("Bearer " + "x".repeat(20_000)), "not a signed JWT");
    }

    @Test
    void refusesUnsignedTokens() throws Exception {
        refused(with("Bearer " + new PlainJWT(claims()).serialize()), "not a signed JWT");
    }

    @Test
    void refusesATokenWhosePayloadWasChanged() throws Exception {
        String[] parts = farol.token("https://ml.azure.com").split("\\.");
        String other = new PlainJWT(claims()).serialize().split("\\.")[1];

        refused(with("Bearer " + parts[0] + "." + other + "." + parts[2]), "not signed by this");
    }

    @Test
    void refusesTokensSignedWithOtherKeys() throws Exception {
        String kid = JWKSet.parse(keys()).getKeys().getFirst().getKeyID();
        var stranger = new ECKeyGenerator(Curve.P_256).keyID(kid).generate();
        var elliptic = new SignedJWT(header(JWSAlgorithm.ES256, kid), claims());
        elliptic.sign(new ECDSASigner(stranger));
        refused(with("Bearer " + elliptic.serialize()), "not signed by this");

        var rsa = new SignedJWT(header(JWSAlgorithm.RS256, kid), claims());
        rsa.sign(new RSASSASigner(new RSAKeyGenerator(2048).generate()));
        refused(with("Bearer " + rsa.serialize()), "not signed by this");

        // The public key as a shared secret: the oldest trick.
        var hmac = new SignedJWT(header(JWSAlgorithm.HS256, kid), claims());
        hmac.sign(new MACSigner(farol.send("GET", "/discovery/keys", new Headers(), null).body()));
        refused(with("Bearer " + hmac.serialize()), "not signed by this");
    }

    @Test
    void refusesExpiredTokens() throws IOException {
        String token = farol.token("https://ml.azure.com");
        farol.clock.advance(Duration.ofHours(8).minusSeconds(1));
        assertThat(with("Bearer " + token).status()).isEqualTo(200);
        farol.clock.advance(Duration.ofSeconds(1));

        refused(with("Bearer " + token), "expired");
    }

    @Test
    void refusesTokensOfAnotherIssuerOrOfTomorrow() throws Exception {
        var key = JWKSet.parse(keys()).getKeys().getFirst().toECKey();
        var other = new JWTClaimsSet.Builder(claims()).issuer("https://sts.example/").build();
        var foreign = new SignedJWT(header(JWSAlgorithm.ES256, key.getKeyID()), other);
        foreign.sign(new ECDSASigner(key));
        refused(with("Bearer " + foreign.serialize()), "issued by");

        var later =
                new JWTClaimsSet.Builder(claims())
                        .notBeforeTime(Date.from(farol.clock.instant().plusSeconds(120)))
                        .build();
        var early = new SignedJWT(header(JWSAlgorithm.ES256, key.getKeyID()), later);
        early.sign(new ECDSASigner(key));
        refused(with("Bearer " + early.serialize()), "not valid before");
    }

    @Test
    void rotatesKeysAndKeepsTokensOfTheOldOneAlive() throws IOException {
        farol.clock.advance(Duration.ofDays(30).minusHours(1));
        String old = farol.token("https://ml.azure.com");
        farol.clock.advance(Duration.ofHours(1));
        String fresh = farol.token("https://ml.azure.com");

        assertThat(published()).isEqualTo(2);
        assertThat(with("Bearer " + old).status()).isEqualTo(200);
        assertThat(with("Bearer " + fresh).status()).isEqualTo(200);

        ControlApi restarted = farol.open(Duration.ZERO);
        Headers headers = Headers.of("Authorization", "Bearer " + old);
        assertThat(Fixture.send(restarted, Fixture.HOST, "GET", RESOURCE, headers, null).status())
                .isEqualTo(200);

        farol.clock.advance(Duration.ofDays(30));
        farol.token("https://ml.azure.com");
        assertThat(published()).isEqualTo(2);
    }

    @Test
    void publishesNoPrivateKey() throws IOException {
        Answer keys = farol.send("GET", "/discovery/keys", new Headers(), null);

        assertThat(keys.status()).isEqualTo(200);
        assertThat(keys.json().at("/keys/0/kid").asString()).isNotEmpty();
        assertThat(keys.json().at("/keys/0").has("d")).isFalse();
        Answer discovery =
                farol.send("GET", "/.well-known/openid-configuration", new Headers(), null);
        assertThat(discovery.json().path("jwks_uri").asString())
                .isEqualTo("https://127.0.0.1:8443/discovery/keys");
    }

    @Test
    void keepsSecretsForTheOwnerAlone() throws IOException {
        for (String name : new String[] {"secret", "keys.json", "storage.key"}) {
            assertThat(
                            PosixFilePermissions.toString(
                                    Files.getPosixFilePermissions(farol.identity.resolve(name))))
                    .isEqualTo("rw-------");
        }
    }

    @Test
    void handsTokensOnlyToWhoeverKnowsTheSecret() throws IOException {
        String path = "/msi/token?api-version=2019-08-01&resource=https://ml.azure.com";
        for (Headers headers :
                new Headers[] {
                    new Headers(),
                    Headers.of("X-IDENTITY-HEADER", ""),
                    Headers.of("X-IDENTITY-HEADER", farol.secret() + "x")
                }) {
            assertThat(farol.send("GET", path, headers, null).status()).isEqualTo(401);
        }
        Headers right = Headers.of("X-IDENTITY-HEADER", farol.secret());
        Answer answer = farol.send("GET", path + "&client_id=me", right, null);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().path("expires_on").asString())
                .isEqualTo(
                        Long.toString(
                                farol.clock.instant().plus(Duration.ofHours(8)).getEpochSecond()));
        assertThat(answer.json().path("expires_in").asString()).isEqualTo("28800");
        assertThat(answer.json().path("token_type").asString()).isEqualTo("Bearer");
        assertThat(answer.json().path("client_id").asString()).isEqualTo("me");
        assertThat(farol.send("GET", "/msi/token", right, null).status()).isEqualTo(400);
    }

    @Test
    void describesTheCloudInBothShapes() throws IOException {
        Answer old =
                farol.send(
                        "GET", "//metadata/endpoints?api-version=2019-05-01", new Headers(), null);
        assertThat(old.json().at("/0/resourceManager").asString())
                .isEqualTo("https://127.0.0.1:8443/");
        assertThat(old.json().at("/0/suffixes/storage").asString()).isEqualTo("core.windows.net/");

        Answer fresh =
                farol.send(
                        "GET", "/metadata/endpoints?api-version=2022-09-01", new Headers(), null);
        assertThat(fresh.json().path("name").asString()).isEqualTo("Farol");
        assertThat(fresh.json().at("/authentication/audiences/0").asString())
                .isEqualTo("https://127.0.0.1:8443");
    }

    private JWTClaimsSet claims() {
        return new JWTClaimsSet.Builder()
                .issuer("https://sts.farol.local/00000000-0000-0000-0000-00000000fa01/")
                .audience("https://ml.azure.com")
                .subject("someone")
                .expirationTime(Date.from(farol.clock.instant().plusSeconds(600)))
                .build();
    }

    private static JWSHeader header(JWSAlgorithm algorithm, String kid) {
        return new JWSHeader.Builder(algorithm).keyID(kid).build();
    }

    private String keys() throws IOException {
        return Files.readString(farol.identity.resolve("keys.json"));
    }

    private int published() throws IOException {
        return farol.send("GET", "/discovery/keys", new Headers(), null).json().path("keys").size();
    }

    private Answer with(String authorization) throws IOException {
        return farol.send("GET", RESOURCE, Headers.of("Authorization", authorization), null);
    }

    private static void refused(Answer answer, String why) {
        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.code()).isEqualTo("AuthenticationFailed");
        assertThat(answer.message()).contains(why);
        assertThat(answer.header("WWW-Authenticate")).startsWith("Bearer authorization_uri=");
    }
}
