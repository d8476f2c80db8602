package dev.farol.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.control.Fixture.Answer;
import dev.farol.kit.Json;
import dev.farol.wire.Headers;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Deployments of the templates that azure-ai-ml makes workspaces with, as the package sends them.
 */
class TemplateDeploymentIT {
    private static final String GROUP =
            "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/farol";
    private static final String DEPLOYMENT =
            GROUP + "/providers/Microsoft.Resources/deployments/second-4711";
    private static final String SECOND =
            GROUP + "/providers/Microsoft.MachineLearningServices/workspaces/second";
    private static final String NEWEST = "1.35.2";

    private static final String INTO_ANOTHER_GROUP =
            """
            {"properties": {"template": {"resources": [{
                "type": "Microsoft.Resources/deployments", "name": "inner", "resourceGroup": "farol",
                "properties": {"template": {"resources": [
                    {"type": "Microsoft.MachineLearningServices/workspaces", "name": "second"}
                ]}}
            }]}}}
            """;

    @TempDir Path home;
    @AutoClose private Fixture farol;

    @BeforeEach
    void open() throws IOException {
        farol = new Fixture(home);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.5.0", NEWEST})
    void makesTheWorkspaceAndSaysWhatFarolHasOfItsOwn(String version) throws IOException {
        Answer put = farol.put(DEPLOYMENT, sent(version).toString());

        assertThat(put.status()).as(put.text()).isEqualTo(201);
        Answer status = farol.get(path(put.header("Azure-AsyncOperation")));
        assertThat(status.json().path("status").asString()).isEqualTo("Succeeded");
        JsonNode deployment = farol.get(DEPLOYMENT).json();
        assertThat(deployment.path("type").asString()).isEqualTo("Microsoft.Resources/deployments");
        assertThat(deployment.path("id").asString()).isEqualTo(DEPLOYMENT);
        JsonNode properties = deployment.path("properties");
        assertThat(properties.path("provisioningState").asString()).isEqualTo("Succeeded");
        assertThat(properties.path("duration").asString()).matches("PT[0-9]+\\.[0-9]{7}S");
        assertThat(properties.path("outputResources").toString())
                .isEqualTo("[{\"id\":\"" + SECOND + "\"}]");
        assertThat(properties.at("/parameters/workspaceName/value").asString()).isEqualTo("second");

        JsonNode workspace = farol.get(SECOND).json();
        assertThat(workspace.at("/properties/friendlyName").asString()).isEqualTo("The second");
        assertThat(workspace.at("/properties/description").asString()).isEqualTo("from a template");
        assertThat(workspace.at("/tags/team").asString()).isEqualTo("risk");
        assertThat(workspace.at("/tags/createdByToolkit").asString()).isNotEmpty();
        assertThat(workspace.path("kind").asString()).isEqualToIgnoringCase("default");
        assertThat(workspace.path("location").asString()).isEqualTo("local");
        assertThat(workspace.at("/properties/storageAccount").asString()).endsWith("/farolstore");
        assertThat(workspace.at("/properties/primaryUserAssignedIdentity").isMissingNode())
                .isTrue();
        assertThat(farol.get(SECOND + "/datastores/workspaceblobstore").status()).isEqualTo(200);
        assertThat(farol.get(GROUP + "/resources").json().findValuesAsString("id"))
                .containsExactlyInAnyOrder(Fixture.WS, SECOND);

        JsonNode operations = farol.get(DEPLOYMENT + "/operations").json().path("value");
        assertThat(operations.size()).isGreaterThan(3);
        for (JsonNode operation : operations) {
            JsonNode about = operation.path("properties");
            boolean made = about.at("/targetResource/id").asString().equals(SECOND);
            assertThat(about.path("provisioningState").asString()).isEqualTo("Succeeded");
            assertThat(about.path("provisioningOperation").asString())
                    .isEqualTo(made ? "Create" : "Read");
            assertThat(about.at("/statusMessage/status").asString())
                    .contains(made ? "Succeeded" : "made");
            String one = DEPLOYMENT + "/operations/" + operation.path("operationId").asString();
            assertThat(farol.get(one).json()).isEqualTo(operation);
        }
        assertThat(farol.get(GROUP + "/deployments/second-4711/operations").json().path("value"))
                .isEqualTo(operations);
        assertThat(operations.findValuesAsString("resourceType"))
                .contains(
                        "Microsoft.Storage/storageAccounts",
                        "Microsoft.KeyVault/vaults",
                        "Microsoft.Insights/components",
                        "Microsoft.MachineLearningServices/workspaces");
    }

    @Test
    void isThereForThoseWhoAskAndIsForgottenWithoutItsWorkspace() throws IOException {
        assertThat(farol.call("HEAD", DEPLOYMENT, null).status()).isEqualTo(404);
        farol.put(DEPLOYMENT, sent(NEWEST).toString());

        assertThat(farol.call("HEAD", DEPLOYMENT, null).status()).isEqualTo(204);
        String all = GROUP + "/providers/Microsoft.Resources/deployments";
        assertThat(farol.get(all).json().at("/value/0/name").asString()).isEqualTo("second-4711");
        assertThat(farol.get(all.replace("/farol/", "/lab/")).json().path("value")).isEmpty();
        assertThat(farol.get(DEPLOYMENT + "/operations/none").message()).contains("'none'");

        assertThat(farol.delete(DEPLOYMENT).status()).isEqualTo(202);
        assertThat(farol.delete(DEPLOYMENT).status()).isEqualTo(204);
        assertThat(farol.get(DEPLOYMENT).status()).isEqualTo(404);
        assertThat(farol.get(SECOND).status()).isEqualTo(200);
    }

    @Test
    void theSameAgainChangesNothing() throws IOException {
        farol.put(DEPLOYMENT, sent(NEWEST).toString());
        JsonNode before = farol.get(SECOND).json();

        Answer again = farol.put(DEPLOYMENT, sent(NEWEST).toString());

        assertThat(again.status()).isEqualTo(200);
        assertThat(farol.get(SECOND).json()).isEqualTo(before);
    }

    @Test
    void isKeptInTheStore() throws IOException {
        farol.put(DEPLOYMENT, sent(NEWEST).toString());
        JsonNode before = farol.get(DEPLOYMENT).json();

        ControlApi later = farol.open(java.time.Duration.ZERO);
        Answer found =
                Fixture.send(
                        later,
                        Fixture.HOST,
                        "GET",
                        DEPLOYMENT + "?api-version=2024-03-01",
                        Headers.of(
                                "Authorization",
                                "Bearer " + farol.token("https://management.azure.com/.default")),
                        null);

        assertThat(found.json()).isEqualTo(before);
    }

    @Test
    void whatAWorkspaceCannotBeEndsAsAFailedDeployment() throws IOException {
        farol.put(SECOND, "{\"location\":\"local\"}");
        JsonNode before = farol.get(SECOND).json();
        String moved = with(NEWEST, given -> given.putObject("location").put("value", "moon"));

        Answer put = farol.put(DEPLOYMENT, moved);

        assertThat(put.status()).isEqualTo(201);
        JsonNode status = farol.get(path(put.header("Azure-AsyncOperation"))).json();
        assertThat(status.path("status").asString()).isEqualTo("Failed");
        assertThat(status.at("/error/code").asString()).isEqualTo("DeploymentFailed");
        assertThat(status.at("/error/message").asString()).contains("Nothing was made", "moon");
        assertThat(status.at("/error/details/0/target").asString()).isEqualTo("/location");
        JsonNode properties = farol.get(DEPLOYMENT).json().path("properties");
        assertThat(properties.path("provisioningState").asString()).isEqualTo("Failed");
        assertThat(properties.path("error")).isEqualTo(status.path("error"));
        assertThat(properties.path("outputResources")).isEmpty();
        JsonNode operations = farol.get(DEPLOYMENT + "/operations").json();
        assertThat(operations.findValuesAsString("provisioningState")).contains("Failed");
        assertThat(operations.findValue("error").path("message").asString()).contains("moon");
        assertThat(farol.get(SECOND).json()).isEqualTo(before);

        assertThat(farol.post(DEPLOYMENT + "/validate", moved).status()).isEqualTo(400);
    }

    @Test
    void validatesWithoutMakingAnything() throws IOException {
        Answer answer = farol.post(DEPLOYMENT + "/validate", sent(NEWEST).toString());

        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        assertThat(answer.json().at("/properties/validatedResources").findValuesAsString("id"))
                .contains(SECOND);
        assertThat(farol.get(SECOND).status()).isEqualTo(404);
        assertThat(farol.get(DEPLOYMENT).status()).isEqualTo(404);
        assertThat(
                        farol.post(
                                        DEPLOYMENT + "/validate",
                                        with(
                                                NEWEST,
                                                given ->
                                                        given.putObject("workspaceName")
                                                                .put("value", "x")))
                                .message())
                .contains("'x' is not a valid name");
    }

    /** What the newest package sends for what Farol does not have. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "kind                      | \"hub\"                                        | Hubs are not offered",
                "kind                      | \"project\"                                    | Projects are not offered",
                "kind                      | \"featurestore\"                               | Feature stores are not offered",
                "managedNetwork            | {\"isolationMode\":\"AllowInternetOutbound\"}  | Managed networks (AllowInternetOutbound)",
                "encryption_status         | \"Enabled\"                                    | keys of the customer",
                "privateEndpointType       | \"AutoApproval\"                               | Microsoft.Network/privateEndpoints",
                "vnetOption                | \"new\"                                        | Microsoft.Network/virtualNetworks",
                "storageAccountOption      | \"existing\"                                   | cannot be used: Farol has its own",
                "keyVaultOption            | \"existing\"                                   | /properties/keyVault",
                "workspace_hub_config      | {\"defaultWorkspaceResourceGroup\":\"x\"}      | Hubs are not offered",
            })
    void refusesWhatItDoesNotHaveBeforeAnythingIsMade(String parameter, String value, String why)
            throws IOException {
        Answer put =
                farol.put(
                        DEPLOYMENT,
                        with(
                                NEWEST,
                                given ->
                                        given.putObject(parameter)
                                                .set("value", Json.STRICT.readTree(value))));

        assertThat(put.status()).as(put.text()).isEqualTo(400);
        assertThat(put.code()).isIn("NotSupported");
        assertThat(put.text()).contains(why);
        assertThat(farol.get(SECOND).status()).isEqualTo(404);
        assertThat(farol.get(DEPLOYMENT).status()).isEqualTo(404);
    }

    @Test
    void aWorkspaceByPutIsRefusedTheSame() throws IOException {
        assertThat(farol.put(SECOND, "{\"kind\":\"Hub\"}").message())
                .contains("Hubs are not offered");
        assertThat(
                        farol.put(
                                        SECOND,
                                        "{\"properties\":{\"managedNetwork\":{\"isolationMode\":"
                                                + "\"AllowOnlyApprovedOutbound\"}}}")
                                .json()
                                .at("/error/target")
                                .asString())
                .isEqualTo("/properties/managedNetwork/isolationMode");
        assertThat(
                        farol.put(
                                        SECOND,
                                        "{\"kind\":\"default\",\"properties\":{\"managedNetwork\":"
                                                + "{\"isolationMode\":\"Disabled\"}}}")
                                .status())
                .isEqualTo(202);
    }

    /** A role over one group must not reach into another by way of a template. */
    @Test
    void whoeverDeploysHasToBeAllowedWhatIsInTheTemplate() throws IOException {
        var principals = ServicePrincipals.open(farol.identity, farol.clock);
        var made = principals.create("ana", java.time.Duration.ofDays(1));
        principals.assign("ana", "Contributor", GROUP.replace("/farol", "/lab"));
        Answer token =
                farol.send(
                        "POST",
                        "/common/oauth2/token",
                        Headers.of("Content-Type", "application/x-www-form-urlencoded"),
                        Fixture.bytes(
                                "grant_type=client_credentials&resource=https://management.azure.com"
                                        + "&client_id="
                                        + made.principal().clientId()
                                        + "&client_secret="
                                        + made.secret()));
        Headers ana =
                Headers.of(
                        "Authorization", "Bearer " + token.json().path("access_token").asString());
        String version = "?api-version=2024-03-01";
        String lab = DEPLOYMENT.replace("/farol/", "/lab/");

        assertThat(
                        farol.send(
                                        "PUT",
                                        DEPLOYMENT + version,
                                        ana,
                                        Fixture.bytes(sent(NEWEST).toString()))
                                .status())
                .isEqualTo(403);
        for (String method : List.of("PUT", "POST")) {
            Answer inward =
                    farol.send(
                            method,
                            lab + (method.equals("PUT") ? "" : "/validate") + version,
                            ana,
                            Fixture.bytes(INTO_ANOTHER_GROUP));
            assertThat(inward.status()).as(inward.text()).isEqualTo(403);
            assertThat(inward.message()).contains("workspaces/write' over scope '" + SECOND + "'");
        }
        assertThat(farol.get(SECOND).status()).isEqualTo(404);
        String there = sent(NEWEST).toString().replace("\"farol\"", "\"lab\"");
        Answer own = farol.send("PUT", lab + version, ana, Fixture.bytes(there));
        assertThat(own.status()).as(own.text()).isEqualTo(201);
    }

    @Test
    void badRequestsAreToldWhereTheyAreBad() throws IOException {
        assertThat(farol.put(DEPLOYMENT, "{}").message()).contains("'properties' is missing");
        Answer none = farol.put(DEPLOYMENT, "{\"properties\":{}}");
        assertThat(none.code()).isEqualTo("InvalidTemplate");
        assertThat(none.json().at("/error/target").asString()).isEqualTo("/properties/template");
        assertThat(
                        farol.put(
                                        DEPLOYMENT,
                                        "{\"properties\":{\"mode\":\"Complete\",\"template\":"
                                                + "{\"resources\":[]}}}")
                                .message())
                .contains("'Complete'", "expected: Incremental");
        assertThat(
                        farol.put(DEPLOYMENT, "{\"properties\":{\"templateLink\":{\"uri\":\"x\"}}}")
                                .code())
                .isEqualTo("NotSupported");
        assertThat(
                        farol.put(DEPLOYMENT.replace("second-4711", "a+b"), sent(NEWEST).toString())
                                .message())
                .contains("'a+b'");
        assertThat(farol.post(DEPLOYMENT + "/exportTemplate", "{}").code())
                .isEqualTo("NotSupported");
    }

    /** With {@code delete_dependent_resources} the package deletes these one by one. */
    @Test
    void whatStandsAroundAWorkspaceIsNotThereAndCanBeDeleted() throws IOException {
        JsonNode workspace = farol.get(Fixture.WS).json().path("properties");

        for (String field : List.of("storageAccount", "keyVault")) {
            assertThat(farol.delete(workspace.path(field).asString()).status()).isEqualTo(204);
        }
        assertThat(farol.get(Fixture.WS + "/datastores/workspaceblobstore").status())
                .isEqualTo(200);
    }

    private static String with(String version, Consumer<ObjectNode> change) throws IOException {
        ObjectNode body = sent(version);
        change.accept((ObjectNode) body.at("/properties/parameters"));
        return body.toString();
    }

    private static ObjectNode sent(String version) throws IOException {
        try (InputStream file =
                TemplateDeploymentIT.class.getResourceAsStream(
                        "/templates/azure-ai-ml-" + version + ".json")) {
            return (ObjectNode) Json.STRICT.readTree(file);
        }
    }

    private static String path(String url) {
        return url.substring("https://127.0.0.1:8443".length());
    }
}
