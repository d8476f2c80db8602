package dev.farol.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/** A deployment of a Triton model repository, and the clients that ask it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class OipDeployment {
    static final Path SCRIPTS = Farol.ROOT.resolve("e2e/src/test/python/oip");

    Farol farol;
    Path python;
    String host;
    String key;

    @BeforeAll
    void start() throws Exception {
        farol = new Farol();
        python = clients(farol.uv());
        var project = new Project(farol);
        Path models = Files.createDirectory(project.folder().resolve("models"));
        said(0, python.toString(), SCRIPTS.resolve("models.py").toString(), models.toString());
        project.write(
                "blue-deployment.yml",
                """
                name: blue
                endpoint_name: credit
                model:
                  path: ./models
                  type: triton_model
                instance_type: Standard_DS3_v2
                instance_count: 1
                request_settings:
                  max_concurrent_requests_per_instance: 100
                  max_queue_wait_ms: 5000
                  request_timeout_ms: 20000
                """);
        farol.up();
        project.serve(farol);
        host = URI.create(farol.scoringUri("credit")).getAuthority();
        key = farol.key("credit");
    }

    /** An interpreter with the clients; uv, because KServe's packages are many. */
    private Path clients(Path uv) throws Exception {
        Path folder = Farol.ROOT.resolve("e2e/target/clients/oip");
        Path interpreter = folder.resolve("bin/python");
        Path whole = folder.resolve(".whole");
        if (!Files.exists(whole)) {
            Path base = ClientTools.program("python3.11");
            said(
                    0,
                    uv.toString(),
                    "venv",
                    "-q",
                    "--clear",
                    "-p",
                    base.toString(),
                    folder.toString());
            said(
                    0,
                    uv.toString(),
                    "pip",
                    "install",
                    "-q",
                    "--python",
                    interpreter.toString(),
                    "tritonclient[http,grpc]==2.73.0",
                    "kserve==0.21.0",
                    "onnx==1.23.2",
                    "ml_dtypes==0.5.4");
            Files.createFile(whole);
        }
        return interpreter;
    }

    @AfterAll
    void stop() throws Exception {
        if (farol != null) {
            farol.close();
        }
    }

    static List<String> said(int exit, String... command) throws Exception {
        Path out = Files.createTempFile("oip", ".txt");
        try {
            Process process =
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(out.toFile())
                            .start();
            boolean ended = process.waitFor(180, TimeUnit.SECONDS);
            if (!ended) {
                process.destroyForcibly().waitFor();
            }
            String text = Files.readString(out, StandardCharsets.UTF_8);
            assertThat(ended).as(text).isTrue();
            assertThat(process.exitValue()).as(text).isEqualTo(exit);
            return text.lines().toList();
        } finally {
            Files.delete(out);
        }
    }
}
