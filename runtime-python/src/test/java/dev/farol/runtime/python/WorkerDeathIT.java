package dev.farol.runtime.python;

import static dev.farol.kit.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.spec.RequestSettings;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a request notices when its worker dies or hangs, and how the workers recover. */
class WorkerDeathIT {
    private static final String MOODY =
            """
            import os, time, json, signal
            def init(): pass
            def run(raw):
                if raw == "die": os._exit(9)
                if raw == "crash": os.kill(os.getpid(), signal.SIGSEGV)
                if raw == "exit": raise SystemExit(4)
                if raw == "raise": raise ValueError("not this")
                if raw.startswith("sleep"):
                    time.sleep(float(raw[5:]))
                return {"pid": os.getpid()}
            """;

    private ReplicaFixture replica;

    @BeforeEach
    void make() throws Exception {
        replica = new ReplicaFixture().script(MOODY);
    }

    @AfterEach
    void end() throws Exception {
        replica.close();
    }

    @Test
    void failsExactlyTheRequestThatTheWorkerRan() throws Exception {
        replica.ready();
        // Quick runs, so that several requests are with the worker when it dies.
        for (int i = 0; i < 50; i++) {
            replica.score("warm");
        }
        for (String how : List.of("die", "crash", "exit")) {
            var before = new ArrayList<CompletableFuture<HttpResponse<String>>>();
            before.add(replica.scoreAsync("sleep0.2"));
            var fatal = replica.scoreAsync(how);
            var others = new ArrayList<CompletableFuture<HttpResponse<String>>>();
            for (int i = 0; i < 10; i++) {
                others.add(replica.scoreAsync("fine"));
            }
            others.addAll(before);
            assertThat(fatal.join().statusCode()).isEqualTo(502);
            assertThat(fatal.join().headers().firstValue("ms-azureml-model-error-reason"))
                    .hasValue("worker_lost");
            assertThat(fatal.join().body()).contains("\"message\"");
            assertThat(others)
                    .allSatisfy(other -> assertThat(other.join().statusCode()).isEqualTo(200));
        }
        eventually("three ends", () -> replica.pids("exited").size() == 3);
        assertThat(replica.named("worker").stream().map(e -> e.path("exitCode").toString()))
                .contains("9", "139", "4");
        eventually("three healed", () -> replica.pids("ready").size() == 4);
    }

    @Test
    void losesNoRequestWhenAnIdleWorkerIsKilled() throws Exception {
        replica.ready();
        for (int round = 0; round < 5; round++) {
            long pid = replica.pids("ready").getLast();
            int ready = replica.pids("ready").size();
            ProcessHandle.of(pid).orElseThrow().destroyForcibly();
            assertThat(replica.score("fine").statusCode()).isEqualTo(200);
            eventually("healed", () -> replica.pids("ready").size() > ready);
        }
    }

    @Test
    void othersServeWhileOneIsReplaced() throws Exception {
        replica.workers = 2;
        replica.ready();
        assertThat(replica.pids("ready")).hasSize(2);
        var dying = replica.scoreAsync("die");
        for (int i = 0; i < 20; i++) {
            assertThat(replica.score("fine").statusCode()).isEqualTo(200);
        }
        assertThat(dying.join().statusCode()).isEqualTo(502);
    }

    @Test
    void answersExceptionsAndLogsThem() throws Exception {
        replica.ready();
        var answer = replica.score("raise");
        assertThat(answer.statusCode()).isEqualTo(500);
        assertThat(answer.body())
                .contains(
                        "An unexpected error occurred in scoring script. Check the logs for more info.");
        assertThat(answer.headers().firstValue("x-ms-run-function-failed")).hasValue("True");
        assertThat(answer.headers().firstValue("x-ms-run-fn-exec-ms")).isEmpty();
        eventually("traceback", () -> replica.console().contains("ValueError: not this"));
    }

    @Test
    void endsTheWaitForASlowRunAndReplacesAWorkerThatHangs() throws Exception {
        replica.settings = new RequestSettings(4, Duration.ofSeconds(5), Duration.ofMillis(300));
        replica.config =
                new PythonConfig(
                        4,
                        Duration.ofMillis(300),
                        Duration.ofMillis(100),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(20),
                        1 << 20);
        replica.ready();
        long first = replica.pids("ready").getFirst();
        var slow = replica.score("sleep0.5");
        assertThat(slow.statusCode()).isEqualTo(408);
        assertThat(slow.body()).contains("upstream request timeout", "request_timeout_ms");
        eventually("free again", () -> replica.score("fine").statusCode() == 200);
        assertThat(replica.pids("ready")).containsExactly(first);
        assertThat(replica.score("sleep3600").statusCode()).isEqualTo(408);
        eventually("replaced", () -> replica.pids("ready").size() == 2);
        assertThat(replica.score("fine").statusCode()).isEqualTo(200);
        assertThat(replica.pids("exited")).containsExactly(first);
    }

    @Test
    void shedsWhatComesBeyondTwiceTheConcurrency() throws Exception {
        replica.settings = new RequestSettings(1, Duration.ofSeconds(5), Duration.ofSeconds(10));
        replica.ready();
        var answers = new ArrayList<CompletableFuture<HttpResponse<String>>>();
        for (int i = 0; i < 5; i++) {
            answers.add(replica.scoreAsync("sleep0.5"));
        }
        var statuses = answers.stream().map(a -> a.join().statusCode()).sorted().toList();
        assertThat(statuses).containsExactly(200, 200, 429, 429, 429);
        var shed =
                answers.stream()
                        .map(CompletableFuture::join)
                        .filter(a -> a.statusCode() == 429)
                        .findAny()
                        .orElseThrow();
        assertThat(shed.body()).contains("TooManyPendingRequests", "max_queue_wait_ms");
        assertThat(shed.headers().firstValue("ms-azureml-model-error-reason"))
                .hasValue("too_many_pending_request");
    }

    @Test
    void triesAgainUntilAWorkerStarts() throws Exception {
        Files.writeString(replica.app.resolve("ok"), "");
        replica.script(
                """
                import os
                def init(): open(os.path.join(os.environ["AML_APP_ROOT"], "ok")).close()
                def run(raw): os._exit(1)
                """);
        replica.ready();
        Files.delete(replica.app.resolve("ok"));
        assertThat(replica.score("x").statusCode()).isEqualTo(502);
        eventually("failed heals", () -> replica.pids("exited").size() >= 3);
        assertThat(replica.send(replica.to("/")).statusCode()).isEqualTo(503);
        Files.writeString(replica.app.resolve("ok"), "");
        eventually("healed", () -> replica.send(replica.to("/")).statusCode() == 200);
        assertThat(replica.named("failed")).isEmpty();
    }

    @Test
    void drainsWithoutLosingWhatRuns() throws Exception {
        replica.ready();
        var running = replica.scoreAsync("sleep0.5");
        eventually("runs", () -> !replica.pids("ready").isEmpty());
        var ended = replica.replica().drain();
        var answer = running.join();
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(ended.join()).isZero();
        long pid = replica.pids("ready").getFirst();
        assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
    }
}
