package dev.farol.backend.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.backend.InstanceTypes;
import dev.farol.spec.ErrorCode;
import dev.farol.spec.Phase;
import dev.farol.spec.Verdict;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real Python fails, and what it printed is judged. */
class VerdictsIT {
    @TempDir Path home;

    @Test
    void namesThePackageOfAMissingModule() throws Exception {
        Verdict verdict = judge(Phase.CODE, "import os\nimport ruamel.yaml\ndef init(): pass\n");
        assertThat(verdict.code()).isEqualTo(ErrorCode.SCRIPT_INVALID);
        assertThat(verdict.exception()).isEqualTo("ModuleNotFoundError: No module named 'ruamel'");
        assertThat(verdict.location()).isEqualTo("score.py:2 in <module>: import ruamel.yaml");
        assertThat(verdict.fix()).contains("'- ruamel.yaml'");
        assertThat(verdict.lastLines()).last().isEqualTo(verdict.exception());
    }

    @Test
    void findsAModuleOfOnesOwnThatLiesElsewhere() throws Exception {
        Files.createDirectories(home.resolve("code/lib"));
        Files.writeString(home.resolve("code/lib/features.py"), "");
        Verdict verdict = judge(Phase.CODE, "import features\ndef init(): pass\n");
        assertThat(verdict.message()).contains("lib/features.py");
        assertThat(verdict.fix()).contains("(lib.features)");
    }

    @Test
    void pointsAtASyntaxError() throws Exception {
        Verdict verdict = judge(Phase.CODE, "def init():\n    return (1\n\ndef run(x) return x\n");
        assertThat(verdict.code()).isEqualTo(ErrorCode.SCRIPT_INVALID);
        assertThat(verdict.message()).startsWith("score.py, line 2, is no valid Python: ");
        assertThat(verdict.exception()).startsWith("SyntaxError: ");
    }

    @Test
    void pointsAtTheLineThatRaised() throws Exception {
        Verdict verdict =
                judge(
                        Phase.INIT,
                        "def init():\n    try:\n        int('x')\n    except ValueError as e:\n"
                                + "        raise RuntimeError('no model') from e\n");
        assertThat(verdict.code()).isEqualTo(ErrorCode.INIT_FAILED);
        assertThat(verdict.message()).isEqualTo("init() raised RuntimeError at score.py:5.");
        assertThat(verdict.exception()).isEqualTo("RuntimeError: no model");
    }

    @Test
    void listsTheModelFolderWhenAFileIsMissing() throws Exception {
        Files.createDirectories(home.resolve("model/diabetes"));
        Files.writeString(home.resolve("model/diabetes/model.pkl"), "x");
        Verdict verdict =
                judge(
                        Phase.INIT,
                        "import os\ndef init():\n    open(os.path.join(os.environ["
                                + "'AZUREML_MODEL_DIR'], 'sklearn.pkl'))\n");
        assertThat(verdict.code()).isEqualTo(ErrorCode.MODEL_UNAVAILABLE);
        assertThat(verdict.fix())
                .isEqualTo(
                        "Correct the path below AZUREML_MODEL_DIR; there is:"
                                + " diabetes/model.pkl.");
    }

    /** As the model of a local deployment is one; links that lead in a circle are passed over. */
    @Test
    void listsWhatLinksLeadTo() throws Exception {
        Path elsewhere = Files.createDirectory(home.resolve("elsewhere"));
        Files.writeString(elsewhere.resolve("model.pkl"), "x");
        Files.createSymbolicLink(elsewhere.resolve("round"), elsewhere);
        Files.createDirectory(home.resolve("model"));
        Files.createSymbolicLink(home.resolve("model/diabetes"), elsewhere);
        Verdict verdict = judge(Phase.INIT, "def init():\n    open('model.pkl')\n");
        assertThat(verdict.fix()).endsWith("below it there is: diabetes/model.pkl.");
    }

    @Test
    void aFileThatIsNotTheModelsIsNoFaultOfTheModel() throws Exception {
        Files.createDirectories(home.resolve("model/diabetes"));
        Files.writeString(home.resolve("model/diabetes/weights.bin"), "x");
        String open = "def init():\n    open('%s')\n";

        Verdict other = judge(Phase.INIT, open.formatted(home.resolve("limits.json")));
        assertThat(other.code()).isEqualTo(ErrorCode.INIT_FAILED);
        assertThat(other.message())
                .isEqualTo("There is no file " + home.resolve("limits.json") + ".");
        assertThat(other.fix()).doesNotContain("AZUREML_MODEL_DIR");

        Verdict ofTheModel = judge(Phase.INIT, open.formatted("/var/model/weights.bin"));
        assertThat(ofTheModel.code()).isEqualTo(ErrorCode.MODEL_UNAVAILABLE);
        assertThat(ofTheModel.fix())
                .isEqualTo(
                        "Build the path from os.environ[\"AZUREML_MODEL_DIR\"]; below it there is:"
                                + " diabetes/weights.bin.");
    }

