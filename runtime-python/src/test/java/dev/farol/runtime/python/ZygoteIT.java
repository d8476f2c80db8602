package dev.farol.runtime.python;

import static dev.farol.kit.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.kit.Json;
import dev.farol.kit.testing.Logs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Forked workers: what they share with the zygote, and what they must not. */
@Logs("does not help, a worker is started without it")
class ZygoteIT {
    /** Tells everything that a fork could have inherited. */
    private static final String NOSY =
            """
            import json, os, random, signal, sys
            def init():
                pass
            def run(raw):
                if raw.startswith("import "):
                    exec(raw)
                    return "done"
                if raw == "die":
                    os._exit(1)
                names = {}
                for fd in os.listdir("/proc/self/fd"):
                    try:
                        names[fd] = os.readlink("/proc/self/fd/" + fd)
                    except OSError:
                        pass
                return {
                    "pid": os.getpid(), "ppid": os.getppid(), "sid": os.getsid(0),
                    "env": dict(os.environ), "cwd": os.getcwd(), "path": sys.path,
                    "argv": sys.argv, "modules": sorted(sys.modules),
                    "main": sys.modules["__main__"].__dict__.get("__file__"),
                    "random": random.random(), "fds": names,
                    "sigint": signal.getsignal(signal.SIGINT) is signal.default_int_handler,
                    "sigchld": signal.getsignal(signal.SIGCHLD) == signal.SIG_DFL,
                }
            """;

    private ZygoteProcess zygote;
    private ReplicaFixture replica;

    @BeforeEach
    void make() throws Exception {
        zygote = new ZygoteProcess();
        replica = forked();
    }

    private ReplicaFixture forked() throws Exception {
        var made = new ReplicaFixture().script(NOSY);
        made.python = zygote.python.toString();
        made.zygote = zygote.socket;
        return made;
    }

    @AfterEach
    void end() throws Exception {
        replica.close();
        zygote.close();
    }

    private static JsonNode look(ReplicaFixture replica) throws Exception {
        var answer = replica.score("look");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return Json.STRICT.readTree(answer.body());
    }

    @Test
    void forksAWorkerThatSeesNothingOfTheZygote() throws Exception {
        zygote.extra.put("ZYGOTES_OWN", "secret");
        zygote.start();
        replica.variables.put("MINE", "yes");
        replica.variables.put("SERVICE_NAME", "overridden");
        replica.ready();
        var seen = look(replica);
        assertThat(seen.path("ppid").asLong()).isEqualTo(zygote.process().pid());
        assertThat(seen.path("sid").asLong()).isEqualTo(seen.path("pid").asLong());
        var env = seen.path("env");
        assertThat(env.path("MINE").asString()).isEqualTo("yes");
        assertThat(env.path("SERVICE_NAME").asString()).isEqualTo("overridden");
        assertThat(env.path("AML_APP_ROOT").asString()).isEqualTo(replica.app.toString());
        assertThat(env.path("AZUREML_ENTRY_SCRIPT").asString()).isEqualTo("score.py");
        assertThat(env.has("ZYGOTES_OWN")).isFalse();
        assertThat(env.has("PYTHONDONTWRITEBYTECODE")).isFalse();
        assertThat(seen.path("cwd").asString()).isEqualTo(replica.app.toRealPath().toString());
        assertThat(seen.path("path").path(0).asString()).isEqualTo(replica.app.toString());
        assertThat(seen.path("path").toString())
                .doesNotContain(zygote.home.resolve("python").toString());
        assertThat(seen.path("argv").toString()).doesNotContain("zygote");
        assertThat(seen.path("main").isNull()).isTrue();
        assertThat(seen.path("modules").toString()).doesNotContain("_farol_preload", "\"zygote\"");
        assertThat(seen.path("sigint").asBoolean()).isTrue();
        assertThat(seen.path("sigchld").asBoolean()).isTrue();
        // stdin, stdout, stderr, the frames; and the folder that the script itself lists.
        assertThat(seen.path("fds").size()).as(seen.path("fds").toString()).isLessThanOrEqualTo(5);
        assertThat(seen.path("fds").path("0").asString()).isEqualTo("/dev/null");
    }

    @Test
    void seedsEachForkDifferently() throws Exception {
        zygote.start();
        replica.workers = 3;
        replica.ready();
        var numbers = new HashSet<Double>();
        var pids = new HashSet<Long>();
        eventually(
                "all three answered",
                () -> {
                    var seen = look(replica);
                    if (pids.add(seen.path("pid").asLong())) {
                        numbers.add(seen.path("random").asDouble());
                    }
                    if (pids.size() < 3) {
                        // Keeps the worker busy that was least loaded, so that the next one
                        // answers.
                        var _ = replica.scoreAsync("import time; time.sleep(0.1)");
                    }
                    return pids.size() == 3;
                });
        assertThat(numbers).hasSize(3);
    }

