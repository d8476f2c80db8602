package dev.farol.runtime.face;

import dev.farol.runtime.ConsoleLog;
import dev.farol.runtime.Millis;
import dev.farol.runtime.ModelRuntime;
import dev.farol.runtime.ModelRuntime.Route;
import dev.farol.runtime.ScoreListener;
import dev.farol.runtime.ScoreRequest;
import dev.farol.runtime.ScoreResult;
import dev.farol.runtime.lane.Lane;
import dev.farol.spec.ErrorCode;
import dev.farol.wire.FaceExchange;
import dev.farol.wire.FaceHandler;
import dev.farol.wire.GrpcMessages;
import dev.farol.wire.Headers;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Routes a request, leads it through the lane to the runtime, and dresses the answer. */
public final class ScoreFace implements FaceHandler {
    private static final String REASON = "ms-azureml-model-error-reason";
    private static final String RUN_FAILED = "x-ms-run-function-failed";
    private static final String HTML = "text/html; charset=utf-8";
    private static final String NOT_FOUND =
            "The requested URL was not found on the server. If you entered the URL manually please"
                    + " check your spelling and try again.";
    private static final String NO_CALL =
            "This is a method of gRPC, whose requests have the content type application/grpc and"
                    + " come over HTTP/2.";
    private static final String BAD_METHOD = "The method is not allowed for the requested URL.";
    private static final String NOT_READY = "The model is not ready.";
    private static final String FAULT =
            "The instance failed on this request, by a fault of Farol's own; the deployment's log"
                    + " shows where.";
    private static final Logger LOG = LoggerFactory.getLogger(ScoreFace.class);

