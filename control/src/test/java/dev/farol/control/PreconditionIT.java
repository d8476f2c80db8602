package dev.farol.control;

import static dev.farol.control.Fixture.MODEL;
import static dev.farol.control.Fixture.WS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.control.Fixture.Answer;
import dev.farol.wire.Headers;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PreconditionIT {
    @TempDir Path home;
    @AutoClose private Fixture farol;

    @BeforeEach
    void open() throws IOException {
        farol = Fixture.withAssets(home, "credit");
        farol.deployment("credit", "blue");
        farol.put(WS + "/datastores/mine", DATASTORE);
    }

    private static final String DATASTORE =
            "{\"properties\":{\"datastoreType\":\"AzureBlob\",\"accountName\":\"a\","
                    + "\"containerName\":\"c\",\"credentials\":{\"credentialsType\":\"None\"}}}";

    @ParameterizedTest
    @CsvSource(
            value = {
                "/onlineEndpoints/credit,endpoint",
                "/onlineEndpoints/credit/deployments/blue,deployment",
                "/models/m1,container",
                "/models/m1/versions/1,model",
                "/datastores/mine,datastore",
                "'',workspace"
            })
    void holdsWritersToWhatTheyHaveSeen(String path, String kind) throws IOException {
        String url = WS + path;
        Answer seen = farol.get(url);
        String tag = seen.header("ETag");
        assertThat(tag).isNotEmpty();
        assertThat(call("GET", url, "If-None-Match", tag, null).status()).isEqualTo(304);
        assertThat(call("GET", url, "If-None-Match", "\"0\"", null).status()).isEqualTo(200);

        Answer stale = call("PUT", url, "If-Match", "\"0\"", body(kind));
        assertThat(stale.status()).isEqualTo(412);
        assertThat(stale.code()).isEqualTo("PreconditionFailed");
        assertThat(call("PUT", url, "If-None-Match", "*", body(kind)).status()).isEqualTo(412);
        assertThat(call("DELETE", url, "If-Match", "\"0\"", null).status()).isEqualTo(412);
        assertThat(farol.get(url).header("ETag")).isEqualTo(tag);

        Answer fresh = call("PUT", url, "If-Match", tag, body(kind));
        assertThat(fresh.status()).as(fresh.text()).isBetween(200, 202);
        String absent = url + "x";
        assertThat(call("PUT", absent, "If-Match", "*", body(kind)).status()).isEqualTo(412);
    }

    private static String body(String kind) {
        return switch (kind) {
            case "endpoint" ->
                    Fixture.ENDPOINT.replace("\"traffic\"", "\"description\":\"d\",\"traffic\"");
            case "deployment" -> Fixture.DEPLOYMENT;
            case "model" -> MODEL;
            case "datastore" -> DATASTORE;
            default -> "{\"properties\":{\"description\":\"d\"}}";
        };
    }

    private Answer call(String method, String path, String header, String value, String body)
            throws IOException {
        return farol.send(
                method,
                path + "?api-version=2024-04-01",
                Headers.of(
                        "Authorization",
                        "Bearer " + farol.token("https://management.azure.com/.default"),
                        header,
                        value),
                Fixture.bytes(body));
    }
}
