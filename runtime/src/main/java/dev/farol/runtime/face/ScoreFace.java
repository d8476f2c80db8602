package dev.farol.runtime.face;

import dev.farol.runtime.ConsoleLog;
import dev.farol.runtime.Millis;
import dev.farol.runtime.ModelRuntime;
import dev.farol.runtime.ScoreRequest;
import dev.farol.runtime.ScoreResult;
import dev.farol.runtime.lane.Lane;
import dev.farol.wire.FaceExchange;
import dev.farol.wire.FaceHandler;
import dev.farol.wire.Headers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Routes a request, leads it through the lane to the runtime, and dresses the answer. */
public final class ScoreFace implements FaceHandler {
    private static final String REASON = "ms-azureml-model-error-reason";
    private static final String RUN_FAILED = "x-ms-run-function-failed";
    private static final String HTML = "text/html; charset=utf-8";
    private static final String NOT_FOUND =
            "The requested URL was not found on the server. If you entered the URL manually please"
                    + " check your spelling and try again.";
    private static final String NO_SWAGGER =
            "This version of Farol does not generate swagger.json yet.";

    private final ModelRuntime runtime;
    private final Lane lane;
    private final ConsoleLog console;
    private final String server;

    /**
     * @param version for {@code x-ms-server-version}
     */
    public ScoreFace(ModelRuntime runtime, Lane lane, ConsoleLog console, String version) {
        this.runtime = runtime;
        this.lane = lane;
        this.console = console;
        this.server = "farol/" + version;
    }

    @Override
    public void handle(FaceExchange exchange) {
        var visit = new Visit(exchange, RequestIds.of(exchange));
        if (visit.ids.refusal() != null) {
            visit.answer(ScoreResult.message(431, false, visit.ids.refusal()));
            return;
        }
        switch (exchange.path()) {
            case "/" -> visit.answer(health(exchange.method()));
            case "/score" -> score(visit);
            case "/swagger.json" -> visit.answer(ScoreResult.message(404, false, NO_SWAGGER));
            default -> visit.answer(ScoreResult.message(404, false, NOT_FOUND));
        }
    }

    private ScoreResult health(String method) {
        if (!method.equals("GET") && !method.equals("HEAD")) {
            return ScoreResult.message(405, false, "Method not allowed");
        }
        boolean ready = runtime.ready();
        byte[] text = (ready ? "Healthy" : "Not ready").getBytes(StandardCharsets.US_ASCII);
        return new ScoreResult(
                ready ? 200 : 503, Headers.of("Content-Type", HTML), ByteBuffer.wrap(text));
    }

    private void score(Visit visit) {
        switch (visit.exchange.method()) {
            case "GET", "POST" -> {
                visit.exchange.onGone(() -> visit.gone());
                lane.enter(visit);
            }
            case "OPTIONS" ->
                    visit.answer(
                            new ScoreResult(
                                    200,
                                    Headers.of("Content-Type", HTML, RUN_FAILED, "False"),
                                    ByteBuffer.allocate(0)));
            default -> visit.answer(ScoreResult.message(405, false, "Method not allowed"));
        }
    }

    /** A request from its arrival to its answer. */
    private final class Visit extends Lane.Ride {
        private final FaceExchange exchange;
        private final RequestIds ids;
        private final long begin = System.nanoTime();
        private ModelRuntime.@Nullable Scoring scoring;

        Visit(FaceExchange exchange, RequestIds ids) {
            this.exchange = exchange;
            this.ids = ids;
        }

        @Override
        protected void granted() {
            String query = exchange.query();
            var request =
                    new ScoreRequest(
                            exchange.method().equals("GET"),
                            query == null ? "" : query,
                            exchange::headers,
                            exchange.body());
            scoring =
                    runtime.score(
                            request,
                            result -> {
                                answer(result);
                                lane.leave(this);
                            });
        }

        @Override
        protected void shed() {
            var result = ScoreResult.text(429, "");
            result.headers().add(REASON, "too_many_pending_request").add("Retry-After", "1");
            answer(result);
        }

        @Override
        protected void timedOut() {
            var result = ScoreResult.text(408, "upstream request timeout");
            result.headers().add(REASON, "request_timeout");
            answer(result);
            if (scoring != null) {
                scoring.expire();
            }
        }

        /** While it waits it needs no place any more; while it runs it keeps the one it has. */
        void gone() {
            if (scoring == null) {
                lane.leave(this);
            }
        }

        void answer(ScoreResult result) {
            Headers headers = result.headers();
            ids.addTo(headers);
            headers.add("x-ms-server-version", server);
            exchange.respond(result.status(), headers, result.body());
            if (exchange.path().equals("/score")) {
                log(result);
            }
        }

        private void log(ScoreResult result) {
            long micros = (System.nanoTime() - begin) / 1000;
            String query = exchange.query();
            console.accessLine(
                    exchange.method()
                            + (query == null ? " /score " : " /score?" + query + " ")
                            + result.status()
                            + ' '
                            + Millis.of(micros)
                            + "ms "
                            + result.body().remaining());
        }
    }
}
