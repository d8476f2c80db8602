package dev.farol.runtime.python;

import static dev.farol.kit.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.kit.Json;
import dev.farol.runtime.ConsoleLog;
import dev.farol.runtime.ModelRuntime;
import dev.farol.runtime.RuntimeEvents;
import dev.farol.runtime.ScoreListener;
import dev.farol.runtime.ScoreRequest;
import dev.farol.runtime.ScoreRequest.Head;
import dev.farol.runtime.ScoreResult;
import dev.farol.runtime.StartFailure;
import dev.farol.spec.Phase;
import dev.farol.spec.RequestSettings;
import dev.farol.wire.EventLoop;
import dev.farol.wire.Headers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Scripts that take several requests at once. */
class BatchesIT {
    /** The first request of a round is held until the gate is there, so that others wait. */
    private static final String SCRIPT =
            """
            import os, time
            def init(): pass
            def run(raw): return "run() is not called"
            def run_batch(texts):
                if "hold" in texts:
                    print("holding", flush=True)
                    while not os.path.exists("gate"): time.sleep(0.005)
                    os.remove("gate")
                if "die" in texts: os._exit(9)
                if "bad" in texts: raise ValueError("one of them is bad")
                if "short" in texts: return []
                return [KeyError(text) if text == "own" else {"text": text, "batch": len(texts)}
                        for text in texts]
            """;

    private ReplicaFixture replica;

    @BeforeEach
    void make() throws Exception {
        replica = new ReplicaFixture().script(SCRIPT);
        replica.settings = new RequestSettings(64, Duration.ofSeconds(10), Duration.ofSeconds(20));
        replica.variables.put("FAROL_MAX_BATCH", "4");
    }

    @AfterEach
    void end() throws Exception {
        replica.close();
    }

    @Test
    void takesWhatWaitsUpToTheMost() throws Exception {
        var held = behindAHeldOne("a", "b", "c", "d", "e", "f");

        assertThat(held.stream().map(BatchesIT::batch)).containsExactly(4, 4, 4, 4, 2, 2);
        assertThat(held.stream().map(answer -> json(answer).path("text").asString()))
                .containsExactly("a", "b", "c", "d", "e", "f");
    }

    @Test
    void oneBadRequestFailsAlone() throws Exception {
        var held = behindAHeldOne("a", "bad", "c");

        assertThat(held.stream().map(ScoreResult::status)).containsExactly(200, 500, 200);
        assertThat(held.get(1).headers().first("x-ms-run-function-failed")).hasValue("True");
        assertThat(batch(held.getFirst())).isEqualTo(1);
        assertThat(replica.console())
                .contains("run_batch() raised ValueError: one of them is bad for 3 requests");
    }

    @Test
    void anExceptionInTheListIsOfItsRequest() throws Exception {
        var held = behindAHeldOne("a", "own", "c");

        assertThat(held.stream().map(ScoreResult::status)).containsExactly(200, 500, 200);
        assertThat(batch(held.getFirst())).isEqualTo(3);
    }

    @Test
    void aTextThatIsNoUtf8IsRefusedAlone() throws Exception {
        var held = behindAHeldOne("a", "\u0080", "c");

        assertThat(held.stream().map(ScoreResult::status)).containsExactly(200, 400, 200);
        assertThat(batch(held.getFirst())).isEqualTo(2);
    }

    /** All of the batch had begun; what waited behind it goes to the next worker. */
    @Test
    void aDeathCostsTheBatchAndNoMore() throws Exception {
        var held = behindAHeldOne("a", "b", "c", "die", "e", "f");

        assertThat(held.stream().map(ScoreResult::status))
                .containsExactly(502, 502, 502, 502, 200, 200);
    }

    @Test
    void aListThatDoesNotFitIsAFault() throws Exception {
        replica.ready();

        assertThat(replica.score("short").statusCode()).isEqualTo(500);
        assertThat(replica.console())
                .contains("run_batch() returned list of 0 (expected: a list of 1");
    }

    @Test
    void waitsForOthersAsLongAsItIsTold() throws Exception {
        replica.variables.putAll(Map.of("FAROL_MAX_BATCH", "3", "FAROL_MAX_DELAY_MS", "5000"));
        replica.ready();

        var answers =
                List.of(replica.scoreAsync("a"), replica.scoreAsync("b"), replica.scoreAsync("c"));

        assertThat(answers)
                .allSatisfy(each -> assertThat(each.join().body()).contains("batch\": 3"));
    }