    @Test
    void aProgramThatIsMissingIsNoFile() throws Exception {
        String start = "import subprocess\ndef init():\n    subprocess.run([%s])\n";
        Verdict searched = judge(Phase.INIT, start.formatted("'no-such-program', 'x'"));
        assertThat(searched.code()).isEqualTo(ErrorCode.INIT_FAILED);
        assertThat(searched.message())
                .isEqualTo(
                        "The script starts the program no-such-program, which is in no folder of"
                                + " PATH.");
        assertThat(searched.location()).startsWith("score.py:3 in init");

        Path script = Files.createDirectories(home.resolve("code")).resolve("tool");
        Files.writeString(script, "#!/no/such/interpreter\n");
        assertThat(script.toFile().setExecutable(true)).isTrue();
        Verdict unnamed = judge(Phase.INIT, start.formatted("'" + script.toRealPath() + "'"));
        assertThat(unnamed.message()).endsWith("names no program that is here.");
        Files.delete(script);
        Verdict gone = judge(Phase.INIT, start.formatted("'" + script.toAbsolutePath() + "'"));
        assertThat(gone.message()).isEqualTo("There is no program " + script + ".");
        assertThat(gone.fix()).contains("there is: score.py");
    }

    @Test
    void namesThePortAndWhoHoldsIt() throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Verdict verdict =
                    judge(
                            Phase.INIT,
                            "import socket\ndef init():\n    s = socket.socket()\n"
                                    + "    s.bind(('127.0.0.1', "
                                    + taken.getLocalPort()
                                    + "))\n");
            assertThat(verdict.message())
                    .startsWith("Port " + taken.getLocalPort() + " is already in use")
                    .contains("(pid " + ProcessHandle.current().pid() + ")");
        }
    }

    @Test
    void knowsPicklesThatCannotBeRead() throws Exception {
        String load = "import pickle, os\ndef init():\n    pickle.loads(%s)\n";
        assertThat(judge(Phase.INIT, load.formatted("b'\\x80\\x09.'")).message())
                .contains("pickle of protocol 9");
        assertThat(judge(Phase.INIT, load.formatted("b''")).message()).contains("no whole pickle");
        assertThat(judge(Phase.INIT, load.formatted("b'version https://git-lfs'")).message())
                .contains("Git LFS");
        assertThat(judge(Phase.INIT, load.formatted("b'c__main__\\nScaler\\n.'")).message())
                .contains("an object of Scaler");
        assertThat(judge(Phase.INIT, load.formatted("b'clightgbm.sklearn\\nModel\\n.'")).fix())
                .contains("'- lightgbm'");
    }

    @Test
    void knowsWhatEndsAProcess() throws Exception {
        assertThat(judge(Phase.INIT, "import sys\ndef init(): sys.exit(2)\n").message())
                .contains("sys.exit(2)");
        Verdict segfault = judge(Phase.INIT, "import ctypes\ndef init(): ctypes.string_at(0)\n");
        assertThat(segfault.exitCode()).isEqualTo(139);
        assertThat(segfault.message()).contains("segmentation fault");
        assertThat(judge(Phase.INIT, "import os\ndef init(): os.abort()\n").message())
                .contains("signal 6");
        assertThat(judge(Phase.INIT, "def init(): bytearray(1 << 62)\n").code())
                .isEqualTo(ErrorCode.OUT_OF_MEMORY);
    }

    @Test
    void asksForAVariableThatIsNotSet() throws Exception {
        Verdict verdict = judge(Phase.INIT, "import os\ndef init():\n    os.environ['TOKEN_X']\n");
        assertThat(verdict.fix()).contains("Add TOKEN_X to environment_variables");
    }

    private Verdict judge(Phase phase, String script) throws Exception {
        Path code = Files.createDirectories(home.resolve("code")).toRealPath();
        Path model = home.resolve("model").toAbsolutePath();
        Files.writeString(code.resolve("score.py"), script);
        Path runner = Path.of(VerdictsIT.class.getResource("/run_script.py").toURI());
        var builder = new ProcessBuilder("python3", "-B", runner.toString(), code.toString());
        builder.environment().put("AZUREML_MODEL_DIR", model.toString());
        Process python = builder.redirectErrorStream(true).start();
        List<String> log =
                new String(python.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                        .lines()
                        .toList();
        var failure =
                new Failure(
                        new Cause.Exited(),
                        phase,
                        null,
                        null,
                        python.waitFor(),
                        null,
                        false,
                        log,
                        List.of(),
                        VerdictCase.replica("/env/bin/python", code.toString(), model.toString()),
                        "tiny");
        return new VerdictComposer(InstanceTypes.BUILT_IN).compose(failure, "python3 worker.py");
    }
}
