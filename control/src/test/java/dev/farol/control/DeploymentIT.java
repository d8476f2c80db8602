package dev.farol.control;

import static dev.farol.control.Fixture.DEPLOYMENT;
import static dev.farol.control.Fixture.WS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.control.Fixture.Answer;
import dev.farol.kit.Json;
import dev.farol.kit.testing.Eventually;
import dev.farol.spec.ResourceId;
import dev.farol.store.Operation;
import dev.farol.store.Resource;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class DeploymentIT {
    private static final String CREDIT = WS + "/onlineEndpoints/credit";
    private static final String BLUE = CREDIT + "/deployments/blue";

    @TempDir Path home;
    @AutoClose private Fixture farol;

    @BeforeEach
    void open() throws IOException {
        farol = Fixture.withAssets(home, "credit");
    }

    @Test
    void fillsEveryDefaultAndSpellsReferencesCanonically() throws IOException {
        Answer put = farol.put(BLUE, DEPLOYMENT);

        assertThat(put.status()).as(put.text()).isEqualTo(201);
        JsonNode properties = put.json().path("properties");
        assertThat(properties.path("model").asString()).isEqualTo(WS + "/models/m1/versions/1");
        assertThat(properties.path("environmentId").asString())
                .isEqualTo(WS + "/environments/e1/versions/1");
        assertThat(properties.at("/livenessProbe/failureThreshold").asInt()).isEqualTo(30);
        assertThat(properties.at("/readinessProbe/initialDelay").asString()).isEqualTo("PT10S");
        assertThat(properties.at("/requestSettings/requestTimeout").asString()).isEqualTo("PT5S");
        assertThat(properties.at("/requestSettings/maxQueueWait").asString()).isEqualTo("PT0.5S");
        assertThat(properties.at("/scaleSettings/scaleType").asString()).isEqualTo("Default");
        assertThat(put.json().at("/sku").toString())
                .isEqualTo("{\"name\":\"Default\",\"tier\":\"Standard\",\"capacity\":1}");
        assertThat(properties.path("provisioningState").asString()).isEqualTo("Creating");
        assertThat(farol.nudged).contains(ResourceId.parse(BLUE));
        Resource stored = farol.store.resources().find(ResourceId.parse(BLUE)).orElseThrow();
        assertThat(stored.status().path("provisioningState").asString()).isEqualTo("Creating");
        assertThat(farol.store.operations().unfinished(stored.id()))
                .singleElement()
                .satisfies(
                        operation -> {
                            assertThat(operation.kind()).isEqualTo(Operation.Kind.CREATE);
                            assertThat(operation.generation()).isEqualTo(1);
                            assertThat(operation.id())
                                    .isEqualTo(stored.status().path("operation").asString())
                                    .startsWith("od:");
                        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "azureml:m1:1",
                "azureml:m1@latest",
                "m1:1",
                WS + "/models/M1/versions/1",
                WS + "/models/m1/labels/latest",
                WS + "/models/azureml:m1/versions/1",
                "azureml:" + WS + "/models/m1/versions/1",
                "azureml:/" + WS + "/models/m1/versions/1",
                "azureml://locations/local/workspaces/main/models/m1/versions/1",
                "azureml://locations/local/workspaces/main/models/m1/labels/latest"
            })
    void readsReferencesInAllTheirSpellings(String model) throws IOException {
        Answer put = farol.put(BLUE, DEPLOYMENT.replace("azureml:m1:1", model));

        assertThat(put.status()).as(put.text()).isEqualTo(201);
        assertThat(put.json().at("/properties/model").asString())
                .isEqualTo(WS + "/models/m1/versions/1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/properties/endpointComputeType|\"Batch\"|Managed, Kubernetes",
                "/properties/endpointComputeType|\"Kubernetes\"|expected: Managed",
                "/properties/endpointComputeType|null|is missing",
                "/properties/livenessProbe/failureThreshold|0|1 or more",
                "/properties/livenessProbe/period|\"10s\"|ISO 8601",
                "/properties/readinessProbe/timeout|\"PT0S\"|PT1S",
                "/properties/requestSettings/requestTimeout|\"PT31M\"|PT30M",
                "/properties/requestSettings/maxConcurrentRequestsPerInstance|1.5|whole number",
                "/properties/environmentVariables/A|{}|text",
                "/properties/environmentVariables/a=b|\"1\"|without '='",
                "/properties/environmentVariables/FAROL_NATIVE|\"maybe\"|off, on or convert",
                "/properties/model|\"azureml:m1:7\"|does not exist",
                "/properties/environmentId|\"azureml://registries/azureml/environments/sklearn-9/labels/latest\"|sklearn-1.5",
                "/properties/environmentId|\"azureml://registries/azureml/environments/sklearn-1.5/versions/99\"|version 1",
                "/properties/environmentId|\"azureml:AzureML-sklearn-2:1\"|AzureML-sklearn-1.0",
                "/properties/model|\"azureml://registries/local/models/x/versions/1\"|in a registry",
                "/properties/codeConfiguration/codeId|\"/nothing\"|does not exist",
                "/properties/codeConfiguration/scoringScript|\"../score.py\"|inside of the code folder",
                "/properties/codeConfiguration/scoringScript|null|is missing",
                "/properties/scaleSettings/scaleType|\"Manual\"|Default, TargetUtilization",
                "/properties/instanceType|\"Standard_Nothing_v9\"|Standard_DS3_v2",
                "/properties/appInsightsEnabled|\"maybe\"|true or false",
                "/sku/capacity|0|1 to 50",
                "/sku/capacity|\"many\"|1 to 50",
                "/properties/properties/farol.protocol|\"h3\"|http1, or h2c",
                "/properties/properties/farol.protocol|\"h2c\"|a scoring script is served over HTTP/1.1",
                "/properties/properties/farol.protokol|\"h2c\"|farol.protocol",
                "/tags|[]|an object"
            })
    void namesTheFieldTheValueAndWhatWasExpected(String pointer, String value, String expected)
            throws IOException {
        ObjectNode body = (ObjectNode) Json.STRICT.readTree(DEPLOYMENT);
        set(body, pointer, Json.STRICT.readTree(value));

        Answer put = farol.put(BLUE, body.toString());

        assertThat(put.status()).as(put.text()).isEqualTo(400);
        assertThat(put.json().at("/error/target").asString()).isEqualTo(pointer);
        assertThat(put.message()).contains(expected);
        assertThat(farol.store.resources().find(ResourceId.parse(BLUE))).isEmpty();
    }

    /** As after a way back to an older Farol. */
    @Test
    void aKeyOfAnotherVersionStaysUntilItIsChanged() throws IOException {
        farol.deployment("credit", "blue");
        Resource stored = farol.store.resources().find(ResourceId.parse(BLUE)).orElseThrow();
        ObjectNode spec = stored.spec().deepCopy();
        set(spec, "/properties/properties/farol.later", Json.STRICT.readTree("\"x\""));
        farol.store.resources().updateSpec(stored.id(), stored.version(), spec, "another version");

        Answer scaled = farol.call("PATCH", BLUE, "{\"sku\":{\"capacity\":2}}");

        assertThat(scaled.status()).as(scaled.text()).isEqualTo(202);
        assertThat(scaled.json().at("/properties/properties/farol.later").asString())
                .isEqualTo("x");
        farol.settle();
        for (String key : List.of("farol.later", "farol.latest")) {
            Answer changed =
                    farol.call(
                            "PATCH",
                            BLUE,
                            "{\"properties\":{\"properties\":{\"" + key + "\":\"y\"}}}");
            assertThat(changed.status()).as(changed.text()).isEqualTo(400);
            assertThat(changed.json().at("/error/target").asString())
                    .isEqualTo("/properties/properties/" + key);
        }
    }

    @Test
    void refusesAnEnvironmentThatIsADockerfileBeforeAnythingIsMade() throws IOException {
        farol.put(
                WS + "/environments/built/versions/1",
                "{\"properties\":{\"build\":{\"contextUri\":"
                        + "\"azureml://datastores/workspaceblobstore/paths/context\"}}}");

        Answer put = farol.put(BLUE, DEPLOYMENT.replace("azureml:e1@latest", "azureml:built:1"));

        assertThat(put.status()).as(put.text()).isEqualTo(400);
        assertThat(put.code()).isEqualTo("NotSupported");
        assertThat(put.json().at("/error/target").asString())
                .isEqualTo("/properties/environmentId");
        assertThat(put.message()).contains("'azureml:built:1' is built from a Dockerfile");
        assertThat(farol.store.resources().find(ResourceId.parse(BLUE))).isEmpty();
    }

    @Test
    void tellsAllViolationsAtOnce() throws IOException {
        Answer put =
                farol.put(
                        CREDIT + "/deployments/x",
                        """
                        {"sku":{"capacity":-1},"properties":{"endpointComputeType":"Managed",
                         "model":"azureml:none:1","livenessProbe":{"period":5}}}
                        """);

        assertThat(put.status()).isEqualTo(400);
        var targets = new ArrayList<String>();
        put.json()
                .at("/error/details")
                .forEach(each -> targets.add(each.path("target").asString()));
        assertThat(targets)
                .containsExactlyInAnyOrder(
                        "/name",
                        "/sku/capacity",
                        "/properties/livenessProbe/period",
                        "/properties/model");
    }

    /** Contracts §2.8: what the documentation's curl scripts send. */
    @Test
    void takesSloppyJson() throws IOException {
        Answer environment =
                farol.put(
                        WS + "/environments/sloppy/versions/1",
                        "{\"properties\":{\"condaFile\":\"channels:\n- conda-forge\nname: x\n\",},}");
        assertThat(environment.status()).as(environment.text()).isEqualTo(201);
        assertThat(environment.json().at("/properties/condaFile").asString())
                .isEqualTo("channels:\n- conda-forge\nname: x\n");

        Answer put =
                farol.put(
                        BLUE,
                        DEPLOYMENT
                                .replace(
                                        "{\"location\"",
                                        "{\"identity\":{\"type\":\"systemAssigned\"},"
                                                + "\"SKU\":{\"name\":\"default\",\"Capacity\":\"2\",},"
                                                + "\"location\"")
                                .replace(
                                        "\"endpointComputeType\":\"Managed\"",
                                        "\"EndpointComputeType\":\"managed\","
                                                + "\"egressPublicNetworkAccess\":\"disabled\","
                                                + "\"requestSettings\":{\"maxConcurrentRequestsPerInstance\":\"4\","
                                                + "\"requestTimeout\":\"pt90s\"}"));
        assertThat(put.status()).as(put.text()).isEqualTo(201);
        JsonNode properties = put.json().path("properties");
        assertThat(properties.path("endpointComputeType").asString()).isEqualTo("Managed");
        assertThat(properties.path("egressPublicNetworkAccess").asString()).isEqualTo("Disabled");
        assertThat(properties.at("/requestSettings/requestTimeout").asString())
                .isEqualTo("PT1M30S");
        assertThat(properties.at("/requestSettings/maxConcurrentRequestsPerInstance").isInt())
                .isTrue();
        assertThat(put.json().at("/sku/capacity").asInt()).isEqualTo(2);
        assertThat(put.json().at("/identity/type").asString()).isEqualTo("SystemAssigned");
        assertThat(put.json().at("/identity/principalId").asString()).hasSize(36);
    }

    @Test
    void saysWhereTheJsonBreaks() throws IOException {
        Answer put = farol.put(BLUE, "{\n  \"properties\": nothing }");

        assertThat(put.status()).isEqualTo(400);
        assertThat(put.code()).isEqualTo("InvalidRequestContent");
        assertThat(put.message()).contains("line 2");
        assertThat(farol.put(BLUE, "[1]").message()).contains("a list");
        assertThat(farol.put(BLUE, "x".repeat(5 * 1024 * 1024)).status()).isEqualTo(413);
    }

    @Test
    void completesScalingByUtilization() throws IOException {
        ObjectNode body = (ObjectNode) Json.STRICT.readTree(DEPLOYMENT);
        ((ObjectNode) body.path("properties"))
                .putObject("scaleSettings")
                .put("scaleType", "targetutilization")
                .put("maxInstances", "3");

        JsonNode scale = farol.put(BLUE, body.toString()).json().at("/properties/scaleSettings");

        assertThat(scale.path("scaleType").asString()).isEqualTo("TargetUtilization");
        assertThat(scale.path("minInstances").asInt()).isEqualTo(1);
        assertThat(scale.path("maxInstances").asInt()).isEqualTo(3);
        assertThat(scale.path("targetUtilizationPercentage").asInt()).isEqualTo(70);
    }

    @Test
    void needsItsEndpoint() throws IOException {
        Answer none = farol.put(WS + "/onlineEndpoints/none/deployments/blue", DEPLOYMENT);
        assertThat(none.status()).isEqualTo(404);
        assertThat(none.message()).contains("no online endpoint 'none'");

        farol.delete(CREDIT);
        assertThat(farol.put(BLUE, DEPLOYMENT).status()).isEqualTo(409);
    }

    @Test
    void scalesByPatch() throws IOException {
        farol.deployment("credit", "blue");

        Answer patch = farol.call("PATCH", BLUE, "{\"sku\":{\"capacity\":3}}");
        assertThat(patch.status()).isEqualTo(202);
        assertThat(patch.json().at("/sku/capacity").asInt()).isEqualTo(3);
        assertThat(patch.json().at("/sku/name").asString()).isEqualTo("Default");
        assertThat(patch.json().at("/properties/provisioningState").asString())
                .isEqualTo("Updating");
        Resource stored = farol.store.resources().find(ResourceId.parse(BLUE)).orElseThrow();
        assertThat(stored.generation()).isEqualTo(2);
    }

    @Test
    void isNotDeletedWhileItTakesTraffic() throws IOException {
        farol.deployment("credit", "blue");
        farol.put(CREDIT, "{\"properties\":{\"authMode\":\"Key\",\"traffic\":{\"blue\":100}}}");
        farol.settle();

        Answer refused = farol.delete(BLUE);

        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.code()).isEqualTo("ResourceInUse");
        assertThat(refused.message())
                .contains("100 %")
                .contains("farol online-endpoint update -n credit --traffic \"blue=0\"");
        farol.put(CREDIT, "{\"properties\":{\"authMode\":\"Key\",\"traffic\":{\"blue\":0}}}");
        farol.settle();
        assertThat(farol.delete(BLUE).status()).isEqualTo(202);
        farol.settle();
        assertThat(farol.delete(BLUE).status()).isEqualTo(204);
    }

    @Test
    void tellsACommandThatWorksWhenOthersTakeTrafficToo() throws IOException {
        farol.deployment("credit", "blue");
        farol.deployment("credit", "green");
        String endpoint = "{\"properties\":{\"authMode\":\"Key\",\"traffic\":{%s}}}";
        farol.put(CREDIT, endpoint.formatted("\"blue\":90,\"green\":10"));
        farol.settle();

        assertThat(farol.delete(BLUE).message()).contains("--traffic \"blue=0 green=100\"");
        assertThat(farol.put(CREDIT, endpoint.formatted("\"blue\":0,\"green\":100")).status())
                .isEqualTo(200);
    }

    @Test
    void showsTheVerdictOfAFailure() throws IOException {
        Answer put = farol.put(BLUE, DEPLOYMENT);
        Resource stored = farol.store.resources().find(ResourceId.parse(BLUE)).orElseThrow();
        ObjectNode status = stored.status().deepCopy().put("provisioningState", "Failed");
        status.putObject("verdict")
                .put("phase", "code")
                .put("message", "The scoring script cannot be imported.")
                .put("exception", "ModuleNotFoundError: No module named 'joblb'")
                .putNull("location")
                .put("fix", "Did you mean joblib?");
        farol.store.resources().updateStatus(stored.id(), stored.version(), status);
        farol.store
                .operations()
                .finish(
                        stored.status().path("operation").asString(),
                        Operation.Status.FAILED,
                        Json.object().put("code", "UserScriptImportError").put("message", "why"));

        assertThat(farol.get(BLUE).json().at("/properties/properties/farol.verdict").asString())
                .isEqualTo(
                        "The scoring script cannot be imported.\n"
                                + "  phase:     code\n"
                                + "  exception: ModuleNotFoundError: No module named 'joblb'\n"
                                + "  fix:       Did you mean joblib?");
        JsonNode poll = farol.get(path(put.header("Azure-AsyncOperation"))).json();
        assertThat(poll.path("status").asString()).isEqualTo("Failed");
        assertThat(poll.at("/error/code").asString()).isEqualTo("UserScriptImportError");
        Answer result = farol.get(path(put.header("Location")));
        assertThat(result.status()).isEqualTo(400);
        assertThat(result.message()).isEqualTo("why");
    }

    @Test
    void tellsProgressAndHoldsPollsUntilThereIsNews() throws Exception {
        Answer put = farol.put(BLUE, DEPLOYMENT);
        String operation = farol.store.operations().unfinished().getFirst().id();
        farol.store.operations().progress(operation, "Installing 10 packages");
        String url = path(put.header("Azure-AsyncOperation"));
        assertThat(farol.get(url).json().at("/properties/progress").asString())
                .isEqualTo("Installing 10 packages");

        ControlApi patient = farol.open(Duration.ofSeconds(60));
        var headers =
                dev.farol.wire.Headers.of(
                        "Authorization", "Bearer " + farol.token("https://ml.azure.com"));
        CompletableFuture<Answer> held =
                CompletableFuture.supplyAsync(
                        () -> {
                            try {
                                return Fixture.send(
                                        patient, Fixture.HOST, "GET", url, headers, null);
                            } catch (IOException failure) {
                                throw new java.io.UncheckedIOException(failure);
                            }
                        });
        farol.store.operations().finish(operation, Operation.Status.SUCCEEDED, null);

        Answer news = Eventually.eventually("the poll is answered", () -> held.getNow(null));
        assertThat(news.json().path("status").asString()).isEqualTo("Succeeded");
    }

    @Test
    void forgetsNoOperationAndKnowsNoStranger() throws IOException {
        String subscription = WS.substring(0, WS.indexOf("/resourceGroups"));
        String base =
                subscription
                        + "/providers/Microsoft.MachineLearningServices/locations/local/"
                        + "mfeOperationsStatus/";
        assertThat(farol.get(base + "od:x:y").status()).isEqualTo(404);
        farol.put(BLUE, DEPLOYMENT);
        String operation = farol.store.operations().unfinished().getFirst().id();
        assertThat(farol.get(base + operation).status()).isEqualTo(200);
        assertThat(
                        farol.get(
                                        base.replace(
                                                        subscription,
                                                        "/subscriptions/00000000-0000-0000-0000-000000000009")
                                                + operation)
                                .status())
                .isEqualTo(404);
    }

    @Test
    void givesLogsAndSkus() throws IOException {
        farol.deployment("credit", "blue");

        assertThat(farol.post(BLUE + "/getLogs", "").json().path("content").asString())
                .isEqualTo("InferenceServer of blue, 5000 lines");
        assertThat(
                        farol.post(
                                        BLUE + "/getLogs",
                                        "{\"containerType\":\"storageinitializer\",\"tail\":\"7\"}")
                                .json()
                                .path("content")
                                .asString())
                .isEqualTo("StorageInitializer of blue, 7 lines");
        assertThat(farol.post(BLUE + "/getLogs", "{\"tail\":0}").status()).isEqualTo(400);
        assertThat(farol.get(BLUE + "/skus").json().at("/value/0/sku/name").asString())
                .isEqualTo("Default");
        assertThat(farol.post(CREDIT + "/deployments/red/getLogs", "").status()).isEqualTo(404);
    }

    @Test
    void listsTheDeploymentsOfAnEndpoint() throws IOException {
        farol.deployment("credit", "blue");
        farol.clock.advance(Duration.ofSeconds(1));
        farol.deployment("credit", "green");

        assertThat(names(CREDIT + "/deployments")).containsExactly("blue", "green");
        assertThat(names(CREDIT + "/deployments?$orderBy=createdtime%20desc&$top=1"))
                .containsExactly("green");
        assertThat(farol.get(WS + "/onlineEndpoints/none/deployments").status()).isEqualTo(404);
    }

    private List<String> names(String path) throws IOException {
        var names = new ArrayList<String>();
        farol.get(path)
                .json()
                .path("value")
                .forEach(each -> names.add(each.path("name").asString()));
        return names;
    }

    private static void set(ObjectNode body, String pointer, JsonNode value) {
        String[] parts = pointer.substring(1).split("/");
        ObjectNode at = body;
        for (int i = 0; i < parts.length - 1; i++) {
            at = at.get(parts[i]) instanceof ObjectNode inner ? inner : at.putObject(parts[i]);
        }
        at.set(parts[parts.length - 1], value);
    }

    private static String path(String url) {
        return url.substring("https://127.0.0.1:8443".length());
    }
}
