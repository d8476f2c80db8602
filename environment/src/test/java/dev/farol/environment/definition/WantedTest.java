package dev.farol.environment.definition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.farol.environment.Definition;
import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import dev.farol.spec.Problem;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WantedTest {
    private static Wanted read(String text) {
        return Wanted.of(new Definition(text, "environment/conda.yaml"));
    }

    @Test
    void readsAnAzureSample() {
        Wanted wanted =
                read(
                        """
                        name: model-env
                        channels:
                          - conda-forge
                        dependencies:
                          - python=3.12
                          - numpy=2.3.1
                          - pip=25.1.1
                          - pytorch=2.7=cpu_py312
                          - cudatoolkit=11.8
                          - pip:
                            - --extra-index-url https://example.invalid/simple
                            - azureml-inference-server-http==1.4.1
                            - inference-schema[numpy-support]
                            - joblib
                        """);
        assertThat(wanted.python().original()).isEqualTo("python=3.12");
        assertThat(wanted.requirements())
                .containsExactly(
                        new Requirement(6, "numpy=2.3.1", "numpy", "numpy==2.3.1.*"),
                        new Requirement(8, "pytorch=2.7=cpu_py312", "torch", "torch==2.7"),
                        new Requirement(
                                12,
                                "azureml-inference-server-http==1.4.1",
                                "azureml-inference-server-http",
                                "azureml-inference-server-http==1.4.1"),
                        new Requirement(
                                13,
                                "inference-schema[numpy-support]",
                                "inference-schema",
                                "inference-schema[numpy-support]"),
                        new Requirement(14, "joblib", "joblib", "joblib"));
        assertThat(wanted.sources())
                .containsExactly("--extra-index-url https://example.invalid/simple");
        assertThat(wanted.notes())
                .containsExactly(
                        "environment/conda.yaml:7: 'pip=25.1.1' is left out: packages are installed"
                                + " without it",
                        "environment/conda.yaml:8: 'pytorch' is 'torch' outside conda",
                        "environment/conda.yaml:8: 'pytorch=2.7=cpu_py312': the build 'cpu_py312'"
                                + " exists only in conda",
                        "environment/conda.yaml:9: 'cudatoolkit=11.8' is a system package, not a"
                                + " Python one: left out");
    }

    @Test
    void readsTheSameAsJson() {
        String json =
                "{\n\t\"name\": \"a\\/b\",\n\t\"dependencies\": [\n\t\t\"python=3.11\",\n\t\t\"numpy=1.26\","
                        + "\n\t\t{\"pip\": [\"joblib\"]}\n\t]\n}";
        assertThat(read(json).requirements())
                .containsExactly(
                        new Requirement(5, "numpy=1.26", "numpy", "numpy==1.26.*"),
                        new Requirement(6, "joblib", "joblib", "joblib"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "pytorch            | torch",
                "py-xgboost=2.1     | xgboost==2.1.*",
                "opencv==4.5.5      | opencv-python-headless==4.5.5.*",
                "matplotlib-base    | matplotlib",
                "msgpack-python     | msgpack",
                "python-graphviz    | graphviz",
                "pytorch-lightning  | pytorch-lightning",
                "librosa            | librosa",
                "setuptools<81      | setuptools<81",
            })
    void callsPackagesAsTheIndexDoes(String conda, String pip) {
        assertThat(read("dependencies: ['" + conda + "']").requirements())
                .singleElement()
                .extracting(Requirement::text)
                .isEqualTo(pip);
    }

    @ParameterizedTest
    @CsvSource({
        "libgcc-ng",
        "_openmp_mutex",
        "cuda-nvcc=12",
        "graphviz",
        "mkl",
        "ffmpeg>=4",
        "r-base"
    })
    void namesSystemPackagesAndLeavesThemOut(String conda) {
        Wanted wanted = read("dependencies: ['" + conda + "']");
        assertThat(wanted.requirements()).isEmpty();
        assertThat(wanted.notes()).singleElement().asString().contains("'" + conda + "'");
    }

    @Test
    void tellsAllViolationsAtOnceEachWithItsLine() {
        assertThatThrownBy(
                        () ->
                                read(
                                        """
                                        dependencies:
                                          - python=2.7
                                          - numpy=1.2|1.3
                                          - npm: [left-pad]
                                          - pip:
                                            - -r requirements.txt
                                        """))
                .isInstanceOfSatisfying(
                        FarolException.class,
                        failure -> {
                            assertThat(failure.code())
                                    .isEqualTo(ErrorCode.ENVIRONMENT_UNRESOLVABLE);
                            assertThat(failure.problem().details())
                                    .extracting(Problem::target)
                                    .containsExactly(
                                            "environment/conda.yaml:2",
                                            "environment/conda.yaml:3",
                                            "environment/conda.yaml:4",
                                            "environment/conda.yaml:6");
                        });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "dependencies: [numpy     | environment/conda.yaml:1: not YAML",
                "a text                   | environment/conda.yaml:1: a conda file is a mapping",
                "[numpy]                  | environment/conda.yaml:1: a conda file is a mapping",
                "dependencies: numpy      | environment/conda.yaml:1: 'dependencies' is a list",
                "dependencies: [[numpy]]  | environment/conda.yaml:1: an entry of 'dependencies'",
                "dependencies: [null]     | environment/conda.yaml:1: an entry of 'dependencies'",
                "dependencies: [{pip: a}] | environment/conda.yaml:1: 'pip' is a list",
                "''                       | environment/conda.yaml:1: the conda file is empty",
            })
    void refusesOtherShapes(String text, String message) {
        assertThatThrownBy(() -> read(text.equals("''") ? "" : text))
                .hasMessageStartingWith(message);
    }

    @Test
    void notesWhatItDoesNotUse() {
        Wanted wanted = read("name: a\nprefix: /opt/a\nvariables: {A: b}\nplatforms: [linux-64]\n");
        assertThat(wanted.notes())
                .containsExactly(
                        "environment/conda.yaml:3: 'variables' is not used: set"
                                + " environment_variables of the deployment",
                        "environment/conda.yaml:4: 'platforms' is not used");
    }

    @Test
    void readsARequirementsFile() {
        Wanted wanted =
                Wanted.of(
                        new Definition(
                                "# packages\nnumpy==1.26.4 \\\n  --hash=sha256:00\n\njoblib\n",
                                "requirements.txt"));
        assertThat(wanted.requirements())
                .extracting(Requirement::line, Requirement::name)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(2, "numpy"),
                        org.assertj.core.groups.Tuple.tuple(5, "joblib"));
        assertThat(wanted.python()).isNull();
    }

    @Test
    void withoutATextNothingIsWanted() {
        Wanted wanted = Wanted.of(new Definition(null, "image"));
        assertThat(wanted.requirements()).isEmpty();
        assertThat(wanted.python()).isNull();
    }

    @Test
    void readsAnEnvironmentOfMlflowWithItsRequirements() {
        Wanted wanted =
                Wanted.of(
                        new Definition(
                                """
                                python: 3.10
                                build_dependencies:
                                - pip==25.0
                                dependencies:
                                - -r requirements.txt
                                """,
                                "model/python_env.yaml",
                                Definition.Form.PYTHON_ENV,
                                Map.of(
                                        "requirements.txt",
                                        "mlflow==3.1.0\n-c constraints.txt\n",
                                        "constraints.txt",
                                        "numpy<2\n"),
                                true));
        assertThat(wanted.python()).isNotNull();
        assertThat(wanted.python().original()).isEqualTo("python: 3.10");
        assertThat(wanted.python().accepts(PythonVersion.parse("3.10.13"))).isTrue();
        assertThat(wanted.python().line()).isEqualTo(1);
        assertThat(wanted.requirements())
                .containsExactly(
                        new Requirement(
                                "requirements.txt", 1, "mlflow==3.1.0", "mlflow", "mlflow==3.1.0"));
        assertThat(wanted.constraints()).containsExactly("numpy<2");
    }

    @Test
    void namesTheFileThatALineIsIn() {
        assertThatThrownBy(
                        () ->
                                Wanted.of(
                                        new Definition(
                                                "dependencies: [{pip: ['-r requirements.txt']}]",
                                                "model/conda.yaml",
                                                Definition.Form.CONDA,
                                                Map.of("requirements.txt", "six\nnumpy=1.2\n"),
                                                false)))
                .hasMessageStartingWith("requirements.txt:2: 'numpy=1.2': pip wants '=='");
    }
}
