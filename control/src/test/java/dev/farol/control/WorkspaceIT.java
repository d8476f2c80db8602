package dev.farol.control;

import static dev.farol.control.Fixture.WS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.control.Fixture.Answer;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class WorkspaceIT {
    private static final String SUBSCRIPTION =
            "/subscriptions/00000000-0000-0000-0000-000000000001";
    private static final String OTHER =
            SUBSCRIPTION
                    + "/resourceGroups/lab/providers/Microsoft.MachineLearningServices/"
                    + "workspaces/second";

    @TempDir Path home;
    @AutoClose private Fixture farol;

    @BeforeEach
    void open() throws IOException {
        farol = new Fixture(home);
    }

    @Test
    void makesAFurtherWorkspaceWithItsOwnDatastoreAndGroup() throws IOException {
        Answer put =
                farol.put(
                        OTHER,
                        "{\"tags\":{\"a\":\"b\"},\"properties\":{\"description\":\"d\",\"later\":1}}");

        assertThat(put.status()).isEqualTo(202);
        assertThat(put.header("Retry-After")).isEqualTo("1");
        Answer result = farol.get(path(put.header("Location")));
        assertThat(result.status()).isEqualTo(200);
        JsonNode workspace = farol.get(OTHER).json();
        assertThat(result.json()).isEqualTo(workspace);
        assertThat(workspace.path("location").asString()).isEqualTo("local");
        assertThat(workspace.at("/properties/later").asInt()).isEqualTo(1);
        assertThat(farol.get(OTHER + "/datastores/workspaceblobstore").status()).isEqualTo(200);
        assertThat(farol.get(SUBSCRIPTION + "/resourcegroups/LAB").json().path("name").asString())
                .isEqualTo("lab");
        assertThat(farol.call("HEAD", SUBSCRIPTION + "/resourceGroups/none", null).status())
                .isEqualTo(404);
        assertThat(farol.call("HEAD", SUBSCRIPTION + "/resourceGroups/lab", null).status())
                .isEqualTo(204);
    }

    @Test
    void changesWhatIsGivenAndKeepsTheRest() throws IOException {
        String id = farol.get(WS).json().at("/properties/workspaceId").asString();

        Answer patch =
                farol.call(
                        "PATCH",
                        WS,
                        "{\"properties\":{\"description\":\"new\"},\"tags\":{\"t\":\"1\"}}");

        assertThat(patch.status()).isEqualTo(202);
        JsonNode workspace = farol.get(WS).json();
        assertThat(workspace.at("/properties/description").asString()).isEqualTo("new");
        assertThat(workspace.at("/properties/friendlyName").asString()).isEqualTo("main");
        assertThat(workspace.at("/properties/workspaceId").asString()).isEqualTo(id);
        assertThat(farol.put(WS, "{\"location\":\"moon\"}").json().at("/error/target").asString())
                .isEqualTo("/location");
        assertThat(farol.call("PATCH", OTHER, "{}").status()).isEqualTo(404);
    }

    @Test
    void deletesOnlyWhatServesNobody() throws IOException {
        farol.put(OTHER, "{}");
        farol.put(
                OTHER + "/models/m/versions/1",
                "{\"properties\":{\"modelUri\":\"azureml://datastores/x/paths/m\"}}");
        farol.put(OTHER + "/onlineEndpoints/credit", Fixture.ENDPOINT);
        farol.settle();

        Answer refused = farol.delete(OTHER);
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.message()).contains("credit");
        farol.delete(OTHER + "/onlineEndpoints/credit");
        farol.settle();

        Answer deleted = farol.delete(OTHER);
        assertThat(deleted.status()).isEqualTo(202);
        assertThat(farol.get(path(deleted.header("Location"))).status()).isEqualTo(204);
        assertThat(farol.get(OTHER).status()).isEqualTo(404);
        assertThat(farol.delete(OTHER).status()).isEqualTo(204);
        assertThat(farol.delete(WS).message()).contains("Farol starts with");
    }

    @Test
    void refusesNamesThatWouldBreakIds() throws IOException {
        assertThat(farol.put(OTHER.replace("second", "x"), "{}").message()).contains("'x'");
        assertThat(
                        farol.put(OTHER.replace("lab", "a%20b"), "{}")
                                .json()
                                .at("/error/target")
                                .asString())
                .isEqualTo("/resourceGroup");
    }

    @Test
    void answersWhatClientsAskAroundWorkspaces() throws IOException {
        assertThat(names(farol.get(SUBSCRIPTION + "/locations"))).contains("local");
        JsonNode provider =
                farol.get(SUBSCRIPTION + "/providers/microsoft.machinelearningservices").json();
        assertThat(provider.path("registrationState").asString()).isEqualTo("Registered");
        assertThat(provider.at("/resourceTypes/0/apiVersions/0").asString()).isNotEmpty();
        assertThat(farol.get(SUBSCRIPTION + "/providers/Microsoft.Compute").status())
                .isEqualTo(404);
        farol.endpoint("credit");
        assertThat(names(farol.get(SUBSCRIPTION + "/resourceGroups/farol/resources")))
                .contains("main", "credit");
        assertThat(
                        farol.call(
                                        "PUT",
                                        SUBSCRIPTION
                                                + "/resourceGroups/farol/providers/"
                                                + "Microsoft.Resources/tags/default",
                                        "{}")
                                .code())
                .isEqualTo("NotSupported");
    }

    @Test
    void theSizesAreTheInstanceTypes() throws IOException {
        Answer answer =
                farol.get(
                        "/subscriptions/s/providers/Microsoft.MachineLearningServices/locations/local/vmSizes");
        assertThat(answer.status()).isEqualTo(200);
        JsonNode size = null;
        for (JsonNode each : answer.json().path("value")) {
            if (each.path("name").asString("").equals("Standard_DS3_v2")) {
                size = each;
            }
        }
        assertThat(size).isNotNull();
        assertThat(size.path("vCPUs").asDouble(0)).isEqualTo(4);
        assertThat(size.path("memoryGB").asDouble(0)).isEqualTo(14);
    }

    @Test
    void describesItsMachineAsTheComputeLocal() throws IOException {
        JsonNode compute = farol.get(WS + "/computes/local").json();

        assertThat(compute.at("/properties/computeType").asString()).isEqualTo("VirtualMachine");
        assertThat(compute.at("/properties/properties/cores").asInt())
                .isEqualTo(Runtime.getRuntime().availableProcessors());
        assertThat(farol.get(WS + "/computes").json().at("/value/0/name").asString())
                .isEqualTo("local");
        assertThat(farol.get(WS + "/computes/cpu-cluster").message()).contains("local");
        for (String method : new String[] {"PUT", "PATCH", "DELETE"}) {
            Answer answer = farol.call(method, WS + "/computes/cpu-cluster", "{}");
            assertThat(answer.code()).isEqualTo("NotSupported");
            assertThat(answer.message()).contains("batch endpoints");
        }
    }

    private static String names(Answer answer) {
        return answer.json().path("value").toString();
    }

    private static String path(String url) {
        return url.substring("https://127.0.0.1:8443".length());
    }
}
