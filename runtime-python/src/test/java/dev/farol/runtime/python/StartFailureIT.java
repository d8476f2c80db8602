package dev.farol.runtime.python;

import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.kit.testing.Logs;
import java.nio.file.Files;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Every way in which a script does not come up, and what is told about it. */
class StartFailureIT {
    private ReplicaFixture replica;

    @BeforeEach
    void make() throws Exception {
        replica = new ReplicaFixture();
    }

    @AfterEach
    void end() throws Exception {
        replica.close();
    }

    private JsonNode failureOf(String script) throws Exception {
        var failure = replica.script(script).failure();
        assertThat(replica.replica().ended().join()).isEqualTo(3);
        assertThat(replica.named("ready")).isEmpty();
        return failure;
    }

    @Test
    void namesTheMissingModuleAndItsLine() throws Exception {
        var failure = failureOf("import json\n\nimport joblb\n");
        assertThat(failure.path("phase").asString()).isEqualTo("code");
        assertThat(failure.path("exception").asString())
                .isEqualTo("ModuleNotFoundError: No module named 'joblb'");
        assertThat(failure.path("location").asString())
                .isEqualTo("score.py:3 in <module>: import joblb");
        assertThat(failure.path("exitCode").asInt()).isEqualTo(3);
        assertThat(replica.console())
                .contains("Traceback (most recent call last):")
                .contains("ModuleNotFoundError: No module named 'joblb'")
                .doesNotContain("script.py");
    }

    @Test
    void namesTheSyntaxError() throws Exception {
        var failure = failureOf("def init(): pass\ndef run(raw)\n    return 1\n");
        assertThat(failure.path("phase").asString()).isEqualTo("code");
        assertThat(failure.path("exception").asString()).startsWith("SyntaxError: ");
        assertThat(failure.path("location").asString())
                .isEqualTo("score.py:2 in <module>: def run(raw)");
    }

    @Test
    void namesTheLineOfTheUserThatInitFailedIn() throws Exception {
        Files.writeString(
                replica.app.resolve("helper.py"),
                "import json\ndef load():\n    json.loads('{')\n");
        replica.modelDir = Files.createDirectory(replica.home.resolve("model"));
        Files.writeString(replica.modelDir.resolve("model.pkl"), "x");
        var failure =
                failureOf("import helper\ndef init():\n    helper.load()\ndef run(raw): pass\n");
        assertThat(failure.path("phase").asString()).isEqualTo("init");
        assertThat(failure.path("exception").asString())
                .startsWith("json.decoder.JSONDecodeError: ");
        assertThat(failure.path("location").asString())
                .isEqualTo("helper.py:3 in load: json.loads('{')");
        assertThat(replica.console()).contains("Model Directory Contents:", "model.pkl");
    }

    @Test
    void missesRunAndInit() throws Exception {
        var failure = failureOf("def init(): pass\n");
        assertThat(failure.path("phase").asString()).isEqualTo("code");
        assertThat(failure.path("message").asString()).contains("does not have a run() function");
        assertThat(failure.path("exception").isNull()).isTrue();
    }

    @Test
    void missesTheScript() throws Exception {
        var failure = replica.failure();
        assertThat(failure.path("phase").asString()).isEqualTo("code");
        assertThat(failure.path("message").asString()).contains("no scoring script score.py");
    }

    @Test
    void refusesRunWithoutAnArgument() throws Exception {
        var failure = failureOf("def init(): pass\ndef run(): pass\n");
        assertThat(failure.path("message").asString())
                .isEqualTo("run() needs to accept an argument for input data.");
    }

    @Test
    void tellsTheExitCodeOfAProcessThatLeftInInit() throws Exception {
        var failure = failureOf("import os\ndef init(): os._exit(7)\ndef run(raw): pass\n");
        assertThat(failure.path("phase").asString()).isEqualTo("init");
        assertThat(failure.path("exitCode").asInt()).isEqualTo(7);
        assertThat(failure.path("message").asString())
                .isEqualTo("The worker ended with exit code 7 in init().");
    }

    @Test
    void tellsTheExceptionWhenInitExits() throws Exception {
        var failure =
                failureOf(
                        "import sys\ndef init():\n    sys.exit('no model')\ndef run(raw): pass\n");
        assertThat(failure.path("phase").asString()).isEqualTo("init");
        assertThat(failure.path("exception").asString()).isEqualTo("SystemExit: no model");
        assertThat(failure.path("location").asString()).startsWith("score.py:3 in init");
    }

    @Test
    void tellsTheSignalThatKilledInit() throws Exception {
        var failure =
                failureOf(
                        "import os, signal\ndef init(): os.kill(os.getpid(), signal.SIGSEGV)\n"
                                + "def run(raw): pass\n");
        assertThat(failure.path("phase").asString()).isEqualTo("init");
        assertThat(failure.path("exitCode").asInt()).isEqualTo(139);
        assertThat(replica.console()).contains("Segmentation fault", "score.py");
    }

    @Test
    void tellsWhereAnInitHangsThatNeverEnds() throws Exception {
        replica.startTimeout = Duration.ofSeconds(1);
        var failure =
                failureOf("import time\ndef init():\n    time.sleep(3600)\ndef run(raw): pass\n");
        assertThat(failure.path("phase").asString()).isEqualTo("init");
        assertThat(failure.path("message").asString()).isEqualTo("init() did not end within 1 s.");
        assertThat(failure.path("location").asString())
                .isEqualTo("score.py:3 in init: time.sleep(3600)");
    }

    @Test
    @Logs("Cannot run program \"/nowhere/python3\"")
    void tellsThatTheInterpreterIsNotThere() throws Exception {
        replica.python = "/nowhere/python3";
        var failure = failureOf("def init(): pass\ndef run(raw): pass\n");
        assertThat(failure.path("phase").asString()).isEqualTo("code");
        assertThat(failure.path("message").asString()).contains("/nowhere/python3");
    }

    @Test
    void keepsEveryByteOfALongTraceback() throws Exception {
        failureOf(
                "import sys, os\ndef init():\n    sys.stderr.write('x' * 3000000 + 'END')\n"
                        + "    os._exit(9)\ndef run(raw): pass\n");
        assertThat(replica.console()).contains("x".repeat(3_000_000) + "END");
    }
}
