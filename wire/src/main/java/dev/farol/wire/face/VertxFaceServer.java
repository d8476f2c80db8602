package dev.farol.wire.face;

import dev.farol.spec.ErrorCode;
import dev.farol.spec.Problem;
import dev.farol.wire.EventLoop;
import dev.farol.wire.FaceHandler;
import dev.farol.wire.FaceServer;
import dev.farol.wire.FaceSettings;
import dev.farol.wire.GrpcHandler;
import dev.farol.wire.GrpcMessages;
import dev.farol.wire.Headers;
import dev.farol.wire.Listen;
import dev.farol.wire.ProblemJson;
import dev.farol.wire.ProxyAnswer;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Plain HTTP/1.1 with whole bodies, and calls of gRPC beside it where somebody takes them. All
 * state belongs to the loop's thread.
 */
final class VertxFaceServer implements FaceServer {
    private static final Logger LOG = LoggerFactory.getLogger(VertxFaceServer.class);

    /** How long a drained server is quiet before it believes that no request is on its way. */
    private static final Duration QUIET = Duration.ofMillis(100);

    /** How long at most requests are still taken while it drains. */
    private static final Duration LINGER = Duration.ofSeconds(1);

    private static final DateTimeFormatter DATE =
            DateTimeFormatter.ofPattern("EEE, dd MMM uuuu HH:mm:ss 'GMT'", Locale.ENGLISH)
                    .withZone(ZoneOffset.UTC);

    /** Names the limit that a refused request ran into. */
    private static final String LIMIT = "x-farol-limit";

    /** What a client may send ahead, in bytes: of a request, and of all on a connection. */
    private static final int STREAM_WINDOW = 1024 * 1024;

    private static final int CONNECTION_WINDOW = 16 * 1024 * 1024;
    private static final int MAX_STREAMS = 1024;

    /** Of a body, in bytes: as much as is read at once, so that large ones come in few pieces. */
    private static final int MAX_PIECE = 64 * 1024;

    private static final ByteBuffer EMPTY = ByteBuffer.allocate(0);

    private final EventLoop loop;
    private final HttpServer server;
    private final FaceSettings settings;
    private final FaceHandler handler;
    private final @Nullable GrpcHandler calls;
    private int running;
    private long accepted;
    private volatile @Nullable CompletableFuture<Void> drained;
    private String date = "";
    private long dateSecond;

    private VertxFaceServer(
            EventLoop loop,
            HttpServer server,
            FaceSettings settings,
            FaceHandler handler,
            @Nullable GrpcHandler calls) {
        this.loop = loop;
        this.server = server;
        this.settings = settings;
        this.handler = handler;
        this.calls = calls;
    }

    static Future<FaceServer> start(
            Vertx vertx,
            EventLoop loop,
            Listen listen,
            FaceSettings settings,
            FaceHandler handler,
            @Nullable GrpcHandler calls) {
        var options =
                new HttpServerOptions()
                        .setHost(listen.host())
                        .setPort(listen.port())
                        .setTcpNoDelay(true)
                        .setHttp2ClearTextEnabled(calls != null)
                        .setMaxHeaderSize(settings.maxHeaders())
                        .setMaxInitialLineLength(settings.maxHeaders())
                        .setMaxChunkSize(MAX_PIECE)
                        .setHandle100ContinueAutomatically(true)
                        .setStrictThreadMode(true)
                        .setAcceptBacklog(1024);
        if (calls != null) {
            options.setHttp2ConnectionWindowSize(CONNECTION_WINDOW)
                    .setInitialSettings(
                            new Http2Settings()
                                    .setInitialWindowSize(STREAM_WINDOW)
                                    .setMaxConcurrentStreams(MAX_STREAMS)
                                    .setMaxHeaderListSize(settings.maxHeaders()));
        }
        var face =
                new VertxFaceServer(
                        loop, vertx.createHttpServer(options), settings, handler, calls);
        face.server.requestHandler(face::accept);
        return face.server.listen().map(listening -> face);
    }

