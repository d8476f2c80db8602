package dev.farol.runtime.onnx;

import static dev.farol.kit.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.kit.Json;
import dev.farol.runtime.Replica;
import dev.farol.runtime.ReplicaConfig;
import dev.farol.runtime.serve.Beside;
import dev.farol.runtime.serve.Hosting;
import dev.farol.runtime.serve.NativeRuntime;
import dev.farol.runtime.serve.SingleModel;
import dev.farol.spec.ReplicaSpec;
import dev.farol.spec.ReplicaSpec.NativeModel;
import dev.farol.spec.RequestSettings;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A replica that computes its model itself, over HTTP. */
class NativeReplicaIT {
    @TempDir static Path cache;
    @TempDir private Path home;
    private final HttpClient client = HttpClient.newHttpClient();
    private final ByteArrayOutputStream events = new ByteArrayOutputStream();
    private Replica replica;

    @AfterEach
    void end() {
        if (replica != null) {
            replica.close();
        }
        client.close();
    }

    private void start(Path model, Map<String, String> variables) throws Exception {
        var spec =
                new ReplicaSpec(
                        "flowers-blue-1",
                        "flowers",
                        "blue",
                        null,
                        new NativeModel(NativeModel.Kind.ONNX, "flowers", model.toString()),
                        null,
                        variables,
                        new RequestSettings(64, Duration.ofSeconds(10), Duration.ofSeconds(20)),
                        Duration.ofSeconds(30),
                        home.resolve("run").toString(),
                        home.resolve("logs").toString());
        replica =
                Replica.start(
                        spec,
                        ReplicaConfig.DEFAULTS,
                        (told, loop, console) ->
                                new NativeRuntime(
                                        new SingleModel(
                                                told,
                                                new OnnxModels(cache, loop::execute, 2),
                                                Hosting.of(loop, 2, console, 1 << 30),
                                                Beside.NOTHING),
                                        loop,
                                        console),
                        events);
    }

    private void ready(String model, Map<String, String> variables) throws Exception {
        start(Golden.file(model), variables);
        eventually("ready", () -> !named("ready").isEmpty());
    }

    private List<JsonNode> named(String event) {
        return events.toString(StandardCharsets.UTF_8)
                .lines()
                .map(line -> Json.STRICT.readTree(line))
                .filter(line -> line.path("event").asString().equals(event))
                .toList();
    }

    private String console() throws Exception {
        return Files.readString(home.resolve("logs/console.log"));
    }