    @Test
    void learnsWhatWorkersImportAndForksItWarm() throws Exception {
        zygote.installed("slowlib", "import time, os\nCOUNT = os.getpid()\n").start();
        replica.script(
                "import slowlib, os\ndef init(): pass\ndef run(raw): return [slowlib.COUNT, os.getpid()] if raw == 'x' else os._exit(1)\n");
        replica.ready();
        eventually("learnt", () -> zygote.imports().contains("slowlib"));
        var warm =
                eventually(
                        "forked warm",
                        () -> {
                            replica.score("die");
                            var seen = Json.STRICT.readTree(replica.score("x").body());
                            return seen.path(0).asLong() == zygote.process().pid() ? seen : null;
                        });
        assertThat(warm.path(1).asLong()).isNotEqualTo(zygote.process().pid());
        zygote.stop();
        zygote.start();
        try (var second = forked()) {
            second.script("import slowlib\ndef init(): pass\ndef run(raw): return slowlib.COUNT\n");
            second.ready();
            assertThat(second.score("x").body()).isEqualTo("" + zygote.process().pid());
        }
    }

    /** Out of its worker's group, so that only the mark tells whose it is. */
    @Test
    void whatAScriptStartedEndsWithTheStarter() throws Exception {
        zygote.start();
        replica.variables.put("FAROL_INSTANCE", "credit-blue@" + zygote.home.getFileName());
        replica.script(
                """
                import subprocess
                def init(): pass
                def run(raw):
                    own = {"FAROL_INSTANCE": "another's"} if raw == "another's" else None
                    started = subprocess.Popen(["sleep", "600"], env=own, start_new_session=True)
                    return started.pid
                """);
        replica.ready();
        long started = Long.parseLong(replica.score("x").body());
        long others = Long.parseLong(replica.score("another's").body());
        try {
            // Its arguments are there a moment after the kernel has taken the new program.
            eventually("both run", () -> runs(started) && runs(others));

            zygote.stop();

            eventually("it ended", () -> !runs(started));
            assertThat(runs(others)).as("what is not known to be the script's").isTrue();
        } finally {
            ProcessHandle.of(started).ifPresent(ProcessHandle::destroyForcibly);
            ProcessHandle.of(others).ifPresent(ProcessHandle::destroyForcibly);
        }
    }

    /** One that ended may be there until somebody asks for its exit code. */
    private static boolean runs(long pid) throws IOException {
        Path arguments = Path.of("/proc", Long.toString(pid), "cmdline");
        return Files.exists(arguments) && Files.readString(arguments).contains("sleep");
    }

    @Test
    void neverImportsWhatStartsThreadsOrEndsTheProcess() throws Exception {
        zygote.installed(
                        "threads",
                        "import threading, time\nthreading.Thread(target=time.sleep, args=(3600,), daemon=True).start()\n")
                .installed("harmless", "")
                .installed("torch", "")
                .installed("wrapper", "import torch\n")
                .installed(
                        "dies",
                        "import os, sys\nif os.environ.get('IN_WORKER') is None: os._exit(5)\n")
                .start();
        replica.variables.put("IN_WORKER", "1");
        replica.script(
                "import wrapper, threads, dies, harmless\ndef init(): pass\ndef run(raw): return raw\n");
        replica.ready();
        eventually(
                "judged: " + zygote.imports(),
                () -> {
                    var found = Json.STRICT.readTree(zygote.imports());
                    var unsafe = found.path("unsafe");
                    return found.path("modules").toString().contains("harmless")
                            && unsafe.has("threads")
                            && unsafe.has("torch")
                            && unsafe.has("wrapper")
                            && unsafe.has("dies");
                });
        assertThat(Json.STRICT.readTree(zygote.imports()).path("modules").toString())
                .isEqualTo("[\"harmless\"]");
        assertThat(zygote.process().isAlive()).isTrue();
        assertThat(replica.score("1").statusCode()).isEqualTo(200);
    }

