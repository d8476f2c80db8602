package dev.farol.control;

import static dev.farol.control.Fixture.MODEL;
import static dev.farol.control.Fixture.WS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.control.Fixture.Answer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class AssetIT {
    private static final String MODELS = WS + "/models/m1";

    @TempDir Path home;
    @AutoClose private Fixture farol;

    @BeforeEach
    void open() throws IOException {
        farol = new Fixture(home);
    }

    @Test
    void countsVersionsInAContainerThatComesWithTheFirst() throws IOException {
        assertThat(farol.get(MODELS).status()).isEqualTo(404);
        assertThat(farol.get(MODELS + "/versions").json().path("value").size()).isZero();

        for (String version : new String[] {"1", "9", "beta"}) {
            assertThat(farol.put(MODELS + "/versions/" + version, MODEL).status()).isEqualTo(201);
            farol.clock.advance(Duration.ofSeconds(1));
        }

        JsonNode container = farol.get(MODELS).json().path("properties");
        assertThat(container.path("latestVersion").asString()).isEqualTo("beta");
        assertThat(container.path("nextVersion").asString()).isEqualTo("10");
        assertThat(names(MODELS + "/versions?$orderBy=createdtime%20desc&$top=1"))
                .containsExactly("beta");
        assertThat(names(MODELS + "/versions?%24orderBy=createdtime+asc"))
                .containsExactly("1", "9", "beta");
        assertThat(farol.get(MODELS + "/labels/latest").json().path("name").asString())
                .isEqualTo("beta");

        assertThat(farol.delete(MODELS + "/versions/beta").status()).isEqualTo(200);
        assertThat(farol.delete(MODELS + "/versions/beta").status()).isEqualTo(204);
        container = farol.get(MODELS).json().path("properties");
        assertThat(container.path("latestVersion").asString()).isEqualTo("9");
        assertThat(container.path("nextVersion").asString()).isEqualTo("10");
    }

    @Test
    void keepsTheContentOfAVersionForEver() throws IOException {
        farol.put(MODELS + "/versions/1", MODEL);

        Answer described =
                farol.put(
                        MODELS + "/versions/1",
                        MODEL.replace("{\"modelUri", "{\"description\":\"d\",\"modelUri"));
        assertThat(described.status()).isEqualTo(200);
        assertThat(described.json().at("/properties/description").asString()).isEqualTo("d");

        Answer other = farol.put(MODELS + "/versions/1", MODEL.replace("/m\"", "/other\""));
        assertThat(other.status()).isEqualTo(409);
        assertThat(other.code()).isEqualTo("ResourceExists");
        assertThat(other.json().at("/error/target").asString()).isEqualTo("/properties/modelUri");
    }

    @Test
    void takesTheSameContentUnderAnotherHost() throws IOException {
        String path = WS + "/environments/e/versions/1";
        String body =
                "{\"properties\":{\"build\":{\"contextUri\":\"https://HOST/farolstore.blob.core."
                        + "windows.net/c/ctx\"}}}";
        assertThat(farol.put(path, body.replace("HOST", "127.0.0.1:8443")).status()).isEqualTo(201);
        assertThat(farol.put(path, body.replace("HOST", "localhost:9999")).status()).isEqualTo(200);
        assertThat(farol.put(path, body.replace("/ctx", "/other")).status()).isEqualTo(409);
    }

    @Test
    void findsCodeByItsHash() throws IOException {
        String query = "?hash=abc123&hashVersion=202208";
        String codes = WS + "/codes/";
        assertThat(names(codes + "new-guid/versions" + query)).isEmpty();

        Answer put =
                farol.put(
                        codes + "one/versions/1",
                        "{\"properties\":{\"codeUri\":\"https://h/farolstore.blob.x/snap-1/src\","
                                + "\"isAnonymous\":true,\"properties\":{\"hash_sha256\":\"abc123\","
                                + "\"hash_version\":202208}}}");
        assertThat(put.json().at("/properties/properties/hash_version").isString()).isTrue();

        JsonNode found = farol.get(codes + "new-guid/versions" + query).json().at("/value/0");
        assertThat(found.path("id").asString()).isEqualTo(codes + "one/versions/1");
        assertThat(names(codes + "x/versions?hash=abc123&hashVersion=1")).isEmpty();
        farol.delete(codes + "one/versions/1");
        assertThat(names(codes + "new-guid/versions" + query)).isEmpty();
    }

    @Test
    void fillsWhatClientsCannotLiveWithout() throws IOException {
        JsonNode model = farol.put(MODELS + "/versions/1", MODEL).json().path("properties");
        assertThat(model.path("flavors").isObject()).isTrue();
        assertThat(model.path("modelType").asString()).isEqualTo("custom_model");
        assertThat(model.path("provisioningState").asString()).isEqualTo("Succeeded");

        JsonNode environment =
                farol.put(
                                WS + "/environments/e/versions/1",
                                "{\"properties\":{\"image\":\"i\",\"inferenceConfig\":{"
                                        + "\"scoringRoute\":{\"path\":\"/\",\"port\":\"80\"}}}}")
                        .json()
                        .path("properties");
        assertThat(environment.path("osType").asString()).isEqualTo("Linux");
        assertThat(environment.path("environmentType").asString()).isEqualTo("UserCreated");
        assertThat(environment.at("/inferenceConfig/scoringRoute/port").asInt()).isEqualTo(80);
    }

    @Test
    void keepsTheWordsOfComponentsAndAddsWhatTheyAreCalled() throws IOException {
        String path = WS + "/components/hello/versions/1";
        String body =
                "{\"properties\":{\"componentSpec\":{\"type\":\"command\",\"inputs\":{\"a\":null},"
                        + "\"command\":\"echo\"}}}";
        assertThat(farol.put(path, body).status()).isEqualTo(201);

        JsonNode spec = farol.get(path).json().at("/properties/componentSpec");
        assertThat(spec.path("name").asString()).isEqualTo("hello");
        assertThat(spec.path("version").asString()).isEqualTo("1");
        assertThat(spec.path("inputs").has("a")).isTrue();
        assertThat(farol.put(path, body).status()).isEqualTo(200);
        assertThat(farol.put(path, body.replace("echo", "ls")).status()).isEqualTo(409);
        assertThat(farol.put(path, "{\"properties\":{\"componentSpec\":\"x\"}}").message())
                .contains("'x' (expected: an object)");
        assertThat(names(WS + "/components")).containsExactly("hello");
        assertThat(farol.post(path + "/publish", "{}").code()).isEqualTo("NotSupported");
    }

    @Test
    void archivesAVersionOutOfTheLatestAndRestoresIt() throws IOException {
        farol.put(MODELS + "/versions/1", MODEL);
        farol.clock.advance(Duration.ofSeconds(1));
        farol.put(MODELS + "/versions/2", MODEL);

        farol.put(MODELS + "/versions/2", archived(true));
        assertThat(latest()).isEqualTo("1");
        assertThat(farol.get(MODELS + "/labels/latest").json().path("name").asString())
                .isEqualTo("1");
        farol.put(MODELS + "/versions/1", archived(true));
        assertThat(farol.get(MODELS).json().at("/properties/latestVersion").isNull()).isTrue();
        assertThat(farol.get(MODELS + "/labels/latest").status()).isEqualTo(404);
        farol.put(MODELS + "/versions/2", archived(false));
        assertThat(latest()).isEqualTo("2");

        farol.put(MODELS, "{\"properties\":{\"isArchived\":true}}");
        assertThat(names(WS + "/models")).isEmpty();
        assertThat(names(WS + "/models?listViewType=ArchivedOnly")).containsExactly("m1");
    }

    @Test
    void filtersVersionsByTagsAndProperties() throws IOException {
        farol.put(
                MODELS + "/versions/1",
                MODEL.replace("{\"modelUri", "{\"tags\":{\"a\":\"1\"},\"modelUri"));
        farol.put(
                MODELS + "/versions/2",
                MODEL.replace("{\"modelUri", "{\"properties\":{\"p\":\"2\"},\"modelUri"));

        assertThat(names(MODELS + "/versions?tags=a%3D1")).containsExactly("1");
        assertThat(names(MODELS + "/versions?$tags=a")).containsExactly("1");
        assertThat(names(MODELS + "/versions?properties=p%3D2")).containsExactly("2");
        assertThat(names(MODELS + "/versions?tags=a%3D2")).isEmpty();
    }

    @Test
    void tellsTheTypeOfDataOnItsContainerToo() throws IOException {
        farol.put(
                WS + "/data/d/versions/1",
                "{\"properties\":{\"dataType\":\"uri_folder\",\"dataUri\":\"azureml://datastores/x/paths/y\"}}");
        assertThat(farol.get(WS + "/data/d").json().at("/properties/dataType").asString())
                .isEqualTo("uri_folder");
    }

    private String latest() throws IOException {
        return farol.get(MODELS).json().at("/properties/latestVersion").asString();
    }

    private static String archived(boolean is) {
        return MODEL.replace("{\"modelUri", "{\"isArchived\":" + is + ",\"modelUri");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "models|{}|/properties/modelUri",
                "codes|{}|/properties/codeUri",
                "environments|{}|/properties",
                "environments|{\"build\":{}}|/properties/build/contextUri",
                "environments|{\"image\":\"i\",\"osType\":\"BeOS\"}|/properties/osType",
                "data|{\"dataType\":\"table\",\"dataUri\":\"x\"}|/properties/dataType"
            })
    void refusesAssetsThatLackSomething(String type, String properties, String target)
            throws IOException {
        Answer put =
                farol.put(WS + "/" + type + "/x/versions/1", "{\"properties\":" + properties + "}");

        assertThat(put.status()).isEqualTo(400);
        assertThat(put.json().at("/error/target").asString()).isEqualTo(target);
    }

    @Test
    void refusesBadNamesAndTakesTheShortForm() throws IOException {
        assertThat(farol.put(WS + "/models/-x/versions/1", MODEL).message()).contains("'-x'");
        assertThat(farol.put(WS + "/models/x/versions/a%20b", MODEL).message()).contains("'a b'");
        farol.put(MODELS + "/versions/1", MODEL);
        assertThat(names(WS + "/models/azureml%3Am1/versions")).containsExactly("1");
    }

    @Test
    void hidesWhatIsArchivedOrAnonymous() throws IOException {
        farol.put(WS + "/models/shown/versions/1", MODEL);
        farol.put(WS + "/models/anon/versions/1", flagged("isAnonymous"));
        farol.put(WS + "/models/shown/versions/2", flagged("isArchived"));

        assertThat(names(WS + "/models")).containsExactly("shown");
        assertThat(names(WS + "/models?listViewType=All")).containsExactly("anon", "shown");
        assertThat(names(WS + "/models/shown/versions")).containsExactly("1");
        assertThat(names(WS + "/models/shown/versions?listViewType=ArchivedOnly"))
                .containsExactly("2");
        farol.put(WS + "/models/anon/versions/2", MODEL);
        assertThat(names(WS + "/models")).containsExactly("anon", "shown");
    }

    @Test
    void pagesThroughVersions() throws IOException {
        for (int i = 0; i < 150; i++) {
            farol.put(MODELS + "/versions/" + i, MODEL);
        }
        JsonNode first = farol.get(MODELS + "/versions").json();
        assertThat(first.path("value").size()).isEqualTo(100);
        String next =
                first.path("nextLink").asString().substring("https://127.0.0.1:8443".length());
        JsonNode second = farol.get(next).json();
        assertThat(second.path("value").size()).isEqualTo(50);
        assertThat(second.has("nextLink")).isFalse();
    }

    @Test
    void putsAndDeletesContainers() throws IOException {
        assertThat(farol.put(MODELS, "{\"properties\":{\"description\":\"d\"}}").status())
                .isEqualTo(201);
        farol.put(MODELS + "/versions/1", MODEL);
        Answer again = farol.put(MODELS, "{\"properties\":{\"isArchived\":true}}");
        assertThat(again.status()).isEqualTo(200);
        assertThat(again.json().at("/properties/latestVersion").asString()).isEqualTo("1");
        assertThat(farol.delete(MODELS).status()).isEqualTo(200);
        assertThat(farol.get(MODELS + "/versions/1").status()).isEqualTo(404);
        assertThat(farol.delete(MODELS).status()).isEqualTo(204);
    }

    @Test
    void showsTheDefaultDatastoreInTheShapeThatLeadsBackHere() throws IOException {
        JsonNode store = farol.get(WS + "/datastores/workspaceblobstore").json();

        assertThat(store.at("/properties/accountName").asString())
                .isEqualTo("127.0.0.1:8443/farolstore");
        assertThat(store.at("/properties/credentials/credentialsType").asString()).isEqualTo("Sas");
        assertThat(store.at("/properties/containerName").asString())
                .startsWith("azureml-blobstore-");
        assertThat(names(WS + "/datastores?isDefault=true")).containsExactly("workspaceblobstore");
        assertThat(names(WS + "/datastores?isDefault=false")).isEmpty();
        assertThat(farol.get(WS + "/datastores/other").status()).isEqualTo(404);
        Answer secrets =
                farol.post(
                        WS + "/datastores/workspaceblobstore/listSecrets",
                        "{\"expirableSecret\":true,\"expireAfterHours\":1}");
        assertThat(secrets.json().path("secretsType").asString()).isEqualTo("Sas");
        assertThat(secrets.json().path("sasToken").asString()).contains("sr=c").contains("sig=");
    }

    private static String flagged(String flag) {
        return MODEL.replace("{\"modelUri", "{\"" + flag + "\":true,\"modelUri");
    }

    private List<String> names(String path) throws IOException {
        Answer answer = farol.get(path);
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        var names = new ArrayList<String>();
        answer.json().path("value").forEach(each -> names.add(each.path("name").asString()));
        return names;
    }
}
