package dev.farol.runtime.python;

import static dev.farol.kit.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.kit.Json;
import dev.farol.runtime.ReplicaConfig;
import dev.farol.runtime.ReplicaProcess;
import dev.farol.spec.ReplicaSpec;
import dev.farol.spec.RequestSettings;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A replica as the process that the backend starts. */
class ReplicaProcessIT {
    @TempDir Path home;
    private Process process;

    /** Starts a replica on the spec file that it is given. */
    static final class Main {
        private Main() {}

        public static void main(String[] arguments) throws Exception {
            var spec = Json.STRICT.readValue(Path.of(arguments[0]).toFile(), ReplicaSpec.class);
            var sources = PythonSources.unpack(Path.of(arguments[1]));
            int code =
                    ReplicaProcess.run(
                            spec,
                            ReplicaConfig.DEFAULTS,
                            PythonRuntime.factory(PythonConfig.DEFAULTS, sources));
            Runtime.getRuntime().exit(code);
        }
    }

    private void start(String script) throws Exception {
        Files.writeString(home.resolve("score.py"), script);
        var spec =
                new ReplicaSpec(
                        "i",
                        "e",
                        "d",
                        new ReplicaSpec.Script(
                                Interpreter.path(), "env", null, home.toString(), "score.py", 2),
                        null,
                        null,
                        Map.of(),
                        RequestSettings.DEFAULT,
                        Duration.ofSeconds(30),
                        home.resolve("run").toString(),
                        home.resolve("logs").toString());
        var file = home.resolve("replica.json");
        Files.writeString(file, Json.STRICT.writeValueAsString(spec));
        process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                System.getProperty("java.class.path"),
                                Main.class.getName(),
                                file.toString(),
                                home.resolve("python").toString())
                        .redirectOutput(home.resolve("out").toFile())
                        .redirectError(home.resolve("err").toFile())
                        .start();
    }

    @AfterEach
    void end() {
        process.destroyForcibly();
        process.onExit().join();
    }

    private List<JsonNode> events(String name) throws Exception {
        return Files.readAllLines(home.resolve("out")).stream()
                .map(line -> Json.STRICT.readTree(line))
                .filter(event -> event.path("event").asString().equals(name))
                .toList();
    }

    private List<Long> ready() throws Exception {
        return eventually(
                "ready: " + home,
                () ->
                        events("ready").isEmpty()
                                ? null
                                : events("worker").stream()
                                        .map(event -> event.path("pid").asLong())
                                        .distinct()
                                        .toList());
    }

    private static boolean alive(long pid) {
        return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isPresent();
    }

    @Test
    void answersWhatRunsWhenItIsTerminated() throws Exception {
        start(
                "import time\ndef init(): pass\ndef run(raw): print('begun'); time.sleep(0.7); return 1\n");
        var workers = ready();
        assertThat(workers).hasSize(2);
        int port = events("listening").getFirst().path("port").asInt();
        try (var client = HttpClient.newHttpClient()) {
            var request =
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/score"))
                            .POST(BodyPublishers.ofString("x"))
                            .build();
            var answer = client.sendAsync(request, BodyHandlers.ofString());
            eventually(
                    "runs",
                    () -> Files.readString(home.resolve("logs/console.log")).contains("begun"));
            // Process.destroy() would close stdin too, which is how a replica learns of its
            // parent's death.
            process.toHandle().destroy();
            assertThat(answer.join().statusCode()).isEqualTo(200);
        }
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
        assertThat(workers).noneMatch(ReplicaProcessIT::alive);
    }

    @Test
    void diesWithItsParent() throws Exception {
        start("def init(): pass\ndef run(raw): pass\n");
        var workers = ready();
        process.getOutputStream().close();
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(workers).noneMatch(ReplicaProcessIT::alive);
    }

    @Test
    void leavesNoWorkerWhenItIsKilledEvenIfTheyHang() throws Exception {
        start(
                "import threading, time\ndef init(): pass\n"
                        + "def run(raw):\n    while True: pass\n");
        var workers = ready();
        process.destroyForcibly();
        eventually("gone", () -> workers.stream().noneMatch(ReplicaProcessIT::alive));
    }

    @Test
    void exitsWith3WhenTheFirstStartFails() throws Exception {
        start("import nothing_of_that_name\n");
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(3);
        assertThat(events("failed")).hasSize(1);
        assertThat(events("failed").getFirst().path("location").asString())
                .isEqualTo("score.py:1 in <module>: import nothing_of_that_name");
        assertThat(Files.readString(home.resolve("err"))).doesNotContain("Exception");
    }
}
