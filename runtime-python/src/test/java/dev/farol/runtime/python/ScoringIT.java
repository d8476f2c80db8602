package dev.farol.runtime.python;

import static org.assertj.core.api.Assertions.assertThat;

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
}
