package dev.farol.control;

import static dev.farol.control.Fixture.ENDPOINT;
import static dev.farol.control.Fixture.WS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.control.Fixture.Answer;
import dev.farol.spec.RoutingSnapshot.Authority;
import dev.farol.wire.Headers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.function.Supplier;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.CsvSource;

/** What roles allow on the control plane, and what of them the data plane hears. */
class RoleIT {
    private static final String AUTHORIZATION = "/providers/Microsoft.Authorization/";
    private static final String NAME = "11111111-2222-3333-4444-555555555555";
    private static final String SCORER = "99999999-0000-0000-0000-000000000001";

    @TempDir Path home;
    @AutoClose private Fixture farol;
    private ServicePrincipals principals;
    private String id;
    private String token;

    @BeforeEach
    void open() throws IOException {
        farol = Fixture.withAssets(home, "credit");
        principals = ServicePrincipals.open(farol.identity, farol.clock);
        farol.endpoint("debit");
        farol.deployment("credit", "blue");
        var made = principals.create("ana", Duration.ofDays(1));
        id = made.principal().id();
        Answer answer =
                farol.send(
                        "POST",
                        "/common/oauth2/token",
                        Headers.of("Content-Type", "application/x-www-form-urlencoded"),
                        ("grant_type=client_credentials&resource=https://management.azure.com"
                                        + "&client_id="
                                        + made.principal().clientId()
                                        + "&client_secret="
                                        + made.secret())
                                .getBytes(StandardCharsets.UTF_8));
        token = answer.json().path("access_token").asString();
    }

    /** Role × request: what each built-in role may do at the workspace. */
    @ParameterizedTest(name = "{0} {1} {2}")
    @CsvFileSource(resources = "/roles.csv", numLinesToSkip = 1)
    void builtInRolesAllowWhatTheySay(String role, String method, String path, String expected)
            throws IOException {
        if (!role.equals("none")) {
            principals.assign("ana", role, WS);
        }
        String body = method.equals("PUT") || method.equals("PATCH") ? ENDPOINT : null;

        Answer answer = as(token, method, path.replace("{ws}", WS), body);

        if (expected.equals("denied")) {
            assertThat(answer.status()).as(answer.text()).isEqualTo(403);
            assertThat(answer.code()).isEqualTo("AuthorizationFailed");
            assertThat(answer.message()).contains("'ana'", id, "to perform action 'Microsoft.");
        } else {
            assertThat(answer.status()).as(answer.text()).isNotIn(401, 403);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/, true",
        "/subscriptions/00000000-0000-0000-0000-000000000001, true",
        "/Subscriptions/00000000-0000-0000-0000-000000000001/resourcegroups/FAROL/, true",
        "{ws}, true",
        "{ws}/onlineEndpoints/credit, true",
        "{ws}/onlineEndpoints/CREDIT/, true",
        "{ws}/onlineEndpoints/cred, false",
        "{ws}/onlineEndpoints/debit, false",
        "{ws}2, false",
        "/subscriptions/00000000-0000-0000-0000-000000000002, false",
    })
    void aRoleHoldsAtItsScopeAndBelow(String scope, boolean holds) throws IOException {
        principals.assign("ana", "Reader", scope.replace("{ws}", WS));

        assertThat(as(token, "GET", WS + "/onlineEndpoints/credit", null).status())
                .isEqualTo(holds ? 200 : 403);
        assertThat(as(token, "GET", WS + "/onlineEndpoints/credit/deployments/blue", null).status())
                .isEqualTo(holds ? 200 : 403);
    }

    @Test
    void aRefusalDoesNotTellWhatExists() throws IOException {
        Answer there = as(token, "GET", WS + "/onlineEndpoints/credit", null);
        Answer absent = as(token, "GET", WS + "/onlineEndpoints/nobody", null);

        assertThat(there.status()).isEqualTo(403);
        assertThat(absent.text()).isEqualTo(there.text().replace("credit", "nobody"));
    }

