package dev.farol.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.farol.kit.Json;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;

/** Models in the ONNX format without code: the replica computes them, and no Python runs. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OnnxE2E {
    private static final String TABLE =
            "{\"input_data\": {\"columns\": [\"a\", \"b\", \"c\", \"d\"],"
                    + " \"data\": [[5.1, 3.5, 1.4, 0.2]]}}";

    private static final byte[] GPU =
            "instance_group [ { kind: KIND_GPU } ]\n".getBytes(StandardCharsets.UTF_8);

    private Farol farol;

    @BeforeAll
    void start() throws Exception {
        farol = new Farol();
        farol.up();
        farol.run("online-endpoint", "create", "-f", example("endpoint.yml")).ok();
    }

    @AfterAll
    void stop() throws Exception {
        farol.close();
    }

    private static String example(String file) {
        return Farol.ROOT.resolve("examples/onnx").resolve(file).toString();
    }

    /** A model's folder with that content, and the deployment for it. */
    private String deployment(String name, String type, String file, byte[] content, String mlmodel)
            throws Exception {
        Path folder = Files.createDirectories(farol.home().resolve(name).resolve("m"));
        Files.write(folder.resolve(file), content);
        if (mlmodel != null) {
            Files.writeString(folder.resolve("MLmodel"), mlmodel);
            Files.writeString(folder.resolve("conda.yaml"), "dependencies: [python=3.11]\n");
        }
        Path yaml = folder.resolveSibling("deployment.yml");
        Files.writeString(
                yaml,
                """
                name: %s
                endpoint_name: flowers
                model: {path: m, type: %s}
                instance_type: Standard_DS3_v2
                instance_count: 1
                """
                        .formatted(name, type));
        return yaml.toString();
    }

    private static byte[] iris() throws Exception {
        return Files.readAllBytes(Farol.ROOT.resolve("examples/onnx/iris/model.onnx"));
    }

    private JsonNode shown(String name) throws Exception {
        return farol.run("online-deployment", "show", "-n", name, "-e", "flowers", "-o", "json")
                .ok()
                .json();
    }

    private void noPythonRuns() throws Exception {
        for (ProcessHandle process : farol.processes()) {
            assertThat(process.info().command().orElse(""))
                    .as(process.info().toString())
                    .doesNotContain("python");
        }
    }

    @Test
    void theExampleRunsAsItIs() throws Exception {
        farol.run(
                        "online-deployment",
                        "create",
                        "-f",
                        example("blue-deployment.yml"),
                        "--all-traffic")
                .ok();
        JsonNode rows =
                farol.run(
                                "online-endpoint",
                                "invoke",
                                "-n",
                                "flowers",
                                "-r",
                                example("request.json"))
                        .ok()
                        .json();
        // As onnxruntime in Python answers.
        assertThat(rows.path(0).path("label").asInt()).isZero();
        assertThat(rows.path(0).path("probabilities").path(0).asDouble())
                .isCloseTo(0.98165685, within(1e-5));
        assertThat(rows.path(1).path("label").asInt()).isEqualTo(2);
        JsonNode shown = shown("blue");
        assertThat(shown.path("properties").path("farol.server").asString())
                .isEqualTo("onnxruntime");
        assertThat(shown.path("properties").path("farol.serverReason").asString())
                .contains("iris/model.onnx");
        noPythonRuns();
        String logs =
                farol.run("online-deployment", "get-logs", "-n", "blue", "-e", "flowers")
                        .ok()
                        .out();
        assertThat(logs).contains("Inputs: X FP32[-1, 4]");
        var refused =
                farol.score(
                        farol.scoringUri("flowers"),
                        farol.key("flowers"),
                        "{\"input_data\": [[1, 2]]}",
                        "azureml-model-deployment",
                        "blue");
        assertThat(refused.statusCode()).isEqualTo(424);
        assertThat(refused.headers().firstValue("ms-azureml-model-error-statuscode"))
                .contains("400");
        assertThat(refused.body()).contains("has the shape [1, 2] (expected: FP32[-1, 4]");
    }

    @Test
    void anMlflowModelOfOnnxRunsWithoutPython() throws Exception {
        String mlmodel =
                """
                flavors:
                  onnx: {data: model.onnx, onnx_version: 1.19.1}
                  python_function:
                    data: model.onnx
                    env: {conda: conda.yaml}
                    loader_module: mlflow.onnx
                mlflow_version: 3.17.2
                signature:
                  inputs: '[{"type": "float", "name": "d"}, {"type": "float", "name": "c"},
                    {"type": "float", "name": "b"}, {"type": "float", "name": "a"}]'
                """;
        farol.run(
                        "online-deployment",
                        "create",
                        "-f",
                        deployment("flow", "mlflow_model", "model.onnx", iris(), mlmodel))
                .ok();
        assertThat(shown("flow").path("properties").path("farol.serverReason").asString())
                .contains("flavour onnx (model.onnx)");
        var answer =
                farol.score(
                        farol.scoringUri("flowers"),
                        farol.key("flowers"),
                        TABLE.replace(
                                        "\"a\", \"b\", \"c\", \"d\"",
                                        "\"d\", \"c\", \"x\", \"b\", \"a\"")
                                .replace("1.4", "7, 1.4"),
                        "azureml-model-deployment",
                        "flow");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(Json.STRICT.readTree(answer.body()).path(0).path("label").asInt()).isZero();
        noPythonRuns();
    }

    @Test
    void aModelThatCannotBeServedSaysWhyAndHowToMendIt() throws Exception {
        byte[] whole = iris();
        String cut =
                deployment(
                        "cut",
                        "custom_model",
                        "model.onnx",
                        java.util.Arrays.copyOf(whole, whole.length / 2),
                        null);
        var failed = farol.run("online-deployment", "create", "-f", cut);
        assertThat(failed.exit()).isNotZero();
        assertThat(failed.err())
                .contains("model.onnx is no ONNX model, or not a whole one.")
                .contains("phase:     model")
                .contains("ORT_INVALID_PROTOBUF")
                .contains("onnx.load()");
        Reproduction again = Reproduction.of(failed.err());
        assertThat(again.exit()).as(again.output()).isEqualTo(3);
        assertThat(again.output())
                .contains("ONNX Runtime cannot load model.onnx.")
                .contains("ORT_INVALID_PROTOBUF");
        String empty = deployment("empty", "custom_model", "model.onnx", new byte[0], null);
        failed = farol.run("online-deployment", "create", "-f", empty);
        assertThat(failed.exit()).isNotZero();
        assertThat(failed.err()).contains("The model's file model.onnx is empty.");
        again = Reproduction.of(failed.err());
        assertThat(again.exit()).as(again.output()).isEqualTo(3);
        assertThat(again.output()).contains("model.onnx is empty (0 bytes).");
    }

    @Test
    void aRepositoryThatCannotBeServedSaysWhyAndFailsByHandInTheSameWords() throws Exception {
        String gpu = deployment("gpu", "triton_model", "config.pbtxt", GPU, null);
        Path version = Files.createDirectory(farol.home().resolve("gpu").resolve("m").resolve("1"));
        Files.write(version.resolve("model.onnx"), iris());

        var failed = farol.run("online-deployment", "create", "-f", gpu);

        String words = "config.pbtxt:1: instance_group.kind KIND_GPU is not supported";
        assertThat(failed.exit()).isNotZero();
        assertThat(failed.err()).contains(words);
        Reproduction again = Reproduction.of(failed.err());
        assertThat(again.exit()).as(again.output()).isEqualTo(3);
        assertThat(again.output()).contains(words);
    }

    /** Whether it is a replica: one that serves, or the next that waits. */
    private static boolean serves(ProcessHandle process) {
        try {
            String line =
                    Files.readString(
                            Path.of("/proc", Long.toString(process.pid()), "cmdline"),
                            java.nio.charset.StandardCharsets.ISO_8859_1);
            return line.contains("\0replica\0");
        } catch (java.io.IOException gone) {
            return false;
        }
    }

    @Test
    void aReplicaThatDiesComesBack() throws Exception {
        farol.run(
                        "online-deployment",
                        "create",
                        "-f",
                        deployment("phoenix", "custom_model", "model.onnx", iris(), null))
                .ok();
        var replicas = farol.processes().stream().filter(OnnxE2E::serves).toList();
        assertThat(replicas).isNotEmpty();
        // As a crash in native code ends it: by a signal, without a word.
        replicas.forEach(
                process -> {
                    try {
                        assertThat(
                                        new ProcessBuilder(
                                                        "kill",
                                                        "-SEGV",
                                                        Long.toString(process.pid()))
                                                .start()
                                                .waitFor())
                                .isZero();
                    } catch (java.io.IOException failure) {
                        throw new java.io.UncheckedIOException(failure);
                    } catch (InterruptedException interrupted) {
                        Thread.currentThread().interrupt();
                    }
                });
        dev.farol.kit.testing.Eventually.eventually(
                "an answer again",
                java.time.Duration.ofSeconds(60),
                () ->
                        farol.score(
                                                farol.scoringUri("flowers"),
                                                farol.key("flowers"),
                                                TABLE,
                                                "azureml-model-deployment",
                                                "phoenix")
                                        .statusCode()
                                == 200);
    }
}
