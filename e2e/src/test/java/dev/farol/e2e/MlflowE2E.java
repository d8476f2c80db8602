package dev.farol.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.kit.Json;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** MLflow models without code, through a real Farol, each in the environment of its own files. */
class MlflowE2E {
    private static final List<String> PACKAGES =
            List.of("mlflow==3.17.2", "scikit-learn==1.9.1", "skops==0.16.0");
    private static final List<String> COLUMNS =
            List.of("sepal_length", "sepal_width", "petal_length", "petal_width");

    @Test
    void modelsAloneAnswerAsMlflowDoes() throws Exception {
        try (var farol = new Farol()) {
            farol.up();
            var models = new MlflowModels(farol);
            models.save(PACKAGES, "classifier", "pipeline", "pyfunc", "tensors", "texts");
            models.endpoint();

            models.deploy("classifier", models.model("classifier"), "").ok();
            assertThat(
                            farol.run(
                                            "online-deployment",
                                            "show",
                                            "-n",
                                            "classifier",
                                            "-e",
                                            "ncd",
                                            "--query",
                                            "properties.\"farol.server\"",
                                            "-o",
                                            "tsv")
                                    .ok()
                                    .out()
                                    .strip())
                    .isEqualTo("mlflow");
            models.answersAsMlflow("classifier", "classifier");
            answersTheMatrix(models);
            describesItself(farol);

            for (String flavor : List.of("pipeline", "pyfunc", "tensors", "texts")) {
                models.deploy(flavor, models.model(flavor), "").ok();
                models.answersAsMlflow(flavor, flavor);
            }
            servesLocally(farol, models);
            tellsWhatIsWrong(models);
            models.answersAsMlflow("classifier", "classifier");
        }
    }

    /** The statuses that Azure's server gives, 500 being 424 at the gateway. */
    private static void answersTheMatrix(MlflowModels models) throws Exception {
        String fine = "[0]";
        String row = "[5.1, 3.5, 1.4, 0.2]";
        Map<String, String> good = new LinkedHashMap<>();
        good.put("split with index", split(COLUMNS, "[[5.1, 3.5, 1.4, 0.2]]", "[7]"));
        good.put("split", split(COLUMNS, "[[5.1, 3.5, 1.4, 0.2]]", null));
        good.put("shuffled", split(COLUMNS.reversed(), "[[0.2, 1.4, 3.5, 5.1]]", null));
        good.put(
                "extra column",
                split(
                        List.of("z", "sepal_length", "sepal_width", "petal_length", "petal_width"),
                        "[[1, 5.1, 3.5, 1.4, 0.2]]",
                        null));
        good.put("texts", split(COLUMNS, "[[\"5.1\", \"3.5\", \"1.4\", \"0.2\"]]", null));
        good.put("whole numbers", split(COLUMNS, "[[5, 3, 1, 0]]", null));
        good.put(
                "params and another key",
                split(COLUMNS, "[" + row + "]", null)
                        .replaceFirst("}$", ",\"params\":{},\"x\":1}"));
        for (Map.Entry<String, String> each : good.entrySet()) {
            var said = models.ask("classifier", each.getValue());
            assertThat(said.statusCode()).as(each.getKey() + ": " + said.body()).isEqualTo(200);
            assertThat(said.body()).as(each.getKey()).isEqualTo(fine);
        }
        Map<String, String> bad = new LinkedHashMap<>();
        bad.put("no columns", "{\"input_data\": {\"data\": [" + row + "]}}");
        bad.put("bare rows", "{\"input_data\": [" + row + "]}");
        bad.put("records", "{\"input_data\": [{\"sepal_length\": 5.1}]}");
        bad.put("missing column", split(COLUMNS.subList(0, 3), "[[5.1, 3.5, 1.4]]", null));
        bad.put("null", split(COLUMNS, "[[null, 3.5, 1.4, 0.2]]", null));
        bad.put("empty data", split(COLUMNS, "[]", null));
        for (Map.Entry<String, String> each : bad.entrySet()) {
            var said = models.ask("classifier", each.getValue());
            assertThat(said.statusCode()).as(each.getKey() + ": " + said.body()).isEqualTo(424);
            assertThat(said.body())
                    .as(each.getKey())
                    .isEqualTo(
                            "{\"message\": \"An unexpected error occurred in scoring script. Check"
                                    + " the logs for more info.\"}");
        }
        for (String key : List.of("dataframe_split", "inputs", "data")) {
            var said = models.ask("classifier", "{\"" + key + "\": [" + row + "]}");
            assertThat(said.body())
                    .as(key)
                    .isEqualTo(
                            "{\"message\": \"A value is not provided for the 'input_data'"
                                    + " parameter.\"}");
            assertThat(said.statusCode()).isEqualTo(424);
        }
    }