    @Test
    void rolesAreGivenAndTakenOverTheApi() throws IOException {
        String at = WS + "/onlineEndpoints/credit" + AUTHORIZATION + "roleAssignments/" + NAME;
        String reader = roleId("Reader");
        String body =
                "{\"properties\":{\"roleDefinitionId\":\""
                        + reader
                        + "\",\"principalId\":\""
                        + id
                        + "\",\"principalType\":\"ServicePrincipal\"}}";

        Answer made = farol.put(at, body);

        assertThat(made.status()).as(made.text()).isEqualTo(201);
        assertThat(made.json().at("/properties/scope").asString())
                .isEqualTo(WS + "/onlineEndpoints/credit");
        assertThat(made.json().path("id").asString()).isEqualTo(at);
        assertThat(farol.get(at).text()).isEqualTo(made.text());
        assertThat(farol.put(at, body).status()).as("again").isEqualTo(201);
        assertThat(as(token, "GET", WS + "/onlineEndpoints/credit", null).status()).isEqualTo(200);

        Answer twice = farol.put(at.replace("1111-2222", "1111-9999").replace(NAME, SCORER), body);
        assertThat(twice.code()).isEqualTo("RoleAssignmentExists");
        Answer nobody = farol.put(at, body.replace(id, SCORER));
        assertThat(nobody.code()).isEqualTo("PrincipalNotFound");
        Answer other = farol.put(at, body.replace(id, "farol"));
        assertThat(other.code()).isEqualTo("RoleAssignmentUpdateNotPermitted");
        assertThat(list(WS, "?$filter=principalId%20eq%20'" + id + "'")).isEqualTo(1);
        assertThat(list(WS, "?$filter=atScope()")).as("the owner").isEqualTo(1);
        assertThat(list("", "")).isEqualTo(2);
        assertThat(farol.get(AUTHORIZATION + "roleAssignments?$filter=x").status()).isEqualTo(400);

        assertThat(farol.delete(at).status()).isEqualTo(200);
        assertThat(farol.delete(at).status()).isEqualTo(204);
        assertThat(as(token, "GET", WS + "/onlineEndpoints/credit", null).status()).isEqualTo(403);
    }

