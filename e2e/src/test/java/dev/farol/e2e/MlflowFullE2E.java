package dev.farol.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The other flavours of MLflow, each with packages of its own: they make this a slow check. */
class MlflowFullE2E {
    private static final Path SCRIPTS = Farol.ROOT.resolve("e2e/src/test/python/clients");

    private static final Map<String, List<String>> PACKAGES =
            Map.of(
                    "hints", List.of("scikit-learn==1.9.1"),
                    "regressor", List.of("scikit-learn==1.9.1", "skops==0.16.0"),
                    "xgboost", List.of("xgboost", "scikit-learn==1.9.1"),
                    "lightgbm", List.of("lightgbm", "scikit-learn==1.9.1"),
                    "onnx", List.of("onnx", "onnxruntime", "skl2onnx", "scikit-learn==1.9.1"),
                    "pytorch", List.of("torch", "numpy", "scikit-learn==1.9.1"),
                    "keras", List.of("keras", "tensorflow", "scikit-learn==1.9.1"));

    @ParameterizedTest
    @ValueSource(
            strings = {"hints", "regressor", "xgboost", "lightgbm", "onnx", "pytorch", "keras"})
    void answersAsMlflowDoes(String flavor) throws Exception {
        try (var farol = new Farol()) {
            farol.up();
            var models = new MlflowModels(farol);
            var packages = new java.util.ArrayList<>(PACKAGES.get(flavor));
            packages.add("mlflow==3.17.2");
            models.save(packages, flavor);
            models.endpoint();
            // Where Farol would compute the model itself, Python is asked for.
            models.deploy(
                            flavor,
                            models.model(flavor),
                            "environment_variables: {FAROL_NATIVE: \"off\"}")
                    .ok();
            models.answersAsMlflow(flavor, flavor);
            // The worker that comes after the first is a fork, where that is safe.
            farol.run(
                            "online-deployment",
                            "update",
                            "-n",
                            flavor,
                            "-e",
                            "ncd",
                            "--set",
                            "environment_variables.AGAIN=1")
                    .ok();
            models.answersAsMlflow(flavor, flavor);
        }
    }

    /** With the unmodified Python package of Azure. */
    @Test
    void theSdkDeploysAModelAlone() throws Exception {
        Path python =
                ClientTools.python("sdk-1.35.2", "azure-ai-ml==1.35.2", "azure-identity==1.27.0");
        try (var farol = new Farol()) {
            farol.up();
            var models = new MlflowModels(farol);
            models.save(List.of("mlflow==3.17.2"), "texts");
            Path work = Files.createDirectories(farol.home().resolve("work"));
            farol.run("env", "--write-config", work.toString()).ok();
            Path request =
                    Files.writeString(
                            work.resolve("request.json"),
                            "{\"input_data\": [\"bom dia\"], \"params\": {\"times\": 2}}");

            Farol.Result said =
                    ClientTools.inEnvironment(
                            farol,
                            work,
                            MlflowModels.LIMIT,
                            List.of(
                                    python.toString(),
                                    SCRIPTS.resolve("sdk_mlflow.py").toString(),
                                    work.toString(),
                                    models.model("texts").toString(),
                                    request.toString()));

            assertThat(said.exit()).as(said.out()).isZero();
            assertThat(said.out()).contains("answer [\"BOM DIA!!\"]");
        }
    }
}
