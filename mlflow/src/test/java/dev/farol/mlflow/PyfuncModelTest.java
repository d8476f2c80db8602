package dev.farol.mlflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.farol.environment.Definition;
import dev.farol.environment.Lock;
import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PyfuncModelTest {
    private static final String SKLEARN =
            """
            flavors:
              python_function:
                env:
                  conda: conda.yaml
                  virtualenv: python_env.yaml
                loader_module: mlflow.sklearn
                model_path: model.skops
              sklearn:
                pickled_model: model.skops
            mlflow_version: 3.17.2
            """;

    @TempDir private Path root;

    private void write(String name, String text) throws IOException {
        Path file = root.resolve("model").resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private PyfuncModel read() throws IOException {
        return PyfuncModel.read(root, "iris:1");
    }

    private void refused(ErrorCode code, String message) {
        assertThatThrownBy(this::read)
                .isInstanceOfSatisfying(
                        FarolException.class, refused -> assertThat(refused.code()).isEqualTo(code))
                .hasMessageContaining(message);
    }

    private static Lock lock(String... requirements) {
        return new Lock("k", "3.12.1", "/p", List.of(requirements), List.of(), List.of());
    }

    @Test
    void readsWhatMlflowSaved() throws Exception {
        write("MLmodel", SKLEARN);
        write("model.skops", "");
        write("conda.yaml", "dependencies: [python=3.12]");
        write("requirements.txt", "mlflow\n");
        PyfuncModel model = read();
        assertThat(model.flavors()).containsExactlyInAnyOrder("python_function", "sklearn");
        assertThat(model.relative()).isEqualTo("model");
        Definition environment = model.environment();
        assertThat(environment.source()).isEqualTo("iris:1/conda.yaml");
        assertThat(environment.form()).isEqualTo(Definition.Form.CONDA);
        assertThat(environment.files()).containsKey("requirements.txt");
        assertThat(environment.samePython()).isTrue();
    }

    @Test
    void takesTheEnvironmentFromWhatThereIs() throws Exception {
        write("MLmodel", SKLEARN.replace("conda: conda.yaml", "conda: packages.yaml"));
        write("model.skops", "");
        assertThatThrownBy(() -> read().environment())
                .hasMessageContaining("neither conda.yaml nor python_env.yaml");
        write("python_env.yaml", "python: 3.12.1");
        assertThat(read().environment().form()).isEqualTo(Definition.Form.PYTHON_ENV);
        write("packages.yaml", "dependencies: []");
        assertThat(read().environment().source()).isEqualTo("iris:1/packages.yaml");
        write("conda.yaml", "dependencies: []");
        assertThat(read().environment().source()).isEqualTo("iris:1/conda.yaml");
    }

    @Test
    void wantsMlflowInTheEnvironment() throws Exception {
        write("MLmodel", SKLEARN);
        write("model.skops", "");
        PyfuncModel model = read();
        assertThatThrownBy(() -> model.requireMlflow(lock("six==1.17"), "iris:1/conda.yaml"))
                .hasMessage(
                        "iris:1/conda.yaml: no package of this environment brings mlflow, which"
                                + " loads the model 'iris:1' (expected: a line mlflow==3.17.2)");
        assertThatThrownBy(() -> model.requireMlflow(lock("mlflow-tracing==3"), "a"))
                .isInstanceOf(FarolException.class);
        model.requireMlflow(lock("six==1", "mlflow==3.17.2 --hash=sha256:00"), "a");
        model.requireMlflow(lock("mlflow-skinny==2.9"), "a");
    }

    @Test
    void namesWhereAnMlmodelIsInstead() throws Exception {
        write("README.md", "");
        refused(ErrorCode.MODEL_UNAVAILABLE, "has no file MLmodel");
        refused(ErrorCode.MODEL_UNAVAILABLE, "it holds: model/README.md");
        write("run/artifacts/MLmodel", SKLEARN);
        refused(
                ErrorCode.MODEL_UNAVAILABLE,
                "there is one in model/run/artifacts: register that folder");
    }

    @Test
    void refusesWhatIsNoMlmodel() throws Exception {
        write("MLmodel", "flavors: [\n");
        refused(ErrorCode.INVALID_ARGUMENT, "iris:1/MLmodel:2 is not YAML");
        write("MLmodel", "name: x\n");
        refused(ErrorCode.INVALID_ARGUMENT, "iris:1/MLmodel has no 'flavors'");
        Files.write(root.resolve("model/MLmodel"), new byte[] {(byte) 0x80, 5, (byte) 0x95});
        refused(ErrorCode.INVALID_ARGUMENT, "is not a text in UTF-8");
    }

    @Test
    void wantsTheFlavourPythonFunction() throws Exception {
        write("MLmodel", "flavors:\n  spark:\n    model_data: sparkml\n");
        refused(ErrorCode.NOT_SUPPORTED, "has no flavour python_function, only spark");
    }

    @Test
    void wantsTheFilesThatAreNamed() throws Exception {
        write("MLmodel", SKLEARN);
        refused(
                ErrorCode.MODEL_UNAVAILABLE,
                "iris:1/MLmodel names 'model.skops', which is not among the model's files");
    }

    @ParameterizedTest
    @CsvSource({
        "model_path: model.skops, model_path: ../../other/model.pkl",
        "model_path: model.skops, model_path: /etc/passwd",
        "model_path: model.skops, data: data/../../x",
        "pickled_model: model.skops, pickled_model: ..\\\\x",
        "conda: conda.yaml, conda: ../conda.yaml"
    })
    void refusesPathsThatLeadOutside(String text, String instead) throws Exception {
        write("MLmodel", SKLEARN.replace(text, instead));
        refused(ErrorCode.INVALID_ARGUMENT, "(expected: a path inside of the model's folder)");
    }

    @Test
    void bringsItsScript() throws Exception {
        ScoringScript.write(root.resolve("app"));
        assertThat(root.resolve("app/mlflow_score_script.py")).content().contains("def run(");
    }
}
