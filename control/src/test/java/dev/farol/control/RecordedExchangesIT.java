package dev.farol.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.control.Fixture.Answer;
import dev.farol.kit.Json;
import dev.farol.wire.Headers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/**
 * What an unmodified Azure ML client sent to a server, call by call: each must be answered in the
 * class of status that the client was content with. What Farol does not offer yet must say so.
 */
class RecordedExchangesIT {
    private static final String RECORDED_WS =
            "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/"
                    + "Microsoft.MachineLearningServices/workspaces/ws";
    private static final String RECORDED_SHORT =
            "azureml://subscriptions/00000000-0000-0000-0000-000000000000/resourcegroups/rg/"
                    + "workspaces/ws";
    private static final String SHORT =
            "azureml://subscriptions/00000000-0000-0000-0000-000000000001/resourcegroups/farol/"
                    + "workspaces/main";
    private static final Pattern NOT_OFFERED =
            Pattern.compile("/(batchEndpoints|serverlessEndpoints|components|package)\\b");
    private static final Pattern REFERENCE =
            Pattern.compile("\"" + RECORDED_WS + "/((codes|environments|models)/[^\"]+)\"");

    @TempDir Path home;
    private Fixture farol;

    /** By recorded container: the real one with its signature. */
    private final Map<String, String> containers = new HashMap<>();

    private String lastOperation = "";
    private String lastUpload = "";

    @BeforeEach
    void open() throws IOException {
        farol = new Fixture(home);
    }

    @AfterEach
    void close() throws IOException {
        farol.close();
    }

    static Stream<String> recordings() throws IOException {
        try (Stream<Path> files = Files.list(folder())) {
            return files.map(file -> file.getFileName().toString()).sorted().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("recordings")
    void answersAsTheClientExpects(String file) throws IOException {
        JsonNode calls = Json.STRICT.readTree(folder().resolve(file)).path("calls");
        prepare(calls);
        for (JsonNode call : calls) {
            String path = call.path("path").asString();
            Answer answer =
                    path.contains("/mfeOperationsStatus/")
                            ? poll()
                            : call.path("host").asString().startsWith("acct.blob")
                                    ? blob(call)
                                    : arm(call);
            String what = file + ": " + call.path("method").asString() + " " + path;
            if (NOT_OFFERED.matcher(path).find()) {
                assertThat(answer.code()).as(what).isEqualTo("NotSupported");
            } else if (answer.status() != SKIPPED.status()) {
                assertThat(answer.status() / 100)
                        .as(what + " → " + answer.status() + " " + answer.text())
                        .isEqualTo(call.path("mockStatus").asInt() / 100);
            }
        }
    }

    /** Stands for the poll of an operation that Farol did not begin, because it said no. */
    private static final Answer SKIPPED = new Answer(0, new Headers(), new byte[0]);

    private Answer poll() throws IOException {
        if (lastOperation.isEmpty()) {
            return SKIPPED;
        }
        farol.settle();
        Answer answer = farol.get(lastOperation);
        assertThat(answer.json().path("status").asString()).isEqualTo("Succeeded");
        return answer;
    }

    private Answer arm(JsonNode call) throws IOException {
        Answer answer =
                farol.call(
                        call.path("method").asString(),
                        here(call.path("path").asString()),
                        call.path("body").isNull() ? null : here(call.path("body").toString()));
        String operation = answer.header("Azure-AsyncOperation");
        lastOperation = operation == null ? "" : path(operation);
        if (call.path("path").asString().contains("/startPendingUpload")) {
            lastUpload =
                    answer.json().at("/blobReferenceForConsumption/credential/sasUri").asString();
        }
        if (call.path("path").asString().contains("/listSecrets")) {
            String container =
                    farol.get(Fixture.WS + "/datastores/workspaceblobstore")
                            .json()
                            .at("/properties/containerName")
                            .asString();
            containers.put(
                    "azureml-blobstore-1",
                    "/farolstore.blob.core.windows.net/"
                            + container
                            + "?"
                            + answer.json().path("sasToken").asString());
        }
        return answer;
    }

    private Answer blob(JsonNode call) throws IOException {
        String recorded = call.path("path").asString();
        String container = recorded.substring(1, recorded.indexOf('/', 1));
        String url = containers.computeIfAbsent(container, any -> path(lastUpload));
        String rest = recorded.substring(container.length() + 1);
        String query = rest.contains("comp=metadata") ? "comp=metadata&" : "";
        String name = rest.substring(0, rest.indexOf('?'));
        int question = url.indexOf('?');
        String method = call.path("method").asString();
        boolean content = method.equals("PUT") && query.isEmpty();
        Headers headers =
                content
                        ? Headers.of("x-ms-blob-type", "BlockBlob", "If-None-Match", "*")
                        : Headers.of("x-ms-meta-upload_status", "completed");
        return farol.send(
                method,
                url.substring(0, question) + name + "?" + query + url.substring(question + 1),
                headers,
                content ? Fixture.bytes("bytes") : null);
    }

    /** What the recorded client found there: endpoints, registered assets, earlier uploads. */
    private void prepare(JsonNode calls) throws IOException {
        String all = calls.toString();
        for (JsonNode call : calls) {
            String path = call.path("path").asString();
            boolean endpoint = path.startsWith("{WS}/onlineEndpoints/");
            if (endpoint && call.equals(calls.get(0))) {
                farol.endpoint(path.substring("{WS}/onlineEndpoints/".length()).split("\\?")[0]);
            }
            if (call.path("method").asString().equals("HEAD")
                    && call.path("mockStatus").asInt() == 200) {
                String container =
                        farol.get(Fixture.WS + "/datastores/workspaceblobstore")
                                .json()
                                .at("/properties/containerName")
                                .asString();
                String name = path.substring("/azureml-blobstore-1".length(), path.indexOf('?'));
                farol.send(
                        "PUT",
                        "/farolstore.blob.core.windows.net/" + container + name,
                        Headers.of(
                                "Authorization",
                                "Bearer " + farol.token("https://storage.azure.com"),
                                "x-ms-blob-type",
                                "BlockBlob"),
                        Fixture.bytes("bytes"));
            }
        }
        Matcher references = REFERENCE.matcher(all);
        while (references.find()) {
            String id = references.group(1);
            if (!all.contains("{WS}/" + id + "?")) {
                String body =
                        switch (references.group(2)) {
                            case "environments" -> "{\"properties\":{\"image\":\"i\"}}";
                            case "models" -> Fixture.MODEL;
                            default -> "{\"properties\":{\"codeUri\":\"x\"}}";
                        };
                assertThat(farol.put(Fixture.WS + "/" + id, body).status()).isLessThan(300);
            }
        }
    }

    private static String here(String text) {
        return text.replace("{WS}", Fixture.WS)
                .replace(RECORDED_WS, Fixture.WS)
                .replace(RECORDED_SHORT, SHORT);
    }

    private static String path(String url) {
        return url.substring("https://127.0.0.1:8443".length());
    }

    private static Path folder() {
        return Path.of(System.getProperty("farol.root"), "control/src/test/resources/wire");
    }
}
