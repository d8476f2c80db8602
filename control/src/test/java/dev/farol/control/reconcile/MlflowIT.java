package dev.farol.control.reconcile;

import static dev.farol.control.reconcile.House.deployment;
import static dev.farol.control.reconcile.House.environmentVersion;
import static dev.farol.control.reconcile.House.onlyModel;
import static dev.farol.control.reconcile.House.variable;
import static dev.farol.kit.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.backend.InstanceSpec;
import dev.farol.backend.Program;
import dev.farol.kit.Trees;
import dev.farol.spec.ReplicaSpec.NativeModel.Kind;
import dev.farol.store.Operation;
import dev.farol.store.Operation.Status;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** MLflow models without code. */
class MlflowIT {
    private static final String MLMODEL =
            """
            flavors:
              python_function:
                env: {conda: conda.yaml, virtualenv: python_env.yaml}
                loader_module: mlflow.sklearn
                model_path: model.skops
              sklearn: {pickled_model: model.skops}
            mlflow_version: 3.17.2
            """;

    @TempDir private Path home;
    @AutoClose private House house;

    @BeforeEach
    void start() {
        house = House.withEndpoint(home);
    }

    private void model(String version, String mlmodel, String condaFile) {
        String folder = "uploads/" + version + "/iris/";
        house.objects.add("blobs", folder + "MLmodel", mlmodel);
        house.objects.add("blobs", folder + "model.skops", "weights");
        if (condaFile != null) {
            house.objects.add("blobs", folder + "conda.yaml", condaFile);
        }
        house.model(
                version,
                "mlflow_model",
                "azureml://datastores/workspaceblobstore/paths/uploads/" + version + "/iris");
    }

    private Operation create(String name, String version) {
        return create(name, version, (spec, properties) -> {});
    }

    private Operation create(String name, String version, House.Change more) {
        return house.await(house.putDeployment("credit", name, onlyModel(version), more));
    }

    private Program.Script script(String name) {
        return (Program.Script) spec(name).program();
    }

    private InstanceSpec spec(String name) {
        return house.backend.specs.values().stream()
                .filter(spec -> spec.deployment().name().equals(name))
                .findAny()
                .orElseThrow();
    }

    private void refused(Operation operation, String phase, String code, String message) {
        assertThat(operation.status()).isEqualTo(Status.FAILED);
        assertThat(operation.error().path("code").asString()).isEqualTo(code);
        assertThat(operation.error().toString()).contains(phase);
        assertThat(operation.error().path("message").asString()).contains(message);
    }

    @Test
    void servesAModelWithTheEnvironmentOfItsOwnFiles() {
        model("1f", MLMODEL, "dependencies: [{pip: [mlflow]}]");

        Operation created = create("blue", "1f");

        assertThat(created.status()).isEqualTo(Status.SUCCEEDED);
        Program.Script script = script("blue");
        assertThat(script.scoringScript()).isEqualTo("mlflow_score_script.py");
        assertThat(script.appRoot().resolve("mlflow_score_script.py"))
                .content()
                .contains("def run(input_data");
        assertThat(spec("blue").environmentVariables())
                .containsEntry("MLFLOW_MODEL_FOLDER", "iris");
        assertThat(spec("blue").modelDir().resolve("iris/MLmodel")).isRegularFile();
        assertThat(house.status(deployment("credit", "blue")).server().orElseThrow().name())
                .isEqualTo("mlflow");
    }

    @Test
    void aModelOfOnnxNeedsNoPythonUnlessItIsToldTo() {
        String onnx =
                MLMODEL.replace(
                        "  sklearn: {pickled_model",
                        "  onnx: {data: model.skops}\n  sklearn: {pickled_model");
        model("1f", onnx, "dependencies: [{pip: [mlflow]}]");

        assertThat(create("blue", "1f").status()).isEqualTo(Status.SUCCEEDED);
        var served = (Program.Native) spec("blue").program();
        assertThat(served.kind()).isEqualTo(Kind.ONNX);
        assertThat(served.path()).hasFileName("model.skops").isRegularFile();
        var server = house.status(deployment("credit", "blue")).server().orElseThrow();
        assertThat(server.name()).isEqualTo("onnxruntime");
        assertThat(server.reason()).contains("flavour onnx (model.skops)", "FAROL_NATIVE=off");

        assertThat(create("green", "1f", variable("FAROL_NATIVE", "off")).status())
                .isEqualTo(Status.SUCCEEDED);
        assertThat(script("green").scoringScript()).isEqualTo("mlflow_score_script.py");
        assertThat(house.status(deployment("credit", "green")).server().orElseThrow().reason())
                .contains("left to MLflow because FAROL_NATIVE is off");
    }

