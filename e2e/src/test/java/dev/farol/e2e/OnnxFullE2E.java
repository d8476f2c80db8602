package dev.farol.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Real models in the ONNX format against ONNX Runtime and MLflow in Python. */
class OnnxFullE2E {
    private static final List<String> PACKAGES =
            List.of(
                    "onnx==1.19.1",
                    "onnxruntime==1.23.2",
                    "skl2onnx==1.20.0",
                    "scikit-learn==1.9.1",
                    "mlflow==3.17.2",
                    "magika==1.0.3");

    @Test
    void everyModelAnswersAsInPython() throws Exception {
        try (var farol = new Farol()) {
            Path models = Files.createDirectory(farol.home().resolve("models"));
            python(farol, "make", models.toString());
            farol.up();
            var project = new Project(farol.home().resolve("project"));
            farol.run("online-endpoint", "create", "-f", project.path("endpoint.yml")).ok();
            String uri = farol.scoringUri("credit");
            String key = farol.key("credit");
            List<Path> folders;
            try (Stream<Path> found = Files.list(models)) {
                folders = found.sorted().toList();
            }
            assertThat(folders).hasSizeGreaterThanOrEqualTo(6);
            for (Path folder : folders) {
                String name = folder.getFileName().toString();
                Path yaml = folder.resolve("deployment.yml");
                Files.writeString(
                        yaml,
                        """
                        name: %s
                        endpoint_name: credit
                        model: {path: m, type: %s}
                        instance_type: Standard_DS3_v2
                        instance_count: 1
                        request_settings: {request_timeout_ms: 60000}
                        """
                                .formatted(name, Files.readString(folder.resolve("type.txt"))));
                farol.run("online-deployment", "create", "-f", yaml.toString()).ok();
                System.out.print(python(farol, "check", models.toString(), name, uri, key));
                farol.run("online-deployment", "delete", "-n", name, "-e", "credit", "--yes").ok();
            }
        }
    }

    private static String python(Farol farol, String... arguments)
            throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of(farol.uv().toString(), "run", "--no-project", "-q"));
        PACKAGES.forEach(each -> command.addAll(List.of("--with", each)));
        command.addAll(
                List.of(
                        "python",
                        Farol.ROOT.resolve("e2e/src/test/python/onnx_models.py").toString()));
        command.addAll(List.of(arguments));
        Path out = Files.createTempFile(farol.home(), "python", ".txt");
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(out.toFile())
                        .start();
        int exit = process.waitFor();
        assertThat(exit).as(Files.readString(out)).isZero();
        return Files.readString(out);
    }
}