    @Test
    void badAssignmentsAreRefused() throws IOException {
        Answer answer =
                farol.put(
                        WS + AUTHORIZATION + "roleAssignments/blue",
                        "{\"properties\":{\"roleDefinitionId\":\"/x/nothing\"}}");

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.text())
                .contains("'blue' (expected: a GUID)", "'principalId' is missing", "is no role");
        assertThat(list("", "")).isEqualTo(1);
    }

    @Test
    void theLastOwnerStays() throws IOException {
        String name =
                farol.get(AUTHORIZATION + "roleAssignments").json().at("/value/0/name").asString();

        Answer gone = farol.delete(AUTHORIZATION + "roleAssignments/" + name);

        assertThat(gone.status()).isEqualTo(409);
        assertThat(gone.message()).contains("last owner");
        principals.assign("ana", "Owner", "/");
        assertThat(farol.delete(AUTHORIZATION + "roleAssignments/" + name).status()).isEqualTo(200);
        assertThat(farol.get(WS).status()).as("no owner any more").isEqualTo(403);
    }

    @Test
    void customRolesGiveWhatTheyListAndNothingElse() throws IOException {
        String at = WS + AUTHORIZATION + "roleDefinitions/" + NAME;
        String body =
                """
                {"properties":{"roleName":"Scorer","description":"may score","permissions":[{
                 "actions":["Microsoft.MachineLearningServices/workspaces/onlineEndpoints/*"],
                 "notActions":["Microsoft.MachineLearningServices/*/delete"]}],
                 "assignableScopes":["%s"]}}
                """
                        .formatted(WS);

        Answer made = farol.put(at, body);

        assertThat(made.status()).as(made.text()).isEqualTo(201);
        assertThat(made.json().at("/properties/type").asString()).isEqualTo("CustomRole");
        principals.assign("ana", "Scorer", WS);
        assertThat(as(token, "GET", WS + "/onlineEndpoints/credit", null).status()).isEqualTo(200);
        assertThat(as(token, "DELETE", WS + "/onlineEndpoints/credit", null).status())
                .isEqualTo(403);
        assertThat(as(token, "GET", WS, null).status()).isEqualTo(403);
        assertThat(farol.delete(at).code()).isEqualTo("RoleDefinitionHasAssignments");
        assertThat(farol.put(at, body.replace("Scorer", "Reader")).code())
                .isEqualTo("RoleDefinitionWithSameNameExists");
        Answer elsewhere =
                farol.put(
                        "/subscriptions/x" + AUTHORIZATION + "roleAssignments/" + SCORER,
                        "{\"properties\":{\"roleDefinitionId\":\""
                                + NAME
                                + "\",\"principalId\":\"ana\"}}");
        assertThat(elsewhere.message()).contains("cannot be assigned at /subscriptions/x");
    }

    /** Azure's roles cannot name it: who may write a deployment may restart it. */
    @ParameterizedTest
    @CsvSource({"write, 202", "restart/action, 403", "*/action, 403", "read, 403"})
    void aRestartNeedsWhatAWriteNeeds(String action, int status) throws IOException {
        String deployments =
                "Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments/";
        String role =
                "{\"properties\":{\"roleName\":\"r\",\"permissions\":[{\"actions\":[\""
                        + deployments
                        + action
                        + "\"]}],\"assignableScopes\":[\"/\"]}}";
        assertThat(farol.put(AUTHORIZATION + "roleDefinitions/" + NAME, role).status())
                .isEqualTo(201);
        principals.assign("ana", "r", WS + "/onlineEndpoints/credit/deployments/blue");

        Answer answer =
                as(token, "POST", WS + "/onlineEndpoints/credit/deployments/blue/restart", "");

        assertThat(answer.status()).as(answer.text()).isEqualTo(status);
        if (status == 403) {
            assertThat(answer.message()).contains("action '" + deployments + "write'");
        }
    }

    /** Who may define roles in one workspace may not widen a role that holds elsewhere. */
    @Test
    void aRoleIsChangedOnlyByWhoMayAtAllItsScopes() throws IOException {
        String role =
                "{\"properties\":{\"roleName\":\"r\",\"permissions\":[{\"actions\":[\"*/read\"]}],"
                        + "\"assignableScopes\":[\"/\"]}}";
        farol.put(AUTHORIZATION + "roleDefinitions/" + NAME, role);
        principals.assign("ana", "Owner", WS);

        String here = WS + AUTHORIZATION + "roleDefinitions/" + NAME;
        assertThat(as(token, "PUT", here, role.replace("*/read", "*")).status()).isEqualTo(403);
        assertThat(as(token, "DELETE", here, null).status()).isEqualTo(403);
        assertThat(as(token, "PUT", here.replace(NAME, SCORER), role).status()).isEqualTo(403);
    }

    @Test
    void callersSeeWhatTheyMayDo() throws IOException {
        principals.assign("ana", "Reader", WS);

        Answer mine = as(token, "GET", WS + AUTHORIZATION + "permissions", null);
        Answer above = as(token, "GET", AUTHORIZATION + "permissions", null);

        assertThat(mine.json().at("/value/0/actions/0").asString()).isEqualTo("*/read");
        assertThat(above.json().path("value")).isEmpty();
    }

    @Test
    void theDataPlaneHearsWhoMayScore() throws IOException {
        Supplier<Authority> authority =
                ControlApi.authority(ControlConfig.DEFAULTS, farol.identity, farol.clock);
        String credit = (WS + "/onlineEndpoints/credit").toLowerCase(java.util.Locale.ROOT);

        assertThat(authority.get().mayScore(id, Set.of(), credit)).isFalse();
        principals.assign("ana", "Reader", WS);
        assertThat(authority.get().mayScore(id, Set.of(), credit)).as("a reader").isFalse();
        principals.assign("ana", "AzureML Data Scientist", WS + "/onlineEndpoints/credit");
        assertThat(authority.get().mayScore(id, Set.of(), credit)).isTrue();
        assertThat(authority.get().mayScore(id, Set.of(), credit.replace("credit", "debit")))
                .isFalse();
        assertThat(authority.get().issuers().getFirst().keys()).isNotEmpty();

        farol.delete(WS + "/onlineEndpoints/credit");
        assertThat(authority.get().mayScore(id, Set.of(), credit))
                .as("an endpoint of the same name gets nothing from it")
                .isFalse();
        principals.assign("ana", "Contributor", WS);
        assertThat(authority.get().mayScore(id, Set.of(), credit)).isTrue();
        principals.delete("ana");
        assertThat(authority.get().mayScore(id, Set.of(), credit)).isFalse();
    }

    /** As good as its owner's own, not as the house's. */
    @Test
    void aTokenForAnEndpointIsItsCallers() throws Exception {
        String scored = WS + "/onlineEndpoints/scored";
        farol.put(scored, "{\"properties\":{\"authMode\":\"AADToken\"}}");
        assertThat(as(token, "POST", scored + "/token", "").status()).isEqualTo(403);
        principals.assign("ana", "AzureML Data Scientist", WS);

        Answer answer = as(token, "POST", scored + "/token", "");

        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        var claims =
                com.nimbusds.jwt.SignedJWT.parse(answer.json().path("accessToken").asString())
                        .getJWTClaimsSet();
        assertThat(claims.getStringClaim("oid")).isEqualTo(id);
        assertThat(claims.getStringClaim("endpointName")).isEqualTo("scored");
        assertThat(claims.getAudience()).containsExactly("azureml");
    }

    @Test
    void blobsNeedTheRoleThatTheSecretsNeed() throws IOException {
        String blob = "/farolstore.blob.core.windows.net/box/x?api-version=1";
        String storage = token; // one token is good on every plane
        assertThat(as(storage, "GET", blob, null).status()).isEqualTo(403);
        principals.assign("ana", "Reader", WS);
        assertThat(as(storage, "GET", blob, null).status()).isEqualTo(403);
        principals.assign("ana", "AzureML Data Scientist", WS);
        assertThat(as(storage, "GET", blob, null).status()).isEqualTo(404);
    }

    private Answer as(String bearer, String method, String path, String body) throws IOException {
        return farol.send(
                method,
                path + (path.contains("api-version") ? "" : "?api-version=1"),
                Headers.of("Authorization", "Bearer " + bearer),
                body == null ? null : body.getBytes(StandardCharsets.UTF_8));
    }

    private int list(String scope, String query) throws IOException {
        return farol.get(scope + AUTHORIZATION + "roleAssignments" + query)
                .json()
                .path("value")
                .size();
    }

    private String roleId(String name) throws IOException {
        return farol.get(AUTHORIZATION + "roleDefinitions?$filter=roleName%20eq%20'" + name + "'")
                .json()
                .at("/value/0/id")
                .asString();
    }
}
