package dev.farol.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The YAML of Azure's published walk-through for managed online endpoints, byte for byte: its
 * environment has a hundred packages, which is why this is one of the slow checks. The scoring
 * script is the published one's flow; the model is trained here, since the sample's own file is not
 * ours to ship.
 */
class PublishedSampleFullE2E {
    private static final Path SAMPLES =
            Farol.ROOT.resolve("e2e/src/test/resources/azureml-samples/cli/endpoints/online");

    @Test
    void thePublishedYamlDeploysUnchanged() throws Exception {
        try (var farol = new Farol()) {
            Path online = farol.home().resolve("online");
            copy(SAMPLES, online);
            Path model = Files.createDirectories(online.resolve("model-1/model"));
            Files.createDirectories(online.resolve("model-1/onlinescoring"));
            Files.writeString(
                    online.resolve("model-1/onlinescoring/score.py"),
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
            Path train = farol.home().resolve("train.py");
            Files.writeString(
                    train,
                    """
                    import sys

                    import joblib
                    from sklearn.datasets import load_diabetes
                    from sklearn.linear_model import Ridge

                    joblib.dump(Ridge(alpha=0.03).fit(*load_diabetes(return_X_y=True)), sys.argv[1])
                    """);
            farol.up();
            farol.run(
                            Duration.ofMinutes(10),
                            "python",
                            "--conda-file",
                            online.resolve("model-1/environment/conda.yaml").toString(),
                            train.toString(),
                            model.resolve("sklearn_regression_model.pkl").toString())
                    .ok();
            Path sample = online.resolve("managed/sample");
            farol.run("online-endpoint", "create", "-f", sample.resolve("endpoint.yml").toString())
                    .ok();
            farol.run(
                            Duration.ofMinutes(10),
                            "online-deployment",
                            "create",
                            "-f",
                            sample.resolve("blue-deployment.yml").toString(),
                            "--all-traffic")
                    .ok();
            var answer =
                    farol.run(
                                    "online-endpoint",
                                    "invoke",
                                    "-n",
                                    "my-endpoint",
                                    "--request-file",
                                    online.resolve("model-1/sample-request.json").toString())
                            .ok();
            assertThat(answer.out().strip()).matches("\\[-?\\d+\\.\\d+, -?\\d+\\.\\d+\\]");
        }
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
