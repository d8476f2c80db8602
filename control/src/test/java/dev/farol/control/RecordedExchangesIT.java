package dev.farol.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.control.Fixture.Answer;
import dev.farol.kit.Json;
import dev.farol.wire.Headers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/**
 * What an unmodified Azure ML client sent to a server, call by call: each must be answered with the
 * status that the client got then, and with a body that has every field that it sent and every
 * field that it reads. What Farol does not offer yet must say so, by name.
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
    private static final Map<String, String> NOT_OFFERED =
            Map.of(
                    "/batchEndpoints", "Batch endpoints are not offered",
                    "/serverlessEndpoints", "Serverless endpoints are not offered",
                    "/package?", "Model packages are not offered");

    /** What clients read in an answer, by the last segments of its path (clients §6). */
    private static final Map<Pattern, List<String>> READ =
            Map.of(
                    Pattern.compile("\\{WS}\\?.*"),
                    List.of(
                            "/id",
                            "/name",
                            "/location",
                            "/properties/discoveryUrl",
                            "/properties/workspaceId"),
                    Pattern.compile(".*/onlineEndpoints/[^/?]+\\?.*"),
                    List.of(
                            "/id",
                            "/name",
                            "/location",
                            "/kind",
                            "/tags",
                            "/identity/type",
                            "/properties/authMode",
                            "/properties/provisioningState",
                            "/properties/traffic",
                            "/properties/mirrorTraffic",
                            "/properties/publicNetworkAccess",
                            "/properties/properties/AzureAsyncOperationUri",
                            "/systemData/createdAt",
                            "/systemData/lastModifiedAt"),
                    Pattern.compile(".*/deployments/[^/?]+\\?.*"),
                    List.of(
                            "/id",
                            "/name",
                            "/location",
                            "/sku/name",
                            "/sku/capacity",
                            "/properties/endpointComputeType",
                            "/properties/scaleSettings/scaleType",
                            "/properties/requestSettings/maxConcurrentRequestsPerInstance",
                            "/properties/requestSettings/requestTimeout",
                            "/properties/livenessProbe/initialDelay",
                            "/properties/readinessProbe/period",
                            "/properties/environmentVariables",
                            "/properties/provisioningState",
                            "/properties/properties/AzureAsyncOperationUri"),
                    Pattern.compile(".*/(codes|models|environments)/[^/]+/versions/[^/?]+\\?.*"),
                    List.of(
                            "/id",
                            "/name",
                            "/type",
                            "/properties/isAnonymous",
                            "/properties/isArchived",
                            "/properties/provisioningState",
                            "/systemData/createdAt"),
                    Pattern.compile(".*/versions\\?.*"),
                    List.of("/value"),
                    Pattern.compile(".*/environments/[^/?]+\\?.*"),
                    List.of("/id", "/properties/latestVersion", "/properties/nextVersion"),
                    Pattern.compile(".*/startPendingUpload\\?.*"),
                    List.of(
                            "/pendingUploadId",
                            "/pendingUploadType",
                            "/blobReferenceForConsumption/blobUri",
                            "/blobReferenceForConsumption/storageAccountArmId",
                            "/blobReferenceForConsumption/credential/credentialType",
                            "/blobReferenceForConsumption/credential/sasUri"),
                    Pattern.compile(".*/datastores/[^/?]+\\?.*"),
                    List.of(
                            "/properties/datastoreType",
                            "/properties/accountName",
                            "/properties/containerName",
                            "/properties/endpoint",
                            "/properties/protocol",
                            "/properties/credentials/credentialsType",
                            "/properties/isDefault"),
                    Pattern.compile(".*/listSecrets\\?.*"),
                    List.of("/secretsType", "/sasToken"));

    private static final Pattern REFERENCE =
            Pattern.compile("\"" + RECORDED_WS + "/((codes|environments|models)/[^\"]+)\"");

    @TempDir Path home;
    @AutoClose private Fixture farol;

    /** By recorded container: the real one with its signature. */
    private final Map<String, String> containers = new HashMap<>();

    /** Paths whose resource was refused. */
    private final Set<String> refused = new HashSet<>();

    private String lastOperation = "";
    private String lastUpload = "";

    @BeforeEach
    void open() throws IOException {
        farol = new Fixture(home);
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
            String what = file + ": " + call.path("method").asString() + " " + path;
            if (path.contains("/mfeOperationsStatus/")) {
                poll(what);
            } else if (call.path("host").asString().startsWith("acct.blob")) {
                Answer answer = blob(call);
                assertThat(answer.status()).as(what).isEqualTo(call.path("mockStatus").asInt());
            } else if (refusal(call).isPresent()) {
                Answer answer = arm(call);
                assertThat(answer.status()).as(what).isEqualTo(400);
                assertThat(answer.code()).as(what).isEqualTo("NotSupported");
                assertThat(answer.message()).as(what).contains(refusal(call).orElseThrow());
                refused.add(path);
            } else if (refused.contains(path)) {
                // What was refused is not there afterwards.
                assertThat(arm(call).status()).as(what).isEqualTo(404);
            } else {
                offered(what, call);
            }
        }
    }

    private static Optional<String> refusal(JsonNode call) {
        JsonNode properties = call.path("body").path("properties");
        String path = call.path("path").asString();
        if (path.contains("/onlineEndpoints/")
                && !properties.path("compute").asString("").isEmpty()) {
            return Optional.of("Kubernetes computes are not offered");
        }
        if (properties.path("endpointComputeType").asString("").equals("Kubernetes")) {
            return Optional.of("'Kubernetes' is not offered");
        }
        return NOT_OFFERED.entrySet().stream()
                .filter(each -> path.contains(each.getKey()))
                .map(Map.Entry::getValue)
                .findFirst();
    }

    private void offered(String what, JsonNode call) throws IOException {
        boolean put = call.path("method").asString().equals("PUT");
        if (put && call.path("mockStatus").asInt() == 200) {
            // It stood there already when the client came.
            assertThat(arm(call).status()).as(what).isEqualTo(201);
            farol.settle();
        }
        Answer answer = arm(call);
        assertThat(answer.status())
                .as(what + " → " + answer.text())
                .isEqualTo(call.path("mockStatus").asInt());
        if (put) {
            has(what, Json.STRICT.readTree(here(call.path("body").toString())), answer.json());
        }
        if (answer.status() == 404) {
            assertThat(answer.code()).as(what).isEqualTo("ResourceNotFound");
            return;
        }
        String path = call.path("path").asString();
        List<String> read =
                READ.entrySet().stream()
                        .filter(each -> each.getKey().matcher(path).matches())
                        .flatMap(each -> each.getValue().stream())
                        .toList();
        assertThat(read).as(what).isNotEmpty();
        for (String pointer : read) {
            JsonNode value = answer.json().at(pointer);
            assertThat(value.isMissingNode() || value.isNull()).as(what + " " + pointer).isFalse();
        }
        if (put && path.contains("/onlineEndpoints/")) {
            assertThat(answer.header("Azure-AsyncOperation")).as(what).isNotEmpty();
            assertThat(answer.header("x-ms-async-operation-timeout")).as(what).isNotEmpty();
        }
    }

    /** Every field that was sent is there, with its value in the service's spelling. */
    private static void has(String what, JsonNode sent, JsonNode answered) {
        if (sent.isObject()) {
            sent.forEachEntry(
                    (name, value) -> {
                        if (!value.isNull()) {
                            assertThat(answered.has(name)).as(what + " /" + name).isTrue();
                            has(what + " /" + name, value, answered.path(name));
                        }
                    });
        } else if (sent.isArray()) {
            assertThat(answered.size()).as(what).isEqualTo(sent.size());
            for (int i = 0; i < sent.size(); i++) {
                has(what + "/" + i, sent.path(i), answered.path(i));
            }
        } else {
            assertThat(answered.asString()).as(what).isEqualToIgnoringCase(sent.asString());
        }
    }

    private void poll(String what) throws IOException {
        if (lastOperation.isEmpty()) {
            // Of an operation that did not begin, because Farol said no.
            return;
        }
        farol.settle();
        Answer answer = farol.get(lastOperation);
        assertThat(answer.status()).as(what).isEqualTo(200);
        assertThat(answer.json().path("status").asString()).as(what).isEqualTo("Succeeded");
        for (String field : List.of("id", "name", "startTime", "endTime", "percentComplete")) {
            assertThat(answer.json().has(field)).as(what + " " + field).isTrue();
        }
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
