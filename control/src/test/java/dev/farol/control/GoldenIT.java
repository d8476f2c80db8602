package dev.farol.control;

import static dev.farol.control.Fixture.WS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.kit.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * The bodies of the API, field by field. A change is written to the files with {@code
 * -Dfarol.golden=write}, and then read before it is committed.
 */
class GoldenIT {
    private static final Path FOLDER =
            Path.of(System.getProperty("farol.root"), "control/src/test/resources/golden");

    @TempDir Path home;
    @AutoClose private Fixture farol;

    @BeforeEach
    void open() throws IOException {
        farol = new Fixture(home);
    }

    @Test
    void keepsTheShapeOfEveryBody() throws IOException {
        golden("workspace-get", farol.get(WS));
        golden("datastore-get", farol.get(WS + "/datastores/workspaceblobstore"));
        golden("pending-upload", farol.post(WS + "/codes/c1/versions/1/startPendingUpload", "{}"));
        golden(
                "code-version-put",
                farol.put(
                        WS + "/codes/c1/versions/1",
                        "{\"properties\":{\"codeUri\":\"https://127.0.0.1:8443/"
                                + "farolstore.blob.core.windows.net/snap-1/src\",\"isAnonymous\":true,"
                                + "\"properties\":{\"hash_sha256\":\"abc\",\"hash_version\":202208}}}"));
        farol.put(WS + "/models/m1/versions/1", Fixture.MODEL);
        golden("model-version-get", farol.get(WS + "/models/m1/versions/1"));
        golden("model-container-get", farol.get(WS + "/models/m1"));
        golden(
                "environment-version-put",
                farol.put(
                        WS + "/environments/e1/versions/1",
                        "{\"properties\":{\"image\":\"i\",\"condaFile\":\"name: x\\n\"}}"));
        golden(
                "endpoint-put",
                farol.put(
                        WS + "/onlineEndpoints/credit",
                        "{\"tags\":{\"a\":\"b\"},\"location\":\"local\",\"identity\":{\"type\":"
                                + "\"SystemAssigned\"},\"properties\":{\"authMode\":\"Key\","
                                + "\"properties\":{},\"mirrorTraffic\":{},\"traffic\":{}}}"));
        farol.settle();
        golden("endpoint-get", farol.get(WS + "/onlineEndpoints/credit"));
        golden(
                "deployment-put",
                farol.put(WS + "/onlineEndpoints/credit/deployments/blue", Fixture.DEPLOYMENT));
        farol.settle();
        golden("deployment-get", farol.get(WS + "/onlineEndpoints/credit/deployments/blue"));
        golden("deployment-skus", farol.get(WS + "/onlineEndpoints/credit/deployments/blue/skus"));
        golden("error-many", farol.put(WS + "/onlineEndpoints/x", "{\"properties\":{}}"));
        golden("metadata", farol.get("/metadata/endpoints?api-version=2022-09-01"));
    }

    private static void golden(String name, Fixture.Answer answer) throws IOException {
        String actual = stable(answer.json());
        Path file = FOLDER.resolve(name + ".json");
        if ("write".equals(System.getProperty("farol.golden"))) {
            Files.writeString(file, actual);
        }
        assertThat(actual).as(name).isEqualTo(Files.readString(file));
    }

    /** Without what is random. */
    private static String stable(JsonNode body) {
        return Json.STRICT
                        .writerWithDefaultPrettyPrinter()
                        .writeValueAsString(body)
                        .replaceAll(
                                "(?!00000000-0000-0000-0000-0)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
                                "<guid>")
                        .replaceAll("sig=[^\"&]+", "sig=<signature>")
                + "\n";
    }
}