    private void accept(HttpServerRequest request) {
        accepted++;
        running++;
        if (calls != null
                && request.version() == HttpVersion.HTTP_2
                && GrpcMessages.isGrpc(request.getHeader("content-type"))) {
            new VertxGrpcCall(this, request, settings.maxBody()).start(calls);
            return;
        }
        var exchange = new VertxExchange(this, request);
        String length = request.getHeader("content-length");
        if (length != null && length.length() < 19 && Long.parseLong(length) > settings.maxBody()) {
            refuse(exchange);
            return;
        }
        var body = new BodyBuffer(length == null ? -1 : Integer.parseInt(length));
        request.handler(
                chunk -> {
                    if (exchange.ended()) {
                        return;
                    }
                    if (body.size() + (long) chunk.length() > settings.maxBody()) {
                        refuse(exchange);
                    } else {
                        body.append(chunk);
                    }
                });
        request.endHandler(
                ignored -> {
                    if (!exchange.ended()) {
                        exchange.complete(body.take());
                        call(exchange);
                    }
                });
    }

    /** Now, as the Date header tells it; made once a second. */
    String date() {
        long second = System.currentTimeMillis() / 1000;
        if (second != dateSecond) {
            dateSecond = second;
            date = DATE.format(Instant.ofEpochSecond(second));
        }
        return date;
    }

    private void call(VertxExchange exchange) {
        try {
            handler.handle(exchange);
        } catch (RuntimeException fault) {
            LOG.error("The handler of {} {} failed", exchange.method(), exchange.path(), fault);
            exchange.respond(500, new Headers(), EMPTY);
        }
    }

    private void refuse(VertxExchange exchange) {
        exchange.closeAfterwards();
        ProxyAnswer answer =
                ProblemJson.answer(
                        Problem.of(
                                ErrorCode.PAYLOAD_TOO_LARGE,
                                "The body is longer than the limit max_body_bytes, "
                                        + settings.maxBody()
                                        + ", which is the server's own: a scoring script gets a"
                                        + " body as a whole. Send less at once."));
        Headers headers = answer.headers();
        headers.set(LIMIT, "max_body_bytes=" + settings.maxBody() + "; set-by=\"the server\"");
        exchange.respond(413, headers, ByteBuffer.wrap(answer.body()));
    }

    /** An exchange got its answer, or lost its client. */
    void ended() {
        running--;
    }

    boolean draining() {
        return drained != null;
    }

    @Override
    public int port() {
        return server.actualPort();
    }

    @Override
    public CompletableFuture<Void> drain(Duration limit) {
        var done = new CompletableFuture<Void>();
        loop.execute(
                () -> {
                    var earlier = drained;
                    if (earlier != null) {
                        var _ = earlier.thenAccept(done::complete);
                        return;
                    }
                    drained = done;
                    long now = System.nanoTime();
                    waitForQuiet(
                            accepted,
                            now + Math.min(LINGER.toNanos(), limit.toNanos()),
                            now + limit.toNanos());
                });
        return done;
    }

    /** A request may be on its way over an idle connection: closing it then would lose it. */
    private void waitForQuiet(long seen, long lingerEnd, long end) {
        loop.after(
                QUIET,
                () -> {
                    boolean quiet = running == 0 && accepted == seen;
                    if (quiet || System.nanoTime() - lingerEnd >= 0) {
                        shutDown(end);
                    } else {
                        waitForQuiet(accepted, lingerEnd, end);
                    }
                });
    }

    /** Vert.x closes idle connections now, the others after their answer or at the end. */
    private void shutDown(long end) {
        long left = Math.max(1, TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime()));
        var done = Objects.requireNonNull(drained, "a drain began");
        server.shutdown(left, TimeUnit.MILLISECONDS).onComplete(ignored -> done.complete(null));
    }

    @Override
    public void close() {
        server.close().onFailure(failure -> LOG.debug("The server did not close", failure));
    }
}