    private HttpRequest request(String path, String type, byte[] body) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + replica.port() + path))
                .header("Content-Type", type)
                .timeout(Duration.ofSeconds(30))
                .POST(BodyPublishers.ofByteArray(body))
                .build();
    }

    private HttpResponse<String> score(String body) throws Exception {
        return client.send(
                request("/score", "application/json", body.getBytes(StandardCharsets.UTF_8)),
                BodyHandlers.ofString());
    }

    @Test
    void startsInPhasesAndTellsWhatItLoaded() throws Exception {
        ready("iris", Map.of());
        assertThat(named("phase").stream().map(event -> event.path("phase").asString()))
                .containsExactly("model", "init");
        assertThat(console())
                .contains(
                        "iris.onnx is loaded in",
                        "Inputs: X FP32[-1, 4].",
                        "Outputs: label, probabilities.");
    }

    @Test
    void answersInTheFormOfTheQuestion() throws Exception {
        ready("iris", Map.of());
        var table =
                score(
                        "{\"input_data\":{\"columns\":[\"a\",\"b\",\"c\",\"d\"],\"index\":[0],"
                                + "\"data\":[[5.1,3.5,1.4,0.2]]}}");
        assertThat(table.statusCode()).isEqualTo(200);
        JsonNode row = Json.STRICT.readTree(table.body()).path(0);
        assertThat(row.path("label").asInt()).isZero();
        assertThat(row.path("probabilities").size()).isEqualTo(3);
        assertThat(table.headers().firstValue("x-ms-run-function-failed")).contains("False");
        assertThat(table.headers().firstValue("x-ms-run-fn-exec-ms")).isPresent();
        var array = score("{\"input_data\":[[5.1,3.5,1.4,0.2],[6,2,5,1.5]]}");
        assertThat(Json.STRICT.readTree(array.body()).path("label").size()).isEqualTo(2);
        var protocol =
                score(
                        "{\"inputs\":[{\"name\":\"X\",\"datatype\":\"FP32\",\"shape\":[1,4],"
                                + "\"data\":[5.1,3.5,1.4,0.2]}],\"outputs\":[{\"name\":\"label\"}]}");
        assertThat(protocol.body())
                .isEqualTo(
                        "{\"model_name\":\"flowers\",\"model_version\":\"1\",\"outputs\":[{\"name\":"
                                + "\"label\",\"datatype\":\"INT64\",\"shape\":[1],\"data\":[0]}]}");
        var csv =
                client.send(
                        request(
                                "/score",
                                "text/csv",
                                "a,b,c,d\n5.1,3.5,1.4,0.2\n".getBytes(StandardCharsets.UTF_8)),
                        BodyHandlers.ofString());
        assertThat(Json.STRICT.readTree(csv.body()).path(0).path("label").asInt()).isZero();
    }

    @Test
    void mapsOfAClassifierAreObjects() throws Exception {
        ready("iris_zipmap", Map.of());
        var answer =
                score(
                        "{\"input_data\":{\"columns\":[\"a\",\"b\",\"c\",\"d\"],"
                                + "\"data\":[[5.1,3.5,1.4,0.2],[6,2,5,1.5]]}}");
        JsonNode rows = Json.STRICT.readTree(answer.body());
        assertThat(rows.path(0).path("output_probability").propertyNames())
                .containsExactly("0", "1", "2");
        assertThat(rows.path(0).path("output_probability").path("0").asDouble()).isGreaterThan(0.9);
    }

    /**
     * As a conversion leaves it: the model, and beside it what the one it was made from refused.
     */
    @Test
    void aConvertedModelRefusesWhatItsConversionNoted() throws Exception {
        Path folder = Files.createDirectory(home.resolve("converted"));
        Files.copy(Golden.file("iris"), folder.resolve("model.onnx"));
        Files.writeString(
                folder.resolve("MLmodel"),
                """
                flavors: {sklearn: {}}
                signature:
                  inputs: '[{"type": "double", "name": "a"}, {"type": "double", "name": "b"},
                    {"type": "double", "name": "c"}, {"type": "double", "name": "d"}]'
                farol_refused: {"missing": ["b"], "infinite": []}
                """);
        start(folder.resolve("model.onnx"), Map.of());
        eventually("ready", () -> !named("ready").isEmpty());

        String table = "{\"input_data\":{\"columns\":[\"a\",\"b\",\"c\",\"d\"],\"data\":[[%s]]}}";
        var refused = score(table.formatted("5.1,null,1.4,0.2"));
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body()).contains("The column 'b' holds no number");
        assertThat(score(table.formatted("null,3.5,1.4,0.2")).statusCode()).isEqualTo(200);
    }

    @Test
    void whatIsNoNumberIsWrittenAsPythonDoes() throws Exception {
        ready("log", Map.of());
        assertThat(score("{\"input_data\":[[-1],[1],[0]]}").body())
                .isEqualTo("{\"y\":[[NaN],[0.0],[-Infinity]]}");
    }

    @Test
    void badRequestsAreToldAndHurtNobody() throws Exception {
        ready("table", Map.of());
        for (int i = 0; i < 20; i++) {
            var refused = score("{\"input_data\":[[1]]}");
            assertThat(refused.statusCode()).isEqualTo(400);
            assertThat(refused.body()).contains("has the shape [1, 1] (expected: INT64[-1]");
            var outside = score("{\"input_data\":[99]}");
            assertThat(outside.statusCode()).isEqualTo(400);
            assertThat(outside.body()).contains("idx=99");
            assertThat(score("{\"input_data\":[2,0]}").body())
                    .isEqualTo("{\"y\":[[4.0,5.0],[0.0,1.0]]}");
        }
        assertThat(
                        client.send(
                                        request("/score", "application/pdf", new byte[3]),
                                        BodyHandlers.ofString())
                                .statusCode())
                .isEqualTo(415);
    }

    @Test
    void whatFailsWithinTheEngineIsTheModelsFault() throws Exception {
        ready("threes", Map.of());
        for (int i = 0; i < 10; i++) {
            var failed = score("{\"input_data\":[1,2,3,4]}");
            assertThat(failed.statusCode()).isEqualTo(500);
            assertThat(failed.headers().firstValue("x-ms-run-function-failed")).contains("True");
            assertThat(failed.body()).contains("Reshape");
            assertThat(score("{\"input_data\":[1,2,3]}").body())
                    .isEqualTo("{\"y\":[[1.0,2.0,3.0]]}");
        }
        assertThat(console()).contains("A request failed: ");
    }

    @Test
    void manyAtOnceGetTheirOwnAnswersAndABadOneFailsAlone() throws Exception {
        ready("table", Map.of("FAROL_MAX_DELAY_MS", "2", "FAROL_MAX_BATCH", "8"));
        var answers = new ArrayList<CompletableFuture<HttpResponse<String>>>();
        for (int i = 0; i < 400; i++) {
            String body = "{\"input_data\":[" + (i % 10 == 7 ? 50 : i % 3) + "]}";
            answers.add(
                    client.sendAsync(
                            request(
                                    "/score",
                                    "application/json",
                                    body.getBytes(StandardCharsets.UTF_8)),
                            BodyHandlers.ofString()));
        }
        for (int i = 0; i < answers.size(); i++) {
            var answer = answers.get(i).get(30, TimeUnit.SECONDS);
            if (answer.statusCode() == 429) {
                continue; // More than wait at once are shed, as everywhere.
            }
            if (i % 10 == 7) {
                assertThat(answer.statusCode()).isEqualTo(400);
                assertThat(answer.body()).contains("idx=50");
            } else {
                float first = i % 3 * 2;
                assertThat(answer.body())
                        .isEqualTo("{\"y\":[[" + first + "," + (first + 1) + "]]}");
            }
        }
        assertThat(answers.stream().filter(a -> a.join().statusCode() == 200).count())
                .isGreaterThan(100);
        assertThat(console()).doesNotContain("one by one");
    }

    @Test
    void aModelThatComparesItsRowsIsComputedOneByOne() throws Exception {
        ready("centred", Map.of("FAROL_MAX_DELAY_MS", "20"));
        var answers = new ArrayList<CompletableFuture<HttpResponse<String>>>();
        for (int i = 0; i < 40; i++) {
            answers.add(
                    client.sendAsync(
                            request(
                                    "/score",
                                    "application/json",
                                    ("{\"input_data\":[[" + i + ",1]]}")
                                            .getBytes(StandardCharsets.UTF_8)),
                            BodyHandlers.ofString()));
        }
        for (var answer : answers) {
            assertThat(answer.get(30, TimeUnit.SECONDS).body()).isEqualTo("{\"y\":[[0.0,0.0]]}");
        }
        assertThat(console()).contains("requests are computed one by one");
    }

    @Test
    void picturesBecomeTensorsAsTheFileBesideTheModelSays() throws Exception {
        Path model = Files.copy(Golden.file("picture"), home.resolve("model.onnx"));
        Files.writeString(home.resolve("preprocess.yaml"), "{size: [1, 2], scale: 0.5}");
        start(model, Map.of());
        eventually("ready", () -> !named("ready").isEmpty());
        var picture = new BufferedImage(2, 1, BufferedImage.TYPE_INT_RGB);
        picture.setRGB(0, 0, 0x102030);
        picture.setRGB(1, 0, 0x405060);
        var png = new ByteArrayOutputStream();
        ImageIO.write(picture, "png", png);
        var answer =
                client.send(
                        request("/score", "image/png", png.toByteArray()), BodyHandlers.ofString());
        assertThat(answer.body()).isEqualTo("{\"y\":[[[[8.0,32.0]],[[16.0,40.0]],[[24.0,48.0]]]]}");
        var broken =
                client.send(request("/score", "image/jpeg", new byte[9]), BodyHandlers.ofString());
        assertThat(broken.statusCode()).isEqualTo(400);
        assertThat(broken.body()).contains("is no picture");
    }

    @Test
    void swaggerTellsTheTensors() throws Exception {
        ready("iris", Map.of());
        var answer =
                client.send(
                        HttpRequest.newBuilder(
                                        URI.create(
                                                "http://127.0.0.1:"
                                                        + replica.port()
                                                        + "/swagger.json?version=3"))
                                .build(),
                        BodyHandlers.ofString());
        JsonNode input =
                Json.STRICT
                        .readTree(answer.body())
                        .at("/components/schemas/ServiceInput/properties/input_data/properties/X");
        assertThat(input.at("/items/minItems").asInt()).isEqualTo(4);
        assertThat(input.at("/items/items/type").asString()).isEqualTo("number");
    }

    @Test
    void aStartThatFailsSaysThePhaseAndWhatTheEngineSaid() throws Exception {
        start(Golden.file("bad_operator"), Map.of());
        assertThat(replica.ended().get(20, TimeUnit.SECONDS)).isEqualTo(Replica.EXIT_FAILED);
        JsonNode failed = named("failed").getFirst();
        assertThat(failed.path("phase").asString()).isEqualTo("init");
        assertThat(failed.path("exception").asString())
                .startsWith("OrtException: ")
                .contains("com.example:Whirl");
        assertThat(failed.path("message").asString())
                .isEqualTo("ONNX Runtime cannot load bad_operator.onnx.");
    }

    @Test
    void aSettingThatIsNoneIsRefused() throws Exception {
        start(Golden.file("iris"), Map.of("FAROL_MAX_BATCH", "0"));
        assertThat(replica.ended().get(20, TimeUnit.SECONDS)).isEqualTo(Replica.EXIT_FAILED);
        assertThat(named("failed").getFirst().path("message").asString())
                .contains("FAROL_MAX_BATCH is '0' (expected: a whole number from 1 to 65536)");
    }

    @Test
    void theLibrariesAreUnpackedOnceAndWhole() throws Exception {
        var threads = new ArrayList<CompletableFuture<Path>>();
        Path fresh = home.resolve("fresh");
        Files.createDirectories(fresh.resolve("leftover"));
        for (int i = 0; i < 4; i++) {
            threads.add(
                    CompletableFuture.supplyAsync(
                            () -> {
                                try {
                                    return OrtLibrary.unpack(fresh);
                                } catch (java.io.IOException failure) {
                                    throw new java.io.UncheckedIOException(failure);
                                }
                            }));
        }
        for (var thread : threads) {
            assertThat(thread.get(30, TimeUnit.SECONDS)).isEqualTo(threads.getFirst().join());
        }
        try (var files = Files.list(threads.getFirst().join())) {
            assertThat(files.count()).isEqualTo(2);
        }
        try (var left = Files.list(fresh)) {
            assertThat(left.map(path -> path.getFileName().toString()))
                    .noneMatch(name -> name.endsWith(".part"));
        }
    }
}
