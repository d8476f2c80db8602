package dev.farol.runtime.python;

import static dev.farol.kit.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The scoring-script contract over HTTP, with real workers. */
class ScoringIT {
    private static final String ECHO =
            """
            import json
            def init():
                print("hello from init")
            def run(raw):
                return {"got": json.loads(raw)}
            """;

    private ReplicaFixture replica;

    @BeforeEach
    void make() throws Exception {
        replica = new ReplicaFixture();
    }

    @AfterEach
    void end() throws Exception {
        replica.close();
    }

    @Test
    void answersWhatRunReturns() throws Exception {
        replica.script(ECHO).ready();
        var answer = replica.score("{\"data\": [1, \"ü\"]}");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("{\"got\": {\"data\": [1, \"\\u00fc\"]}}");
        assertThat(answer.headers().firstValue("content-type")).hasValue("application/json");
        assertThat(answer.headers().firstValue("x-ms-run-function-failed")).hasValue("False");
        assertThat(answer.headers().firstValue("x-ms-server-version")).hasValue("farol/1.2.3");
        assertThat(answer.headers().firstValue("x-ms-run-fn-exec-ms").orElseThrow())
                .matches("\\d+\\.\\d{3}");
        assertThat(replica.console()).contains("hello from init");
    }

    @Test
    void keepsOrderOfManyRequestsInFlight() throws Exception {
        replica.script(ECHO).ready();
        var answers = new ArrayList<CompletableFuture<HttpResponse<String>>>();
        for (int i = 0; i < 200; i++) {
            if (i >= 16) {
                answers.get(i - 16).join();
            }
            answers.add(replica.scoreAsync("" + i));
        }
        for (int i = 0; i < 200; i++) {
            assertThat(answers.get(i).join().body()).isEqualTo("{\"got\": " + i + "}");
        }
    }

    @Test
    void carriesHugeBodies() throws Exception {
        replica.script(
                        "def init(): pass\ndef run(raw): return raw[-3:] + str(len(raw)) + 'x' * 3000000")
                .ready();
        var body = "a".repeat(20_000_000) + "end";
        var answer = replica.score(body);
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).startsWith("\"end20000003x").hasSize(3000013);
        assertThat(replica.score("xyz").body()).startsWith("\"xyz3x");
    }

    @Test
    void translatesEveryKindOfResult() throws Exception {
        replica.script(
                        """
                        from azureml.contrib.services.aml_response import AMLResponse, Response
                        RESULTS = {
                            "none": None, "text": "a", "json": '{"a": 1}', "bytes": b"x",
                            "aml": AMLResponse("teapot", 418, {"X-Two": "a, b", "Content-Type": "text/x"}),
                            "amljson": AMLResponse({"a": 1}, 503, json_str=True),
                            "amlnone": AMLResponse(None, 201),
                            "bytesresponse": Response(b"\\xff\\x00", mimetype="image/png"),
                        }
                        def init(): pass
                        def run(raw): return RESULTS[raw]
                        """)
                .ready();
        assertThat(replica.score("none").body()).isEqualTo("{}");
        assertThat(replica.score("text").body()).isEqualTo("\"a\"");
        assertThat(replica.score("json").body()).isEqualTo("\"{\\\"a\\\": 1}\"");
        var unserialisable = replica.score("bytes");
        assertThat(unserialisable.statusCode()).isEqualTo(500);
        assertThat(unserialisable.body())
                .isEqualTo(
                        "{\"message\": \"An unexpected internal error occurred. Check the logs for"
                                + " more info.\"}");
        var aml = replica.score("aml");
        assertThat(aml.statusCode()).isEqualTo(418);
        assertThat(aml.body()).isEqualTo("teapot");
        assertThat(aml.headers().allValues("x-two")).containsExactly("a", "b");
        assertThat(aml.headers().allValues("content-type")).containsExactly("text/x");
        var json = replica.score("amljson");
        assertThat(json.statusCode()).isEqualTo(503);
        assertThat(json.body()).isEqualTo("{\"a\": 1}");
        assertThat(json.headers().firstValue("x-ms-run-function-failed")).hasValue("True");
        assertThat(replica.score("amlnone").body()).isEqualTo("{}");
        var flask =
                replica.client.send(
                        replica.to("/score").POST(BodyPublishers.ofString("bytesresponse")).build(),
                        HttpResponse.BodyHandlers.ofByteArray());
        assertThat(flask.body()).containsExactly(0xff, 0);
        assertThat(flask.headers().firstValue("content-type")).hasValue("image/png");
    }

    @Test
    void givesTheQueryOfAGetAsJson() throws Exception {
        replica.script("def init(): pass\ndef run(raw): return raw").ready();
        var answer = replica.send(replica.to("/score?a=1&b=%5B1,2%5D&c=x%20y&d=null&c=2&e=").GET());
        assertThat(answer.body())
                .isEqualTo(
                        "\"{\\\"a\\\": 1, \\\"b\\\": [1, 2], \\\"c\\\": [\\\"x y\\\", 2],"
                                + " \\\"d\\\": null, \\\"e\\\": \\\"\\\"}\"");
    }

    @Test
    void givesHeadersToARunThatAsksForThem() throws Exception {
        replica.script(
                        "def init(): pass\ndef run(data, request_headers): return [data, request_headers['X-My-Own'], request_headers['Content-Length']]")
                .ready();
        var answer =
                replica.send(
                        replica.to("/score")
                                .header("x-my-own", "é")
                                .POST(BodyPublishers.ofString("ü")));
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).startsWith("[\"\\u00fc\", \"").endsWith("\", \"2\"]");
    }

    @Test
    void refusesABodyThatIsNotUtf8() throws Exception {
        replica.script(ECHO).ready();
        var answer =
                replica.send(
                        replica.to("/score")
                                .POST(BodyPublishers.ofByteArray(new byte[] {'a', (byte) 0xff})));
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body())
                .isEqualTo(
                        "{\"message\": \"Input cannot be decoded as UTF-8: 'utf-8' codec can't decode"
                                + " byte 0xff in position 1: invalid start byte\"}");
        assertThat(answer.headers().firstValue("x-ms-run-function-failed")).hasValue("False");
    }

    @Test
    void deploymentVariablesWinAndTheModelIsKnown() throws Exception {
        replica.variables.put("AZUREML_ENTRY_SCRIPT", "mine");
        replica.modelDir = replica.home;
        replica.script(
                        "import os\ndef init(): pass\ndef run(raw): return [os.environ.get(k) for k in"
                                + " ('AZUREML_ENTRY_SCRIPT', 'AZUREML_MODEL_DIR', 'SERVICE_NAME',"
                                + " 'PYTHONDONTWRITEBYTECODE')] + [os.getcwd()]")
                .ready();
        assertThat(replica.score("").body())
                .isEqualTo(
                        "[\"mine\", \""
                                + replica.home
                                + "\", \"credit\", null, \""
                                + replica.app.toRealPath()
                                + "\"]");
    }

    @Test
    void takesWhatAUserPrints() throws Exception {
        replica.script(
                        """
                        import sys, logging, subprocess
                        def init():
                            print("stdout ü")
                            sys.stderr.write("stderr line\\n")
                            logging.warning("a warning")
                            subprocess.run(["echo", "from a child"])
                        def run(raw): print("in run"); return 1
                        """)
                .ready();
        replica.score("x");
        eventually(
                "output",
                () -> {
                    var console = replica.console();
                    return console.contains("stdout ü\n")
                            && console.contains("stderr line\n")
                            && console.contains("a warning")
                            && console.contains("from a child\n")
                            && console.contains("in run\n");
                });
    }
}