    @Test
    void startsOverWhenItFindsItselfUnsafeAndKeepsItsWorkers() throws Exception {
        // Harmless where it is tried, and not where it counts.
        var pid = zygote.home.resolve("pid");
        zygote.installed(
                "sly",
                "import os, threading, time\n"
                        + "if open('"
                        + pid
                        + "').read() == str(os.getpid()):\n"
                        + "    threading.Thread(target=time.sleep, args=(3600,), daemon=True).start()\n");
        zygote.start();
        Files.writeString(pid, "" + zygote.process().pid());
        replica.script(
                "import sly, os\ndef init(): pass\ndef run(raw): return os.getpid() if raw == 'x' else os._exit(6)\n");
        replica.ready();
        long worker = replica.pids("ready").getFirst();
        eventually("marked", () -> zygote.imports().contains("starts a Python thread"));
        assertThat(replica.score("x").body()).isEqualTo("" + worker);
        assertThat(replica.score("die").statusCode()).isEqualTo(502);
        eventually("its end is told", () -> replica.pids("exited").contains(worker));
        assertThat(replica.named("worker").toString()).contains("\"exitCode\":6");
        assertThat(replica.score("x").statusCode()).isEqualTo(200);
        assertThat(zygote.errors()).contains("sly does not survive a fork");
        assertThat(zygote.process().isAlive()).isTrue();
    }

    @Test
    void startsAfreshWhenAnImportReadAVariableThatTheDeploymentSets() throws Exception {
        zygote.installed(
                "reader",
                "import os\nHOME = os.environ.get('LIB_HOME', 'none')\nPID = os.getpid()\n");
        Files.writeString(zygote.imports, "{\"modules\": [\"reader\"], \"unsafe\": {}}");
        zygote.start();
        var script =
                "import reader\ndef init(): pass\ndef run(raw): return [reader.HOME, reader.PID]\n";
        replica.script(script).ready();
        assertThat(replica.score("x").body())
                .isEqualTo("[\"none\", " + zygote.process().pid() + "]");
        try (var other = forked()) {
            other.variables.put("LIB_HOME", "/data");
            other.script(script).ready();
            assertThat(other.score("x").body())
                    .isEqualTo("[\"/data\", " + other.pids("ready").getFirst() + "]");
        }
    }

    @Test
    void startsAfreshWhenTheCodeHidesAnImportedModule() throws Exception {
        zygote.installed("utils", "WHO = 'package'\n");
        Files.writeString(zygote.imports, "{\"modules\": [\"utils\"], \"unsafe\": {}}");
        zygote.start();
        Files.writeString(replica.app.resolve("utils.py"), "WHO = 'user'\n");
        replica.script("import utils\ndef init(): pass\ndef run(raw): return utils.WHO\n").ready();
        assertThat(replica.score("x").body()).isEqualTo("\"user\"");
    }

    @Test
    void triesAFreshProcessWhenAForkDiesInInit() throws Exception {
        zygote.start();
        replica.script(
                """
                import os, signal
                def init():
                    if os.getppid() != os.getsid(os.getppid()) or "_farol_zygote_child" in os.environ:
                        return
                    with open("/proc/%d/cmdline" % os.getpid()) as file:
                        if "zygote.py" in file.read():
                            os.kill(os.getpid(), signal.SIGSEGV)
                def run(raw): return "alive"
                """);
        replica.ready();
        assertThat(replica.score("x").body()).isEqualTo("\"alive\"");
        assertThat(replica.pids("exited")).hasSize(1);
        eventually("it says so", () -> replica.console().contains("trying a fresh one"));
    }

    @Test
    void killsTheWorkersOfAReplicaThatIsGone() throws Exception {
        zygote.start();
        replica.script(
                "import subprocess\ndef init():\n    global p\n    p = subprocess.Popen(['sleep', '3600'])\ndef run(raw): return p.pid\n");
        replica.ready();
        long worker = replica.pids("ready").getFirst();
        long child = Long.parseLong(replica.score("x").body());
        replica.replica().close();
        eventually("nothing left", () -> isGone(worker) && isGone(child));
    }

    @Test
    void workersEndWithTheZygoteAndTheReplicaGoesOnWithoutIt() throws Exception {
        zygote.start();
        replica.ready();
        long worker = replica.pids("ready").getFirst();
        zygote.process().destroyForcibly().waitFor();
        eventually("gone", () -> isGone(worker));
        eventually("serves again", () -> replica.score("look").statusCode() == 200);
        assertThat(look(replica).path("ppid").asLong()).isEqualTo(ProcessHandle.current().pid());
    }

    private static boolean isGone(long pid) throws Exception {
        var state = java.nio.file.Path.of("/proc/" + pid + "/stat");
        return !Files.exists(state) || Files.readString(state).contains(") Z ");
    }
}
