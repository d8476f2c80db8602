package dev.farol.control;

import static dev.farol.control.Fixture.WS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jwt.JWTClaimsSet;
import dev.farol.control.Fixture.Answer;
import dev.farol.control.ServicePrincipal.FederatedCredential;
import dev.farol.spec.FarolException;
import dev.farol.wire.Headers;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Date;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServicePrincipalIT {
    private static final String ARM = "https://management.azure.com/.default";
    private static final Duration YEAR = Duration.ofDays(365);

    @TempDir Path home;
    @AutoClose private Fixture farol;
    private ServicePrincipals principals;

    @BeforeEach
    void open() throws IOException {
        farol = new Fixture(home);
        principals = ServicePrincipals.open(farol.identity, farol.clock);
    }

    @ParameterizedTest
    @CsvSource({
        "/adfs/oauth2/token, scope",
        "/adfs/oauth2/token, resource",
        "/00000000-0000-0000-0000-00000000fa01/oauth2/v2.0/token, scope",
        "/72f988bf-86f1-41af-91ab-2d7cd011db47/oauth2/v2.0/token, scope",
        "/common/oauth2/token, resource"
    })
    void aClientSecretGetsATokenThatWorks(String path, String names) throws IOException {
        var ci = principals.create("ci", YEAR);
        principals.assign("ci", "Contributor", "/");
        Answer answer =
                token(
                        path,
                        "client_id",
                        ci.principal().clientId(),
                        "client_secret",
                        ci.secret(),
                        names,
                        ARM);

        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        assertThat(answer.json().path("token_type").asString()).isEqualTo("Bearer");
        assertThat(answer.json().path("expires_in").asInt()).isEqualTo(28_800);
        Answer put =
                as(answer, "PUT", WS + "/onlineEndpoints/credit?api-version=1", Fixture.ENDPOINT);
        assertThat(put.status()).as(put.text()).isEqualTo(201);
        assertThat(put.json().at("/systemData/createdBy").asString()).isEqualTo("ci");
    }

    @Test
    void theIssuerTellsWhereItsTokenEndpointIs() throws IOException {
        for (String[] each :
                new String[][] {
                    {"/adfs/", "/adfs/oauth2/token"},
                    {"/common/v2.0/", "/common/oauth2/v2.0/token"},
                }) {
            Answer found =
                    farol.send(
                            "GET",
                            each[0] + ".well-known/openid-configuration",
                            new Headers(),
                            null);
            assertThat(found.json().path("token_endpoint").asString())
                    .isEqualTo("https://127.0.0.1:8443" + each[1]);
            assertThat(found.json().path("authorization_endpoint").asString()).isNotEmpty();
        }
    }

    @Test
    void saysWhatIsWrongAsAzureDoes() throws IOException {
        var ci = principals.create("ci", Duration.ofDays(1));
        principals.assign("ci", "Contributor", "/");
        String id = ci.principal().clientId();

        refused(secret(id, "guess"), 401, "invalid_client", "AADSTS7000215");
        refused(secret(id, ""), 400, "invalid_request", "'client_secret'");
        refused(secret("nobody", "x"), 400, "unauthorized_client", "AADSTS700016");
        refused(
                token("/adfs/oauth2/token", "client_id", id, "client_secret", ci.secret()),
                400,
                "invalid_request",
                "'scope'");
        refused(
                farol.send(
                        "POST",
                        "/adfs/oauth2/token",
                        new Headers(),
                        Fixture.bytes("grant_type=password&username=x&password=y")),
                400,
                "unsupported_grant_type",
                "AADSTS70003");
        refused(
                farol.send("POST", "/adfs/oauth2/token", new Headers(), Fixture.bytes("%zz=1")),
                400,
                "invalid_request",
                "form encoded");
        farol.clock.advance(Duration.ofDays(1));
        refused(secret(id, ci.secret()), 401, "invalid_client", "AADSTS7000222");
    }

    @Test
    void aSecretCanBeReplacedAndAPrincipalRemoved() throws IOException {
        var ci = principals.create("ci", YEAR);
        principals.assign("ci", "Contributor", "/");
        Answer before = secret(ci.principal().clientId(), ci.secret());
        var again = principals.resetSecret("ci", YEAR);

        refused(secret(ci.principal().clientId(), ci.secret()), 401, "invalid_client", "7000215");
        assertThat(secret(ci.principal().clientId(), again.secret()).status()).isEqualTo(200);
        assertThat(as(before, "GET", WS + "?api-version=1", null).status()).isEqualTo(200);

        principals.delete(ci.principal().id());
        Answer gone = as(before, "GET", WS + "?api-version=1", null);
        assertThat(gone.status()).isEqualTo(401);
        assertThat(gone.message()).contains("is gone");
        assertThatThrownBy(() -> principals.delete("ci")).isInstanceOf(FarolException.class);
    }

    @Test
    void keepsNoSecretAndLetsNobodyElseRead() throws IOException {
        var ci = principals.create("ci", YEAR);
        principals.assign("ci", "Contributor", "/");
        Path file = farol.identity.resolve("principals.json");

        assertThat(Files.readString(file)).doesNotContain(ci.secret());
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThatThrownBy(() -> principals.create("ci", YEAR))
                .hasMessageContaining("is there already");
        assertThatThrownBy(() -> principals.create("\n", YEAR)).hasMessageContaining("is no name");
    }

    @Test
    void severalWritersLoseNothing() throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var work =
                    IntStream.range(0, 20)
                            .<Callable<Object>>mapToObj(
                                    i ->
                                            () ->
                                                    ServicePrincipals.open(
                                                                    farol.identity, farol.clock)
                                                            .create("ci-" + i, YEAR))
                            .toList();
            for (var each : threads.invokeAll(work)) {
                each.get();
            }
        }

        assertThat(principals.list()).hasSize(20);
    }

    @Test
    void anAssertionOfAFederatedIssuerGetsAToken() throws Exception {
        try (var issuer = new TestIssuer()) {
            var job = principals.create("job", YEAR).principal();
            principals.assign("job", "Contributor", "/");
            principals.addFederatedCredential(
                    "job",
                    new FederatedCredential(
                            issuer.url(), "repo:team/models", ServicePrincipals.USUAL_AUDIENCE));

            Answer answer = assertion(job, issuer.sign(claims(issuer).build()));
            assertThat(answer.status()).as(answer.text()).isEqualTo(200);
            assertThat(as(answer, "GET", WS + "?api-version=1", null).status()).isEqualTo(200);

            refused(
                    assertion(job, issuer.sign(claims(issuer).subject("repo:other").build())),
                    401,
                    "invalid_client",
                    "AADSTS700213");
            refused(
                    assertion(job, issuer.sign(claims(issuer).audience("else").build())),
                    401,
                    "invalid_client",
                    "AADSTS700212");
            refused(
                    assertion(job, issuer.sign(claims(issuer).issuer("https://else").build())),
                    401,
                    "invalid_client",
                    "AADSTS700211");
            refused(
                    assertion(
                            job,
                            TestIssuer.sign(claims(issuer).build(), TestIssuer.newKey("first"))),
                    401,
                    "invalid_client",
                    "does not hold");
            refused(
                    assertion(
                            job,
                            issuer.sign(
                                    claims(issuer)
                                            .expirationTime(
                                                    Date.from(
                                                            farol.clock.instant().minusSeconds(61)))
                                            .build())),
                    401,
                    "invalid_client",
                    "does not hold");
            refused(assertion(job, "garbage"), 401, "invalid_client", "no signed JWT");
        }
    }

    private JWTClaimsSet.Builder claims(TestIssuer issuer) {
        return new JWTClaimsSet.Builder()
                .issuer(issuer.url())
                .subject("repo:team/models")
                .audience(ServicePrincipals.USUAL_AUDIENCE)
                .expirationTime(Date.from(farol.clock.instant().plusSeconds(600)));
    }

    private Answer secret(String clientId, String secret) throws IOException {
        return token(
                "/adfs/oauth2/token", "client_id", clientId, "client_secret", secret, "scope", ARM);
    }

    private Answer assertion(ServicePrincipal principal, String assertion) throws IOException {
        return token(
                "/common/oauth2/v2.0/token",
                "client_id",
                principal.clientId(),
                "client_assertion_type",
                "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                "client_assertion",
                assertion,
                "scope",
                ARM);
    }

    private Answer token(String path, String... form) throws IOException {
        var body = new StringBuilder("grant_type=client_credentials");
        for (int i = 0; i < form.length; i += 2) {
            body.append('&')
                    .append(form[i])
                    .append('=')
                    .append(URLEncoder.encode(form[i + 1], StandardCharsets.UTF_8));
        }
        return farol.send("POST", path, new Headers(), Fixture.bytes(body.toString()));
    }

    private Answer as(Answer token, String method, String path, String body) throws IOException {
        String bearer = "Bearer " + token.json().path("access_token").asString();
        return farol.send(method, path, Headers.of("Authorization", bearer), Fixture.bytes(body));
    }

    private static void refused(Answer answer, int status, String error, String says) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(status);
        assertThat(answer.json().path("error").asString()).isEqualTo(error);
        assertThat(answer.json().path("error_description").asString())
                .startsWith("AADSTS")
                .contains(says);
    }
}