    private final ModelRuntime runtime;
    private final Lane lane;
    private final ConsoleLog console;
    private final String server;
    private List<String> corsOrigins = List.of();
    private Cors cors = new Cors(List.of());

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
        switch (decoded(exchange.path())) {
            case "/" -> health(exchange);
            case "/score" -> score(exchange);
            case "/swagger.json" -> swagger(exchange);
            default -> others(exchange);
        }
    }

    private void others(FaceExchange exchange) {
        switch (runtime.route(exchange.method(), exchange.path())) {
            case NONE -> {
                if (call(exchange)) {
                    unrouted(exchange, 415, NO_CALL);
                } else {
                    unrouted(exchange, 404, NOT_FOUND);
                }
            }
            case LANE -> routed(exchange, this::run);
            case AT_ONCE -> routed(exchange, this::ask);
        }
    }

    /** Whether it would be a call of gRPC, were it of the content type of one. */
    private boolean call(FaceExchange exchange) {
        return exchange.method().equals("POST")
                && !GrpcMessages.isGrpc(exchange.header("Content-Type"))
                && runtime.rpc()
                        .filter(rpc -> rpc.route(exchange.path().substring(1)) != Route.NONE)
                        .isPresent();
    }

    private static String decoded(String raw) {
        // One slash too many at the begin is forgiven, as gunicorn does.
        String path = raw.startsWith("//") ? raw.substring(1) : raw;
        if (path.indexOf('%') < 0) {
            return path;
        }
        try {
            return URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException notEncoded) {
            return path;
        }
    }

    /** What no route takes is answered without the dress of an answer. */
    private static void unrouted(FaceExchange exchange, int status, String message) {
        var result = ScoreResult.message(status, false, message);
        exchange.respond(status, result.headers(), result.body());
    }

    private void health(FaceExchange exchange) {
        switch (exchange.method()) {
            case "GET", "HEAD" -> routed(exchange, visit -> visit.answer(health()));
            case "OPTIONS" -> routed(exchange, visit -> visit.answer(options()));
            default -> unrouted(exchange, 405, BAD_METHOD);
        }
    }

    private ScoreResult health() {
        boolean ready = runtime.ready();
        byte[] text = (ready ? "Healthy" : "Not ready").getBytes(StandardCharsets.US_ASCII);
        return new ScoreResult(
                ready ? 200 : 503, Headers.of("Content-Type", HTML), ByteBuffer.wrap(text));
    }

    private static ScoreResult options() {
        return new ScoreResult(
                200,
                Headers.of("Content-Type", HTML, "Allow", "GET, HEAD, OPTIONS"),
                ByteBuffer.allocate(0));
    }

    private void swagger(FaceExchange exchange) {
        switch (exchange.method()) {
            case "GET", "HEAD" ->
                    routed(
                            exchange,
                            visit -> {
                                visit.logged = true;
                                visit.answer(
                                        runtime.ready()
                                                ? Swagger.answer(runtime.facts(), exchange.query())
                                                : ScoreResult.message(503, false, NOT_READY));
                            });
            case "OPTIONS" -> routed(exchange, visit -> visit.answer(options()));
            default -> unrouted(exchange, 405, BAD_METHOD);
        }
    }

    private void score(FaceExchange exchange) {
        switch (exchange.method()) {
            case "GET", "POST" -> routed(exchange, this::run);
            case "OPTIONS", "HEAD" -> routed(exchange, this::runOrOptions);
            default -> unrouted(exchange, 405, BAD_METHOD);
        }
    }

    private void runOrOptions(Visit visit) {
        if (runtime.facts().everyMethod()) {
            run(visit);
            return;
        }
        visit.logged = true;
        visit.answer(
                visit.exchange.method().equals("OPTIONS")
                        ? new ScoreResult(
                                200,
                                Headers.of("Content-Type", HTML, RUN_FAILED, "False"),
                                ByteBuffer.allocate(0))
                        : ScoreResult.message(405, false, "Method not allowed"));
    }

    private void run(Visit visit) {
        visit.logged = true;
        visit.exchange.onGone(visit::gone);
        lane.enter(visit);
    }

    private void ask(Visit visit) {
        visit.logged = true;
        visit.exchange.onGone(visit::gone);
        visit.granted();
    }

    /** Refuses ids that are too long before anything else is looked at. */
    private void routed(FaceExchange exchange, Consumer<Visit> route) {
        var visit = new Visit(exchange, RequestIds.of(exchange));
        if (visit.ids.refusal() != null) {
            visit.answer(ScoreResult.message(431, false, visit.ids.refusal()));
        } else {
            route.accept(visit);
        }
    }

    private Cors cors() {
        List<String> origins = runtime.facts().origins();
        if (!origins.equals(corsOrigins)) {
            corsOrigins = origins;
            cors = new Cors(origins);
        }
        return cors;
    }

    /** A request from its arrival to its answer. */
    private final class Visit extends Lane.Ride implements ScoreListener, ScoreRequest.Head {
        private final FaceExchange exchange;
        private final RequestIds ids;
        private final long begin = System.nanoTime();
        private boolean logged;
        private ModelRuntime.@Nullable Scoring scoring;

        /** The status of a stream that has begun; 0 before. */
        private int streaming;

        /** Bytes of the stream that the client did not take yet. */
        private int untaken;

        Visit(FaceExchange exchange, RequestIds ids) {
            this.exchange = exchange;
            this.ids = ids;
        }

        @Override
        protected void granted() {
            String query = exchange.query();
            String id = ids.request();
            var request =
                    new ScoreRequest(
                            exchange.method(),
                            exchange.path(),
                            query == null ? "" : query,
                            id == null ? "" : id,
                            exchange.header("Content-Type"),
                            this,
                            exchange.body());
            try {
                scoring = runtime.score(request, this);
            } catch (RuntimeException fault) {
                LOG.error("{} {} failed", exchange.method(), exchange.path(), fault);
                broken();
            }
        }

        /**
         * A fault of ours: the place is free again at once, not when the request's time is over.
         */
        private void broken() {
            if (streaming != 0) {
                exchange.abort();
            } else if (!exchange.ended()) {
                answer(ScoreResult.problem(ErrorCode.INTERNAL, FAULT));
            }
            lane.leave(this);
        }

        @Override
        public Headers copy() {
            return exchange.headers();
        }

        @Override
        public @Nullable String joined(String name) {
            return exchange.joined(name);
        }

        @Override
        public void answered(ScoreResult result) {
            answer(result);
            lane.leave(this);
        }

        @Override
        public void begins(ScoreResult head) {
            streaming = head.status();
            dress(head.headers());
            if (exchange.method().equals("HEAD")) {
                exchange.respond(head.status(), head.headers(), head.body());
                cancel();
            } else {
                exchange.begin(head.status(), head.headers());
            }
        }

        @Override
        public void part(ByteBuffer bytes) {
            int size = bytes.remaining();
            if (exchange.ended()) {
                return;
            }
            exchange.write(bytes);
            if (exchange.writable()) {
                taken(size);
            } else {
                untaken += size;
                exchange.onWritable(
                        () -> {
                            int late = untaken;
                            untaken = 0;
                            taken(late);
                        });
            }
        }

        private void taken(int bytes) {
            if (scoring != null && bytes > 0) {
                scoring.taken(bytes);
            }
        }

        @Override
        public void ended(boolean whole) {
            if (whole) {
                exchange.end();
            } else {
                exchange.abort();
            }
            log(streaming, "N/A");
            lane.leave(this);
        }

        @Override
        protected void shed() {
            var result =
                    ScoreResult.problem(
                            ErrorCode.TOO_MANY_REQUESTS,
                            "No place on the instance became free within max_queue_wait_ms, or as"
                                    + " many requests as may wait were waiting. Raise"
                                    + " request_settings.max_concurrent_requests_per_instance,"
                                    + " max_queue_wait_ms or instance_count, or send fewer at"
                                    + " once.");
            result.headers().add(REASON, "too_many_pending_request").add("Retry-After", "1");
            answer(result);
        }

        @Override
        protected void timedOut() {
            if (streaming == 0) {
                var result =
                        ScoreResult.problem(
                                ErrorCode.REQUEST_TIMEOUT,
                                "upstream request timeout. The model took longer than"
                                        + " request_timeout_ms: raise"
                                        + " request_settings.request_timeout_ms, or let the model"
                                        + " answer sooner.");
                result.headers().add(REASON, "request_timeout");
                answer(result);
            } else {
                exchange.abort();
                log(streaming, "N/A");
            }
            if (scoring != null) {
                scoring.expire();
            }
        }

        /** While it waits it needs no place any more; while it runs it keeps the one it has. */
        void gone() {
            if (scoring == null) {
                lane.leave(this);
            } else {
                cancel();
            }
        }

        private void cancel() {
            if (scoring != null) {
                scoring.cancel();
            }
        }

        void answer(ScoreResult result) {
            dress(result.headers());
            exchange.respond(result.status(), result.headers(), result.body());
            log(result.status(), Integer.toString(result.body().remaining()));
        }

        private void dress(Headers headers) {
            if (runtime.facts().tellsVersion()) {
                headers.add("x-ms-server-version", server);
            }
            ids.addTo(headers);
            cors().addTo(headers, exchange);
        }

        private void log(int status, String length) {
            if (!logged) {
                return;
            }
            long micros = (System.nanoTime() - begin) / 1000;
            String query = exchange.query();
            console.accessLine(
                    exchange.method()
                            + ' '
                            + exchange.path()
                            + (query == null || query.isEmpty() ? "" : "?" + query)
                            + ' '
                            + status
                            + ' '
                            + Millis.of(micros)
                            + "ms "
                            + length);
        }
    }
}
