package dev.farol.runtime.python;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command that a verdict gives to reproduce a failure. */
class CheckIT {
    @TempDir Path folder;

    private record Outcome(int exitCode, String output) {}

    private Outcome check(String script, String... more) throws Exception {
        Files.writeString(folder.resolve("score.py"), script);
        var worker = PythonSources.unpack(folder.resolve("python")).resolve("worker.py");
        var command =
                new ArrayList<>(
                        List.of(
                                Interpreter.path(),
                                worker.toString(),
                                "--check",
                                "--app-root",
                                folder.toString(),
                                "--entry-script",
                                "score.py"));
        command.addAll(List.of(more));
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Outcome(process.waitFor(), output);
    }

    @Test
    void showsTheFailureAndItsTraceback() throws Exception {
        var outcome = check("def init():\n    open('nowhere')\ndef run(raw): pass\n");
        assertThat(outcome.exitCode()).isEqualTo(3);
        assertThat(outcome.output())
                .contains("Traceback (most recent call last):")
                .contains("FileNotFoundError: [Errno 2] No such file or directory: 'nowhere'")
                .contains("failed in phase init")
                .contains("at score.py:2 in init: open('nowhere')");
    }

    @Test
    void runsARequest() throws Exception {
        var request = Files.writeString(folder.resolve("request.json"), "[1, 2]");
        var outcome =
                check(
                        "import os\ndef init(): pass\n"
                                + "def run(raw): return raw + os.environ['AZUREML_MODEL_DIR']\n",
                        "--model-dir",
                        folder.toString(),
                        "--request",
                        request.toString());
        assertThat(outcome.exitCode()).isZero();
        assertThat(outcome.output()).contains("run() answered 200", "\"[1, 2]" + folder + "\"");
    }
}