    @Test
    void withoutTheSettingRunIsCalled() throws Exception {
        replica.variables.clear();
        replica.ready();

        assertThat(replica.score("a").body()).isEqualTo("\"run() is not called\"");
    }

    @Test
    void tellsOfBatchesThatCannotFill() throws Exception {
        replica.settings = new RequestSettings(1, Duration.ofSeconds(10), Duration.ofSeconds(20));
        replica.ready();

        assertThat(replica.console())
                .contains("FAROL_MAX_BATCH is 4, and at most 1 request is on the instance at once");
    }

    @Test
    void refusesASettingWithoutTheFunction() throws Exception {
        replica.script("def init(): pass\ndef run(raw): return 1");

        assertThat(replica.failure().path("message").asString())
                .isEqualTo("FAROL_MAX_BATCH is 4, and score.py has no run_batch() function.");
    }

    @Test
    void refusesARunThatTakesMoreThanAText() throws Exception {
        replica.script(
                "def init(): pass\ndef run(raw, request_headers): pass\ndef run_batch(x): pass");

        assertThat(replica.failure().path("message").asString())
                .contains("run() takes more than the text of a request");
    }

    @Test
    void refusesABatchOfNone() throws Exception {
        replica.variables.put("FAROL_MAX_BATCH", "0");

        assertThat(replica.failure().path("message").asString())
                .isEqualTo("FAROL_MAX_BATCH: 0 (expected: 1 or more)");
    }

    /**
     * The answers to these, all of which were with the worker while it was busy with another: given
     * to the runtime itself, in this order, which over HTTP nobody could tell.
     */
    private List<ScoreResult> behindAHeldOne(String... texts) throws Exception {
        try (var loop = EventLoop.start();
                var console = new ConsoleLog(replica.home.resolve("logs"), 1 << 20, 2)) {
            ModelRuntime runtime = replica.factory().create(replica.spec(), loop, console);
            var start = new Start();
            runtime.start(start);
            start.ready.get(30, TimeUnit.SECONDS);
            var held = score(runtime, loop, "hold");
            eventually("held", () -> replica.console().contains("holding"));
            var answers = new ArrayList<CompletableFuture<ScoreResult>>();
            for (String text : texts) {
                answers.add(score(runtime, loop, text));
            }
            var given = new CompletableFuture<Void>();
            loop.after(Duration.ofMillis(1), () -> given.complete(null));
            given.join();
            Files.createFile(replica.app.resolve("gate"));
            assertThat(held.get(30, TimeUnit.SECONDS).status()).isEqualTo(200);
            List<ScoreResult> results = answers.stream().map(CompletableFuture::join).toList();
            runtime.close(Duration.ZERO).join();
            return results;
        }
    }

    private static CompletableFuture<ScoreResult> score(
            ModelRuntime runtime, EventLoop loop, String text) {
        var done = new CompletableFuture<ScoreResult>();
        // Latin-1, so that a test can send what is no UTF-8.
        var body = ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
        var request =
                new ScoreRequest(
                        "POST", "/score", "", "", "application/json", Head.of(new Headers()), body);
        loop.execute(() -> runtime.score(request, new Answer(done)));
        return done;
    }

    private record Answer(CompletableFuture<ScoreResult> done) implements ScoreListener {
        @Override
        public void answered(ScoreResult result) {
            done.complete(result);
        }

        @Override
        public void begins(ScoreResult head) {
            done.completeExceptionally(new AssertionError("a stream"));
        }

        @Override
        public void part(ByteBuffer bytes) {}

        @Override
        public void ended(boolean whole) {}
    }

    private static final class Start implements RuntimeEvents {
        final CompletableFuture<Void> ready = new CompletableFuture<>();

        @Override
        public void phase(Phase phase) {}

        @Override
        public void workerStarted(long pid) {}

        @Override
        public void workerReady(long pid) {}

        @Override
        public void workerExited(long pid, @Nullable Integer exitCode) {}

        @Override
        public void ready() {
            ready.complete(null);
        }

        @Override
        public void failed(StartFailure failure) {
            ready.completeExceptionally(new AssertionError(failure.toString()));
        }
    }

    private static int batch(ScoreResult answer) {
        return json(answer).path("batch").asInt();
    }

    private static JsonNode json(ScoreResult answer) {
        return Json.STRICT.readTree(
                StandardCharsets.UTF_8.decode(answer.body().duplicate()).toString());
    }
}
