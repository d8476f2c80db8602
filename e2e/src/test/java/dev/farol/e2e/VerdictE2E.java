package dev.farol.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;

/**
 * Every way in which a deployment fails to come up ends in one verdict that names cause, place and
 * cure.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class VerdictE2E {
    private Farol farol;
    private Project project;
    private int count;

    @BeforeAll
    void start() throws Exception {
        farol = new Farol();
        Files.writeString(
                farol.home().resolve("farol.yaml"),
                """
                backend:
                  instance-types:
                    tiny: {cpu: 1, memory: 160MiB}
                """);
        farol.up();
        var first = new Project(Files.createDirectory(farol.home().resolve("endpoint")));
        farol.run("online-endpoint", "create", "-f", first.path("endpoint.yml")).ok();
    }

    @AfterAll
    void stop() throws Exception {
        farol.close();
    }

    @BeforeEach
    void freshProject() throws Exception {
        project = new Project(Files.createDirectory(farol.home().resolve("project" + count++)));
    }

    /** Creates the deployment, expects it to fail, and answers what the command said. */
    private String verdict() throws Exception {
        var result =
                farol.run(
                        Duration.ofMinutes(3),
                        "online-deployment",
                        "create",
                        "-f",
                        project.path("blue-deployment.yml"));
        assertThat(result.exit()).as(result.out() + result.err()).isNotZero();
        assertThat(result.err()).contains("phase:").contains("fix:");
        JsonNode shown =
                farol.run("online-deployment", "show", "-e", "credit", "-n", "blue").ok().json();
        assertThat(shown.get("provisioning_state").asString()).isEqualTo("Failed");
        assertThat(shown.toString()).as("the status shows the verdict too").contains("phase:");
        return result.err();
    }

    @Test
    void missingModule() throws Exception {
        project.script("import jobliib\n\ndef init():\n    pass\n\ndef run(raw):\n    return {}\n");
        assertThat(verdict())
                .contains("phase:     code")
                .contains("ModuleNotFoundError: No module named 'jobliib'")
                .contains("score.py:1")
                .contains("conda")
                .contains("reproduce: ");
    }

    @Test
    void exceptionInInit() throws Exception {
        project.script(
                "def init():\n    prices = {}\n    prices['tea']\n\ndef run(raw):\n    return {}\n");
        assertThat(verdict())
                .contains("phase:     init")
                .contains("KeyError: 'tea'")
                .contains("score.py:3 in init");
    }

    @Test
    void noRunFunction() throws Exception {
        project.script("def init():\n    pass\n");
        assertThat(verdict()).contains("phase:     code").contains("run(");
    }

    @Test
    void syntaxError() throws Exception {
        project.script("def init():\n    pass\n\ndef run(raw)\n    return {}\n");
        assertThat(verdict())
                .contains("phase:     code")
                .contains("SyntaxError")
                .contains("score.py:4");
    }

    @Test
    void wrongPickleVersion() throws Exception {
        project.script(
                """
                import os, pickle

                def init():
                    global model
                    with open(os.path.join(os.environ["AZUREML_MODEL_DIR"], "model", "model.pkl"), "rb") as file:
                        model = pickle.load(file)

                def run(raw):
                    return {}
                """);
        // Protocol 9 does not exist yet: what a pickle of a newer Python looks like to an older
        // one.
        Files.write(
                Path.of(project.path("model/model.pkl")), new byte[] {(byte) 0x80, 9, 'N', '.'});
        assertThat(verdict())
                .contains("phase:     init")
                .contains("unsupported pickle protocol: 9")
                .contains("score.py:6 in init");
    }

    @Test
    void modelPathThatDoesNotExist() throws Exception {
        project.script(
                """
                import os

                def init():
                    open(os.path.join(os.environ["AZUREML_MODEL_DIR"], "modle", "greeting.txt"))

                def run(raw):
                    return {}
                """);
        assertThat(verdict())
                .contains("phase:     init")
                .contains("FileNotFoundError")
                .contains("modle")
                .contains("model/greeting.txt");
    }

    @Test
    void programThatIsNotThere() throws Exception {
        project.script(
                """
                import subprocess

                def init():
                    subprocess.run(["no-such-program", "--version"], check=True)

                def run(raw):
                    return {}
                """);
        assertThat(verdict())
                .contains("phase:     init")
                .contains("The script starts the program no-such-program")
                .contains("Install no-such-program on this machine")
                .contains("score.py:4 in init");
    }

    @Test
    void environmentThatCannotBeResolved() throws Exception {
        project.conda("farol-no-such-package-anywhere=9.9");
        assertThat(verdict())
                .contains("phase:     environment")
                .contains("farol-no-such-package-anywhere")
                .contains(":5");
    }

    @Test
    void initThatNeverEnds() throws Exception {
        project.script(
                "import time\n\ndef init():\n    while True:\n        time.sleep(1)\n\ndef run(raw):\n    return {}\n");
        project.deployment(
                "blue", "liveness_probe: {initial_delay: 1, period: 1, failure_threshold: 3}\n");
        assertThat(verdict())
                .contains("phase:     init")
                .contains("did not end")
                .contains("score.py:5 in init");
    }

    @Test
    void killedForMemory() throws Exception {
        project.script(
                """
                import time

                def init():
                    held = []
                    while True:
                        held.append(bytearray(20_000_000))
                        time.sleep(0.05)

                def run(raw):
                    return {}
                """);
        project.write(
                "blue-deployment.yml",
                Files.readString(Path.of(project.path("blue-deployment.yml")))
                        .replace("Standard_DS1_v2", "tiny"));
        assertThat(verdict()).contains("OutOfMemory").contains("160").contains("instance_type");
    }

    @Test
    void portAlreadyTaken() throws Exception {
        try (var taken =
                new java.net.ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
            project.script(
                    """
                    import socket

                    def init():
                        global server
                        server = socket.create_server(("127.0.0.1", %d))

                    def run(raw):
                        return {}
                    """
                            .formatted(taken.getLocalPort()));
            assertThat(verdict())
                    .contains("phase:     init")
                    .contains("Address already in use")
                    .contains(Integer.toString(taken.getLocalPort()));
        }
    }

    @Test
    void theCommandThatReproducesReallyDoes() throws Exception {
        project.script(
                "def init():\n    raise RuntimeError('weights are missing')\n\ndef run(raw):\n    return {}\n");
        Reproduction again = Reproduction.of(verdict());
        assertThat(again.exit()).isNotZero();
        assertThat(again.output()).contains("weights are missing");
    }
}
