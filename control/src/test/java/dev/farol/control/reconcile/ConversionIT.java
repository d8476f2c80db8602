package dev.farol.control.reconcile;

import static dev.farol.control.reconcile.House.deployment;
import static dev.farol.control.reconcile.House.onlyModel;
import static dev.farol.control.reconcile.House.variable;
import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.backend.Program;
import dev.farol.control.model.StatusDocument.Server;
import dev.farol.environment.Environments.Ran;
import dev.farol.mlflow.OnnxConversion;
import dev.farol.spec.ReplicaSpec.NativeModel.Kind;
import dev.farol.store.Operation;
import dev.farol.store.Operation.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** MLflow models that ask for ONNX: served so when the comparison says so, and in Python else. */
class ConversionIT {
    private static final String AGREED =
            "a warning\n{\"converted\": true, \"reason\": \"The answers agree.\"}\n";
    private static final String DIFFERENT =
            "{\"converted\": false, \"reason\": \"In ONNX its answers are others.\"}\n";

    @TempDir private Path home;
    @AutoClose private House house;

    @BeforeEach
    void start() {
        house = House.withEndpoint(home);
        model("sklearn: {}", "dependencies: [{pip: [mlflow]}]");
        house.model(
                "iris",
                "mlflow_model",
                "azureml://datastores/workspaceblobstore/paths/uploads/iris");
    }

    private void model(String flavor, String condaFile) {
        house.objects.add(
                "blobs",
                "uploads/iris/MLmodel",
                "flavors:\n  python_function: {loader_module: mlflow.any}\n  " + flavor + "\n");
        house.objects.add("blobs", "uploads/iris/conda.yaml", condaFile);
    }

    private Operation create(String lane) {
        return create("blue", lane);
    }

    private Operation create(String name, String lane) {
        return house.await(
                house.putDeployment(
                        "credit", name, onlyModel("iris"), variable("FAROL_NATIVE", lane)));
    }

    private Program program() {
        return house.backend.specs.values().stream().findAny().orElseThrow().program();
    }

    private Server server() {
        return house.status(deployment("credit", "blue")).server().orElseThrow();
    }

    @Test
    void servesTheConvertedModelWhenTheAnswersAgree() {
        house.environments.ran = new Ran(0, false, AGREED);

        assertThat(create("convert").status()).isEqualTo(Status.SUCCEEDED);

        var model = (Program.Native) program();
        assertThat(model.kind()).isEqualTo(Kind.ONNX);
        assertThat(model.name()).isEqualTo("m");
        assertThat(model.path()).hasFileName("model.onnx").isRegularFile();
        assertThat(model.path().resolveSibling("convert_to_onnx.py")).doesNotExist();
        assertThat(server())
                .isEqualTo(new Server("onnxruntime", "FAROL_NATIVE=convert. The answers agree."));
    }

    @Test
    void staysInPythonWhenTheyDoNotAndSaysWhy() {
        house.environments.ran = new Ran(0, false, DIFFERENT);

        assertThat(create("convert").status()).isEqualTo(Status.SUCCEEDED);

        assertThat(program()).isInstanceOf(Program.Script.class);
        assertThat(server())
                .isEqualTo(
                        new Server(
                                "mlflow", "FAROL_NATIVE=convert. In ONNX its answers are others."));
    }

    @Test
    void isDoneOnceForAModelWhateverItsEnd() {
        house.environments.ran = new Ran(0, false, DIFFERENT);
        create("convert");
        house.restart();

        create("green", "convert");

        assertThat(house.environments.runs).hasValue(1);
    }

    /** What older scripts made lies where they left it: with the same packages. */
    @Test
    void whatAnOlderScriptMadeIsMadeAnew() throws IOException {
        house.environments.ran = new Ran(0, false, DIFFERENT);
        create("convert");
        Path made;
        try (var found = Files.walk(home)) {
            made =
                    found.filter(file -> file.endsWith("conversion.json"))
                            .findAny()
                            .orElseThrow()
                            .getParent();
        }
        String key = made.getFileName().toString().replace("-" + OnnxConversion.VERSION, "");
        Path first = made.resolveSibling(key);
        if (!first.equals(made)) {
            Files.move(made, first);
        }
        Path second = Files.createDirectory(made.resolveSibling(key + "-1"));
        Files.copy(first.resolve("conversion.json"), second.resolve("conversion.json"));
        house.environments.ran = new Ran(0, false, AGREED);
        house.restart();

        create("convert");

        assertThat(house.environments.runs).hasValue(2);
        assertThat(program()).isInstanceOf(Program.Native.class);
    }

    @Test
    void aScriptThatFailsKeepsTheModelInPythonAndIsTriedAgain() {
        house.environments.ran = new Ran(137, false, "");

        assertThat(create("convert").status()).isEqualTo(Status.SUCCEEDED);
        assertThat(server().reason()).endsWith("The conversion ended with exit code 137.");

        house.environments.ran = new Ran(0, true, "");
        house.restart();
        assertThat(create("convert").status()).isEqualTo(Status.SUCCEEDED);
        assertThat(server().reason()).endsWith("The conversion took longer than 10 minutes.");
    }

    @Test
    void packagesThatDoNotGoTogetherKeepItInPython() {
        model("xgboost: {}", "dependencies: [{pip: [mlflow, lonely]}]");

        assertThat(create("convert").status()).isEqualTo(Status.SUCCEEDED);

        assertThat(program()).isInstanceOf(Program.Script.class);
        assertThat(server().reason()).contains("skl2onnx does not go with lonely");
        assertThat(house.environments.runs).hasValue(0);
    }

    @Test
    void aFlavourWithoutConverterStaysInPython() {
        model("prophet: {}", "dependencies: [{pip: [mlflow]}]");

        create("convert");

        assertThat(program()).isInstanceOf(Program.Script.class);
        assertThat(server().reason()).contains("prophet, python_function, of which none can be");
    }

    @Test
    void isNotTriedUnasked() {
        create("on");

        assertThat(program()).isInstanceOf(Program.Script.class);
        assertThat(house.environments.runs).hasValue(0);
    }
}
