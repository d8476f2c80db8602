package dev.farol.e2e;

import static dev.farol.kit.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** {@code farol serve}: one script in the foreground, with no Farol behind it. */
class ServeE2E {
    private static final Pattern SCORE = Pattern.compile("POST +(http://\\S+/score)");

    private Farol farol;
    private Path code;

    @BeforeEach
    void make() throws Exception {
        farol = new Farol();
        code = Files.createDirectory(farol.home().resolve("code"));
    }

    @AfterEach
    void end() throws Exception {
        farol.close();
    }

    private Path script(String text) throws Exception {
        return Files.writeString(code.resolve("score.py"), text);
    }

    /** The command as {@code ./farol serve} with the script of this test. */
    private Process serve(String... more) throws Exception {
        var arguments = new ArrayList<>(List.of("serve", "--port", "0"));
        arguments.addAll(List.of(more));
        return farol.start(arguments.toArray(String[]::new));
    }

    private String uri(Process process) throws Exception {
        return eventually(
                "the address",
                Duration.ofSeconds(60),
                () -> {
                    Matcher found = SCORE.matcher(farol.said(process));
                    return found.find() ? found.group(1) : null;
                });
    }

    @Test
    void servesAScriptAndEndsOnCtrlC() throws Exception {
        Path script =
                script(
                        """
                        import os
                        def init(): print("model in", os.environ["AZUREML_MODEL_DIR"])
                        def run(raw): print("scoring"); return [raw, os.environ["SCORE_OWN"]]
                        """);
        farol.environment().put("SCORE_OWN", "of the caller");
        Process process =
                serve("--entry_script", script.toString(), "--model_dir", code.toString());
        String uri = uri(process);
        assertThat(uri).startsWith("http://127.0.0.1:");
        try (var client = HttpClient.newHttpClient()) {
            var request =
                    HttpRequest.newBuilder(URI.create(uri))
                            .header("x-request-id", "r1")
                            .POST(HttpRequest.BodyPublishers.ofString("hello"))
                            .build();
            var answer =
                    eventually(
                            "ready",
                            Duration.ofSeconds(60),
                            () -> {
                                var got = client.send(request, BodyHandlers.ofString());
                                return got.statusCode() == 503 ? null : got;
                            });
            assertThat(answer.body()).isEqualTo("[\"hello\", \"of the caller\"]");
        }
        eventually(
                "the script's lines",
                () ->
                        farol.said(process).contains("model in " + code)
                                && farol.said(process).contains("[r1] scoring")
                                && farol.said(process).contains("azmlinfsrv - POST /score 200"));

        new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor();

        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
        eventually("nothing is left", () -> farol.processes().isEmpty());
    }

    /** Whoever ends first, the command or what the signal started, must not trip the other. */
    @RepeatedTest(8)
    void ctrlCAtOnceIsAStopThatWasAskedFor() throws Exception {
        Path script = script("def init(): pass\ndef run(raw): pass\n");
        Process process = serve("--entry_script", script.toString());
        uri(process);

        new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor();

        var result = farol.finish(process, Duration.ofSeconds(30), "serve");
        assertThat(result.exit()).as(result.err()).isZero();
        assertThat(result.err()).isEmpty();
    }

    @Test
    void aScriptThatCannotServeEndsWith3AndOneLine() throws Exception {
        Path script = script("def init(): raise ValueError('no model')\ndef run(raw): pass\n");
        Process process = serve("--entry_script", script.toString());
        var result = farol.finish(process, Duration.ofMinutes(1), "serve");
        assertThat(result.exit()).isEqualTo(3);
        assertThat(result.err().lines())
                .containsExactly(
                        "The scoring script cannot serve: init() raised ValueError: no model"
                                + " (score.py:1 in init: def init(): raise ValueError('no model'))");
        assertThat(result.out()).contains("Traceback (most recent call last):");
    }

    @Test
    void whatIsWrongBeforeTheStartIsOneLine() throws Exception {
        Path script = script("def init(): pass\ndef run(raw): pass\n");
        Path broken = Files.writeString(code.resolve("broken.json"), "{no");
        refused("--entry_script: nowhere.py is no file", "--entry_script", "nowhere.py");
        refused("Either --entry_script names the scoring script", "--port", "0");
        refused(
                "--worker_count: 0 (expected: 1 or more)",
                "--entry_script",
                script.toString(),
                "--worker_count",
                "0");
        refused(
                "--python: /nowhere/python is no program",
                "--entry_script",
                script.toString(),
                "--python",
                "/nowhere/python");
        refused("--config_file: " + broken + ":", "--config_file", broken.toString());
        refused(
                "--port: 70000 (expected: 0 to 65535)",
                "--entry_script",
                script.toString(),
                "--port",
                "70000");
    }

    @Test
    void aPortThatIsTakenIsNamed() throws Exception {
        Path script = script("def init(): pass\ndef run(raw): pass\n");
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = Integer.toString(taken.getLocalPort());
            var result =
                    farol.run(
                            Duration.ofMinutes(1),
                            "serve",
                            "--entry_script",
                            script.toString(),
                            "--port",
                            port);
            assertThat(result.exit()).as(result.err()).isEqualTo(1);
            assertThat(result.err().strip())
                    .startsWith("Cannot listen on 127.0.0.1:" + port + ": ")
                    .endsWith("Address already in use")
                    .doesNotContain("io.netty", "\n");
        }
    }

    private void refused(String line, String... arguments) throws Exception {
        var all = new ArrayList<>(List.of("serve"));
        all.addAll(List.of(arguments));
        var result = farol.run(Duration.ofMinutes(1), all.toArray(String[]::new));
        assertThat(result.exit()).as(result.err()).isEqualTo(2);
        assertThat(result.err().strip()).startsWith(line).doesNotContain("\n");
        assertThat(result.out()).isEmpty();
    }
}