    @Test
    void replaysTheLockWhateverTheIndexHasByThen() throws Exception {
        model("1f", MLMODEL, "dependencies: [{pip: [mlflow]}]");
        create("blue", "1f");
        String key = script("blue").environmentKey();
        int resolved = house.environments.resolved.get();

        // The environment and the model's folder are gone, and the index has newer packages.
        house.stop();
        house.environments.present.clear();
        house.environments.index = "1";
        Trees.delete(home.resolve("assets/models"));
        house.restart();

        assertThat(house.await(house.restartDeployment("credit", "blue")).status())
                .isEqualTo(Status.SUCCEEDED);
        assertThat(script("blue").environmentKey()).isEqualTo(key);
        assertThat(house.environments.present).containsOnlyKeys(key);
        assertThat(house.environments.resolved.get()).isEqualTo(resolved);

        // Another deployment of the model gets the same packages.
        create("green", "1f");
        assertThat(script("green").environmentKey()).isEqualTo(key);
        assertThat(house.environments.resolved.get()).isEqualTo(resolved);

        // Other files of the model are another matter.
        model("2f", MLMODEL, "dependencies: [{pip: [mlflow, six]}]");
        create("blue", "2f");
        assertThat(house.environments.resolved.get()).isEqualTo(resolved + 1);
        assertThat(house.environments.present).hasSize(2);
    }

    @Test
    void keepsTheEnvironmentThatIsInUse() {
        house.close();
        house = House.withEndpoint(home.resolve("short"), House.cleaning(Duration.ZERO));
        model("1f", MLMODEL, "dependencies: [{pip: [mlflow]}]");
        create("blue", "1f");
        String key = script("blue").environmentKey();

        house.awaitLooks(3);
        assertThat(house.environments.present).containsKey(key);

        house.await(house.delete(deployment("credit", "blue")));
        eventually(
                "the environment goes with the deployment",
                Duration.ofSeconds(20),
                () -> house.environments.present,
                present -> !present.containsKey(key));
    }

    @Test
    void usesTheEnvironmentThatIsGiven() {
        model("1f", MLMODEL, null);
        house.environment("mlflow", "dependencies: [mlflow]");

        assertThat(create("blue", "1f", environmentVersion("mlflow")).status())
                .isEqualTo(Status.SUCCEEDED);
        refused(
                create("green", "1f", environmentVersion("1")),
                "environment",
                "ImageBuildFailure",
                "brings mlflow, which loads the model 'm:1f' (expected: a line mlflow==3.17.2)");
    }

    @Test
    void saysWhatIsWrongWithAModelAndLeavesOthersAlone() {
        model("1f", MLMODEL, "dependencies: [{pip: [mlflow]}]");
        create("blue", "1f");
        List<String> serving = house.routed("credit", "blue");
        int built = house.environments.built.get();

        model("bare", MLMODEL, "dependencies: [six]");
        refused(
                create("green", "bare"),
                "environment",
                "ImageBuildFailure",
                "m:bare/conda.yaml: no package of this environment brings mlflow");
        model("nowhere", MLMODEL, null);
        refused(
                create("green", "nowhere"),
                "environment",
                "ImageBuildFailure",
                "has neither conda.yaml nor python_env.yaml");
        model("lost", MLMODEL, "dependencies: [unresolvable]");
        refused(create("green", "lost"), "environment", "ImageBuildFailure", "line 3");
        model("out", MLMODEL.replace("model_path: model", "model_path: ../model"), "a");
        refused(create("green", "out"), "model", "BadArgument", "'../model.skops'");
        model("spark", "flavors: {spark: {model_data: m}}", "a");
        refused(create("green", "spark"), "model", "NotSupported", "only spark");
        model("broken", "flavors: [", "a");
        refused(create("green", "broken"), "model", "BadArgument", "is not YAML");
        house.model(
                "plain",
                "mlflow_model",
                "azureml://datastores/workspaceblobstore/paths/LocalUpload/1/model");
        refused(create("green", "plain"), "model", "ModelNotFound", "has no file MLmodel");

        assertThat(house.environments.built.get()).isEqualTo(built);
        assertThat(house.routed("credit", "blue")).isEqualTo(serving).isNotEmpty();
    }
}
