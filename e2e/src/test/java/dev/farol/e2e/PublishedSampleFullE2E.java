package dev.farol.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.kit.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The YAML of Azure's published walk-throughs, byte for byte, through the command line: its
 * environment has a hundred packages, which is why this is one of the slow checks. The scoring
 * scripts are the published ones' flow; the models are trained here, since the samples' own files
 * are not ours to ship.
 */
class PublishedSampleFullE2E {
    private static final Path SAMPLES =
            Farol.ROOT.resolve("e2e/src/test/resources/azureml-samples/cli/endpoints/online");
    private static final Duration LIMIT = Duration.ofMinutes(10);
    private static final String TWO_NUMBERS = "\\[-?\\d+\\.\\d+, -?\\d+\\.\\d+\\]";

    private final ArrayNode steps = Json.STRICT.createArrayNode();

    @Test
    void thePublishedYamlRunsUnchanged() throws Exception {
        try (var farol = new Farol()) {
            Path online = farol.home().resolve("online");
            copy(SAMPLES, online);
            farol.up();
            train(farol, online);
            Path sample = online.resolve("managed/sample");
            Path request = online.resolve("model-1/sample-request.json");

            farol.run("online-endpoint", "create", "-f", sample.resolve("endpoint.yml").toString())
                    .ok();
            works("managed/sample/endpoint.yml", "");

            farol.run(
                            LIMIT,
                            "online-deployment",
                            "create",
                            "-f",
                            sample.resolve("blue-deployment.yml").toString(),
                            "--all-traffic")
                    .ok();
            assertThat(invoke(farol, request)).matches(TWO_NUMBERS);
            works("managed/sample/blue-deployment.yml", "answers model-1/sample-request.json");

            farol.run(
                            LIMIT,
                            "online-deployment",
                            "create",
                            "-f",
                            sample.resolve("green-deployment.yml").toString())
                    .ok();
            assertThat(invoke(farol, request, "--deployment-name", "green")).matches(TWO_NUMBERS);
            works("managed/sample/green-deployment.yml", "answers model-1/sample-request.json");

            farol.run(
                            "model",
                            "create",
                            "-n",
                            "my-model",
                            "--version",
                            "1",
                            "--path",
                            online.resolve("model-1/model").toString())
                    .ok();
            farol.run(
                            "environment",
                            "create",
                            "-n",
                            "my-env",
                            "--version",
                            "1",
                            "--conda-file",
                            online.resolve("model-1/environment/conda.yaml").toString(),
                            "--image",
                            "mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu22.04:latest")
                    .ok();
            farol.run(
                            LIMIT,
                            "online-deployment",
                            "update",
                            "-f",
                            sample.resolve("blue-deployment-with-registered-assets.yml").toString())
                    .ok();
            assertThat(invoke(farol, request)).matches(TWO_NUMBERS);
            works(
                    "managed/sample/blue-deployment-with-registered-assets.yml",
                    "answers model-1/sample-request.json");

            farol.run("online-endpoint", "delete", "-n", "my-endpoint", "--yes").ok();
            farol.run(
                            "online-endpoint",
                            "create",
                            "-f",
                            online.resolve("ncd/create-endpoint.yaml").toString())
                    .ok();
            works("ncd/create-endpoint.yaml", "");
            trainForMlflow(farol, online.resolve("ncd/sklearn-diabetes/model"));
            farol.run(
                            LIMIT,
                            "online-deployment",
                            "create",
                            "-f",
                            online.resolve("ncd/sklearn-deployment.yaml").toString(),
                            "--all-traffic")
                    .ok();
            assertThat(invoke(farol, online.resolve("ncd/sample-request-sklearn.json")))
                    .matches(TWO_NUMBERS);
            works("ncd/sklearn-deployment.yaml", "answers ncd/sample-request-sklearn.json");
        }
        ObjectNode results = Json.object().put("client", "farol");
        results.set("steps", steps);
        Compatibility.check("samples", results);
    }

    private static String invoke(Farol farol, Path request, String... more) throws Exception {
        var command =
                new java.util.ArrayList<>(
                        List.of(
                                "online-endpoint",
                                "invoke",
                                "-n",
                                "my-endpoint",
                                "--request-file",
                                request.toString()));
        command.addAll(List.of(more));
        return farol.run(command.toArray(String[]::new)).ok().out().strip();
    }

    /** The model that the sample's MLmodel speaks of, in the environment that it names. */
    private static void trainForMlflow(Farol farol, Path folder) throws Exception {
        Path script =
                Files.writeString(
                        farol.home().resolve("train-mlflow.py"),
                        """
                        import sys

                        import cloudpickle
                        from sklearn.datasets import load_diabetes
                        from sklearn.linear_model import Ridge

                        model = Ridge().fit(*load_diabetes(return_X_y=True, as_frame=True))
                        with open(sys.argv[1], "wb") as file:
                            cloudpickle.dump(model, file)
                        """);
        farol.run(
                        LIMIT,
                        "python",
                        "--conda-file",
                        folder.resolve("conda.yaml").toString(),
                        script.toString(),
                        folder.resolve("model.pkl").toString())
                .ok();
    }

    /** Both models, each by a script in the environment that the sample names. */
    private static void train(Farol farol, Path online) throws Exception {
        Path script = farol.home().resolve("train.py");
        Files.writeString(
                script,
                """
                import sys

                import joblib
                from sklearn.datasets import load_diabetes
                from sklearn.linear_model import Ridge

                joblib.dump(Ridge(alpha=float(sys.argv[1])).fit(*load_diabetes(return_X_y=True)), sys.argv[2])
                """);
        for (String model : List.of("model-1", "model-2")) {
            Path folder = online.resolve(model);
            Path file =
                    Files.createDirectories(folder.resolve("model"))
                            .resolve("sklearn_regression_model.pkl");
            Files.createDirectories(folder.resolve("onlinescoring"));
            Files.writeString(
                    folder.resolve("onlinescoring/score.py"),
                    """
                    import json
                    import logging
                    import os

                    import joblib
                    import numpy


                    def init():
                        global model
                        path = os.path.join(os.getenv("AZUREML_MODEL_DIR"), "model/sklearn_regression_model.pkl")
                        model = joblib.load(path)
                        logging.info("Init complete")


                    def run(raw_data):
                        data = numpy.array(json.loads(raw_data)["data"])
                        return model.predict(data).tolist()
                    """);
            farol.run(
                            LIMIT,
                            "python",
                            "--conda-file",
                            online.resolve("model-1/environment/conda.yaml").toString(),
                            script.toString(),
                            model.equals("model-1") ? "0.03" : "0.3",
                            file.toString())
                    .ok();
        }
        Files.createDirectories(online.resolve("model-2/environment"));
        Files.copy(
                online.resolve("model-1/environment/conda.yaml"),
                online.resolve("model-2/environment/conda.yaml"));
    }

    private void works(String file, String detail) {
        step(file, "works", detail);
    }

    private void step(String file, String outcome, String detail) {
        steps.addObject()
                .put("area", "cli/endpoints/online")
                .put("step", file)
                .put("outcome", outcome)
                .put("detail", detail);
    }

    private static void copy(Path from, Path to) throws Exception {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : List.copyOf(files.toList())) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target);
                }
            }
        }
    }
}
