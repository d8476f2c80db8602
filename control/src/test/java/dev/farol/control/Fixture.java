package dev.farol.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.backend.InstanceTypes;
import dev.farol.control.access.Access;
import dev.farol.kit.Json;
import dev.farol.spec.ResourceId;
import dev.farol.store.ObjectStore;
import dev.farol.store.Operation;
import dev.farol.store.Resource;
import dev.farol.store.Store;
import dev.farol.store.Stores;
import dev.farol.wire.ApiRequest;
import dev.farol.wire.ApiResponse;
import dev.farol.wire.Headers;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The control API over a store in memory and objects in a folder, called without sockets. */
final class Fixture implements AutoCloseable {
    static final String HOST = "127.0.0.1:8443";
    static final String WS =
            "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/farol/providers/"
                    + "Microsoft.MachineLearningServices/workspaces/main";

    final TestClock clock = new TestClock();
    final Store store = Stores.memory(clock);
    final List<ResourceId> nudged = new ArrayList<>();
    final ObjectStore objects;
    final Path identity;
    final ControlApi api;
    private final String token;

    Fixture(Path home) throws IOException {
        objects = Stores.folder(home.resolve("objects"), clock);
        identity = home.resolve("identity");
        api = open(Duration.ZERO);
        api.ensureDefaultWorkspace();
        token = token("https://management.azure.com/.default");
    }

    /** With all that a deployment of that endpoint refers to. */
    static Fixture withAssets(Path home, String endpoint) throws IOException {
        var fixture = new Fixture(home);
        fixture.endpoint(endpoint);
        fixture.assets();
        return fixture;
    }

    /** Another API over the same store and keys. */
    ControlApi open(Duration pollHold) {
        return open(ControlConfig.DEFAULTS.withPollHold(pollHold));
    }

    ControlApi open(ControlConfig config) {
        return ControlApi.open(
                config,
                identity,
                new ControlApi.Collaborators(
                        store,
                        objects,
                        new GatewayAddress(() -> URI.create("http://127.0.0.1:8080")),
                        nudged::add,
                        (deployment, container, lines) ->
                                container + " of " + deployment.name() + ", " + lines + " lines",
                        InstanceTypes.BUILT_IN,
                        clock));
    }

    String token(String resource) throws IOException {
        Answer answer =
                send(
                        "GET",
                        "/msi/token?api-version=2019-08-01&resource=" + resource,
                        Headers.of("X-IDENTITY-HEADER", secret()),
                        null);
        assertThat(answer.status()).isEqualTo(200);
        return answer.json().path("access_token").asString();
    }

    /** Gives somebody a role. */
    void grant(String principal, String role, String scope) {
        Access.open(identity, clock).grant(principal, "User", role, scope, "test");
    }

    String secret() throws IOException {
        return Files.readString(identity.resolve("secret"));
    }

    /** What came back. */
    record Answer(int status, Headers headers, byte[] body) {
        String text() {
            return new String(body, StandardCharsets.UTF_8);
        }

        JsonNode json() {
            return Json.STRICT.readTree(body);
        }

        String header(String name) {
            return headers.first(name).orElse(null);
        }

        String code() {
            return json().path("error").path("code").asString();
        }

        String message() {
            return json().path("error").path("message").asString();
        }
    }

    Answer get(String path) throws IOException {
        return call("GET", path, null);
    }

    Answer put(String path, String body) throws IOException {
        return call("PUT", path, body);
    }

    Answer post(String path, String body) throws IOException {
        return call("POST", path, body);
    }

    Answer delete(String path) throws IOException {
        return call("DELETE", path, null);
    }

    /** With a token, and with an api-version unless the path has a query. */
    Answer call(String method, String path, String body) throws IOException {
        String whole =
                path.contains("api-version=")
                        ? path
                        : path + (path.contains("?") ? "&" : "?") + "api-version=2023-04-01";
        return send(method, whole, Headers.of("Authorization", "Bearer " + token), bytes(body));
    }

    Answer send(String method, String path, Headers headers, byte[] body) throws IOException {
        return send(api, HOST, method, path, headers, body);
    }

    static Answer send(
            ControlApi api, String host, String method, String path, Headers headers, byte[] body)
            throws IOException {
        int question = path.indexOf('?');
        byte[] content = body == null ? new byte[0] : body;
        var request =
                new ApiRequest(
                        method,
                        question < 0 ? path : path.substring(0, question),
                        question < 0 ? "" : path.substring(question + 1),
                        host,
                        headers,
                        new ByteArrayInputStream(content),
                        content.length,
                        "127.0.0.1");
        ApiResponse response = api.handle(request);
        return switch (response.body()) {
            case ApiResponse.Bytes bytes ->
                    new Answer(response.status(), response.headers(), bytes.content());
            case ApiResponse.Streamed streamed -> {
                try (var in = streamed.content()) {
                    byte[] read = in.readAllBytes();
                    if (!method.equals("HEAD")) {
                        assertThat((long) read.length).isEqualTo(streamed.length());
                    }
                    yield new Answer(response.status(), response.headers(), read);
                }
            }
        };
    }

    /** Ends everything that runs, as a reconciler would that has no trouble. */
    void settle() {
        for (Operation operation : store.operations().unfinished()) {
            Optional<Resource> target = store.resources().find(operation.target());
            if (operation.kind() == Operation.Kind.DELETE) {
                store.resources().delete(operation.target());
            } else if (target.isPresent()) {
                ObjectNode status = target.get().status().deepCopy();
                status.put("provisioningState", "Succeeded");
                store.resources().updateStatus(target.get().id(), target.get().version(), status);
            }
            store.operations().finish(operation.id(), Operation.Status.SUCCEEDED, null);
        }
    }

    void endpoint(String name) throws IOException {
        assertThat(put(WS + "/onlineEndpoints/" + name, ENDPOINT).status()).isEqualTo(201);
        settle();
    }

    void assets() throws IOException {
        assertThat(
                        put(
                                        WS + "/codes/c1/versions/1",
                                        "{\"properties\":{\"codeUri\":\"https://127.0.0.1:8443/"
                                                + "farolstore.blob.core.windows.net/snap-1/src\"}}")
                                .status())
                .isEqualTo(201);
        put(WS + "/models/m1/versions/1", MODEL);
        put(WS + "/environments/e1/versions/1", "{\"properties\":{\"condaFile\":\"name: x\"}}");
    }

    void deployment(String endpoint, String name) throws IOException {
        Answer answer =
                put(WS + "/onlineEndpoints/" + endpoint + "/deployments/" + name, DEPLOYMENT);
        assertThat(answer.status()).as(answer.text()).isEqualTo(201);
        settle();
    }

    static final String ENDPOINT =
            "{\"location\":\"local\",\"properties\":{\"authMode\":\"key\",\"traffic\":{}}}";

    static final String MODEL =
            "{\"properties\":{\"modelUri\":\"azureml://datastores/workspaceblobstore/paths/m\"}}";

    static final String DEPLOYMENT =
            "{\"location\":\"local\",\"properties\":{\"endpointComputeType\":\"Managed\","
                    + "\"instanceType\":\"Standard_DS3_v2\",\"model\":\"azureml:m1:1\","
                    + "\"environmentId\":\"azureml:e1@latest\",\"codeConfiguration\":{\"codeId\":\""
                    + WS
                    + "/codes/c1/versions/1\",\"scoringScript\":\"score.py\"}}}";

    static byte[] bytes(String text) {
        return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        objects.close();
        store.close();
    }
}
