package dev.farol.control;

import static dev.farol.control.Fixture.MODEL;
import static dev.farol.control.Fixture.WS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.control.Fixture.Answer;
import dev.farol.wire.Headers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class RegistryIT {
    private static final String REGISTRIES =
            "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/registries/"
                    + "providers/Microsoft.MachineLearningServices/registries";
    private static final String LOCAL = REGISTRIES + "/local";
    private static final String CURATED = REGISTRIES + "/azureml/environments";

    @TempDir Path home;
    @AutoClose private Fixture farol;

    @BeforeEach
    void open() throws IOException {
        farol = new Fixture(home);
    }

    @Test
    void saysWhereARegistryIsAndServesItThere() throws IOException {
        JsonNode found =
                farol.get("/registrymanagement/v1.0/registries/LOCAL/discovery?api-version=v1.0")
                        .json();

        assertThat(found.path("registryName").asString()).isEqualTo("local");
        String there =
                found.path("primaryRegionResourceProviderUri").asString()
                        + "mferp/managementfrontend/subscriptions/"
                        + found.path("subscriptionId").asString()
                        + "/resourceGroups/"
                        + found.path("resourceGroup").asString()
                        + "/providers/Microsoft.MachineLearningServices/registries/local";
        Answer registry = farol.get(there.substring("https://127.0.0.1:8443".length()));
        assertThat(registry.json().path("name").asString()).isEqualTo("local");
        assertThat(registry.json().at("/properties/regionDetails/0/location").asString())
                .isEqualTo("local");
        assertThat(farol.get("/registrymanagement/v1.0/registries/x/discovery").message())
                .contains("azureml, local");
    }

    @Test
    void keepsVersionsUnderTheIdsThatRegistriesHave() throws IOException {
        Answer put = farol.put(LOCAL + "/models/m/versions/1", MODEL);

        assertThat(put.status()).isEqualTo(202);
        assertThat(put.json().at("/properties/provisioningState").asString())
                .isEqualTo("Succeeded");
        assertThat(put.json().path("id").asString())
                .isEqualTo("azureml://registries/local/models/m/versions/1");
        assertThat(farol.get(LOCAL + "/models/m/labels/latest").json().path("name").asString())
                .isEqualTo("1");
        assertThat(farol.get(LOCAL + "/models").json().path("value").size()).isEqualTo(1);
        assertThat(farol.get(WS + "/models").json().path("value").size()).isZero();
        assertThat(farol.delete(LOCAL + "/models/m/versions/1").status()).isEqualTo(200);
    }

    @Test
    void givesAPlaceForBytesAndAccessToThoseOfAVersionOnly() throws IOException {
        JsonNode place =
                farol.put(
                                LOCAL + "/tempdatarefs/m/versions/1",
                                "{\"assetId\":\"azureml://registries/local/models/m/versions/1\","
                                        + "\"temporaryDataReferenceType\":\"TemporaryBlobReference\"}")
                        .json()
                        .path("blobReferenceForConsumption");
        String sas = place.at("/credential/sasUri").asString();
        String uri = place.path("blobUri").asString() + "/model";
        String signature = sas.substring(sas.indexOf('?'));
        assertThat(blob("PUT", uri + signature).status()).isEqualTo(201);
        farol.put(
                LOCAL + "/models/m/versions/1", "{\"properties\":{\"modelUri\":\"" + uri + "\"}}");

        String shown =
                farol.get(LOCAL + "/models/m/versions/1")
                        .json()
                        .at("/properties/modelUri")
                        .asString();
        // The SDK takes one segment for the container and the rest for the blob.
        assertThat(shown).matches("https://[^/]+/[^/]+/model");
        assertThat(blob("GET", shown + signature).text()).isEqualTo("bytes");
        String again = "{\"properties\":{\"modelUri\":\"" + shown + "\"}}";
        assertThat(farol.put(LOCAL + "/models/m/versions/1", again).status()).isEqualTo(202);

        Answer access =
                farol.post(LOCAL + "/datarefs/m/versions/1", "{\"blobUri\":\"" + shown + "\"}");
        assertThat(access.json().at("/blobReferenceForConsumption/credential/sasUri").asString())
                .startsWith(sas.substring(0, sas.indexOf('?')) + "?sv=");
        Answer other =
                farol.post(LOCAL + "/datarefs/m/versions/1", "{\"blobUri\":\"" + uri + "x\"}");
        assertThat(other.status()).isEqualTo(404);
    }

    @Test
    void holdsRenditionsOfCuratedEnvironmentsThatSayWhatTheyAre() throws IOException {
        JsonNode list = farol.get(CURATED).json().path("value");

        assertThat(list.size()).isEqualTo(7);
        for (JsonNode each : list) {
            JsonNode version =
                    farol.get(CURATED + "/" + each.path("name").asString() + "/labels/latest")
                            .json()
                            .path("properties");
            assertThat(version.path("description").asString()).startsWith("Farol's own rendition");
            assertThat(version.path("condaFile").asString()).contains("dependencies:");
            assertThat(version.path("environmentType").asString()).isEqualTo("Curated");
        }
    }

    @Test
    void letsNobodyChangeTheCuratedOnes() throws IOException {
        String body = "{\"properties\":{\"image\":\"i\"}}";
        assertThat(farol.put(CURATED + "/mine/versions/1", body).status()).isEqualTo(403);
        assertThat(farol.delete(CURATED + "/sklearn-1.5").status()).isEqualTo(403);
        assertThat(farol.put(LOCAL + "/environments/mine/versions/1", body).status())
                .isEqualTo(202);
        assertThat(farol.put(LOCAL, "{}").code()).isEqualTo("NotSupported");
    }

    @Test
    void showsCuratedEnvironmentsInEveryWorkspace() throws IOException {
        String name = WS + "/environments/AzureML-sklearn-1.0-ubuntu20.04-py38-cpu";

        assertThat(
                        farol.get(name + "/versions?$orderBy=createdtime%20desc&$top=1")
                                .json()
                                .at("/value/0/name")
                                .asString())
                .isEqualTo("1");
        assertThat(farol.get(name + "/versions/1").status()).isEqualTo(200);
        assertThat(farol.get(WS + "/environments").json().path("value").size()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "azureml://registries/azureml/environments/sklearn-1.5/labels/latest",
                "azureml://registries/AzureML/environments/Sklearn-1.5/versions/1",
                "azureml:sklearn-1.5@latest",
                WS + "/environments/sklearn-1.5/versions/1"
            })
    void deploysWithACuratedEnvironment(String reference) throws IOException {
        farol.endpoint("credit");
        farol.assets();
        farol.put(LOCAL + "/models/m/versions/1", MODEL);

        Answer put =
                farol.put(
                        WS + "/onlineEndpoints/credit/deployments/blue",
                        Fixture.DEPLOYMENT
                                .replace("azureml:e1@latest", reference)
                                .replace(
                                        "azureml:m1:1",
                                        "azureml://registries/local/models/m/labels/latest"));

        assertThat(put.status()).as(put.text()).isEqualTo(201);
        assertThat(put.json().at("/properties/environmentId").asString())
                .isEqualTo("azureml://registries/azureml/environments/sklearn-1.5/versions/1");
        assertThat(put.json().at("/properties/model").asString())
                .isEqualTo("azureml://registries/local/models/m/versions/1");
    }

    private Answer blob(String method, String url) throws IOException {
        return farol.send(
                method,
                url.substring("https://127.0.0.1:8443".length()),
                Headers.of("x-ms-blob-type", "BlockBlob"),
                method.equals("PUT") ? "bytes".getBytes(StandardCharsets.UTF_8) : null);
    }
}