    private static String split(List<String> columns, String data, String index) {
        ObjectNode request = Json.object();
        ObjectNode input = request.putObject("input_data");
        ArrayNode names = input.putArray("columns");
        columns.forEach(names::add);
        input.putRawValue("data", new tools.jackson.databind.util.RawValue(data));
        if (index != null) {
            input.putRawValue("index", new tools.jackson.databind.util.RawValue(index));
        }
        return request.toString();
    }

    /** The Swagger, of the signature and the input example. */
    private static void describesItself(Farol farol) throws Exception {
        String document =
                farol.run(
                                "online-endpoint",
                                "show",
                                "-n",
                                "ncd",
                                "--query",
                                "openapi_uri",
                                "-o",
                                "tsv")
                        .ok()
                        .out()
                        .strip();
        try (var http = HttpClient.newHttpClient()) {
            JsonNode swagger =
                    Json.TOLERANT.readTree(
                            http.send(
                                            HttpRequest.newBuilder(URI.create(document))
                                                    .header(
                                                            "Authorization",
                                                            "Bearer " + farol.key("ncd"))
                                                    .header(
                                                            "azureml-model-deployment",
                                                            "classifier")
                                                    .build(),
                                            HttpResponse.BodyHandlers.ofString())
                                    .body());
            JsonNode input = swagger.at("/definitions/ServiceInput");
            assertThat(input.at("/properties/input_data/format").asString())
                    .as(swagger.toString())
                    .isEqualTo("pandas.DataFrame:split");
            assertThat(input.at("/example/input_data/columns")).hasSize(4);
            assertThat(input.at("/example/input_data/data/0/0").asDouble()).isEqualTo(5.1);
            assertThat(swagger.at("/definitions/ServiceOutput/format").asString())
                    .isEqualTo("numpy.ndarray");
        }
    }

    /** The same model with no Farol behind it. */
    private static void servesLocally(Farol farol, MlflowModels models) throws Exception {
        String definition = models.definition("local", models.model("texts"), "");
        farol.run("online-endpoint", "create", "--local", "-n", "ncd").ok();
        farol.run(MlflowModels.LIMIT, "online-deployment", "create", "--local", "-f", definition)
                .ok();
        Path request =
                Files.writeString(
                        farol.home().resolve("texts.json"),
                        "{\"input_data\": [\"bom dia\"], \"params\": {\"times\": 2}}");
        assertThat(
                        farol.run(
                                        "online-endpoint",
                                        "invoke",
                                        "--local",
                                        "-n",
                                        "ncd",
                                        "--request-file",
                                        request.toString())
                                .ok()
                                .out())
                .contains("BOM DIA!!");
        farol.run("online-endpoint", "delete", "--local", "--yes", "-n", "ncd").ok();
    }

    /** A verdict for each, with what to do about it. */
    private static void tellsWhatIsWrong(MlflowModels models) throws Exception {
        Path pickle = models.model("pipeline").resolve("model.pkl");
        byte[] whole = Files.readAllBytes(pickle);
        Files.write(pickle, java.util.Arrays.copyOf(whole, whole.length / 2));
        Farol.Result truncated = models.deploy("bad", models.model("pipeline"), "");
        assertThat(truncated.exit()).isNotZero();
        assertThat(truncated.err())
                .contains("damaged or not whole")
                .contains("Register the whole folder");

        Path mlmodel = models.model("pyfunc").resolve("MLmodel");
        String text = Files.readString(mlmodel);
        Files.writeString(
                mlmodel,
                text.replace("loader_module: mlflow.pyfunc.model", "loader_module: nowhere"));
        Farol.Result missing = models.deploy("bad", models.model("pyfunc"), "");
        assertThat(missing.exit()).isNotZero();
        assertThat(missing.err()).contains("needs the module nowhere").contains("pip_requirements");
    }
}
