package dev.farol.wire.api;

import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import dev.farol.spec.Problem;
import dev.farol.wire.ApiHandler;
import dev.farol.wire.ApiRequest;
import dev.farol.wire.ApiResponse;
import dev.farol.wire.ApiServer;
import dev.farol.wire.ApiServerConfig;
import dev.farol.wire.Headers;
import dev.farol.wire.Listen;
import dev.farol.wire.ProblemJson;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import io.vertx.core.net.PemKeyCertOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@link ApiServer} on Vert.x and virtual threads. */
public final class VertxApiServer implements ApiServer {
    private static final Logger log = LoggerFactory.getLogger(VertxApiServer.class);

    private final Vertx vertx;
    private final HttpServer server;
    private final ApiHandler handler;
    private final int maxConcurrent;
    private final Semaphore permits;
    private final ThreadFactory threads = Thread.ofVirtual().name("farol-api-", 0).factory();

    private VertxApiServer(Vertx vertx, HttpServer server, ApiHandler handler, int maxConcurrent) {
        this.vertx = vertx;
        this.server = server;
        this.handler = handler;
        this.maxConcurrent = maxConcurrent;
        this.permits = new Semaphore(maxConcurrent);
    }

    /** See {@link ApiServer#start(Listen, ApiHandler, ApiServerConfig)}. */
    public static VertxApiServer start(Listen listen, ApiHandler handler, ApiServerConfig config) {
        Vertx vertx = vertx(config);
        HttpServer http = vertx.createHttpServer(options(listen, config));
        var server = new VertxApiServer(vertx, http, handler, config.maxConcurrent());
        http.requestHandler(server::accept);
        http.invalidRequestHandler(HttpServerRequest.DEFAULT_INVALID_REQUEST_HANDLER);
        try {
            http.listen(listen.port(), listen.host())
                    .toCompletionStage()
                    .toCompletableFuture()
                    .join();
        } catch (CompletionException failed) {
            server.close();
            throw new FarolException(
                    Problem.of(
                            ErrorCode.UNAVAILABLE,
                            "Cannot listen on %s:%d: %s"
                                    .formatted(listen.host(), listen.port(), reason(failed))),
                    failed);
        }
        return server;
    }

    private static String reason(CompletionException failed) {
        Throwable cause = failed.getCause();
        return String.valueOf((cause == null ? failed : cause).getMessage());
    }

    private static Vertx vertx(ApiServerConfig config) {
        return Vertx.vertx(
                new VertxOptions()
                        .setPreferNativeTransport(true)
                        .setEventLoopPoolSize(config.eventLoops())
                        .setWorkerPoolSize(1)
                        .setInternalBlockingPoolSize(1)
                        .setFileSystemOptions(
                                new FileSystemOptions()
                                        .setFileCachingEnabled(false)
                                        .setClassPathResolvingEnabled(false)));
    }

    private static HttpServerOptions options(Listen listen, ApiServerConfig config) {
        var options =
                new HttpServerOptions()
                        .setMaxInitialLineLength(config.maxRequestLine())
                        .setMaxHeaderSize(config.maxHeaders())
                        .setMaxChunkSize(BodyStream.MAX_PIECE)
                        .setTcpNoDelay(true)
                        .setIdleTimeout(Math.toIntExact(config.idleTimeout().toSeconds()))
                        .setIdleTimeoutUnit(TimeUnit.SECONDS);
        if (listen.tls() != null) {
            options.setSsl(true)
                    .setUseAlpn(true)
                    .setEnabledSecureTransportProtocols(Set.of("TLSv1.3", "TLSv1.2"))
                    .setKeyCertOptions(
                            new PemKeyCertOptions()
                                    .addCertPath(listen.tls().chain().toString())
                                    .addKeyPath(listen.tls().key().toString()));
        }
        return options;
    }

    @Override
    public int port() {
        return server.actualPort();
    }

    /** On the event loop: takes a permit, then a thread. */
    private void accept(HttpServerRequest request) {
        Context context = vertx.getOrCreateContext();
        var body = new BodyStream(request, context);
        var writer = new AnswerWriter(request, context, body);
        if (!permits.tryAcquire()) {
            ApiResponse busy =
                    ProblemJson.response(
                            Problem.of(
                                    ErrorCode.UNAVAILABLE,
                                    "%d requests are handled already (the limit)."
                                            .formatted(maxConcurrent)));
            writer.refuse(busy.header("Retry-After", "1"));
            return;
        }
        threads.newThread(
                        () -> {
                            try {
                                handle(request, body, writer);
                            } finally {
                                permits.release();
                            }
                        })
                .start();
    }

    private void handle(HttpServerRequest request, BodyStream body, AnswerWriter writer) {
        ApiResponse answer = answer(request, body);
        try {
            writer.write(answer);
        } catch (IOException unsent) {
            log.debug("{} {}: the answer was not sent", request.method(), request.path(), unsent);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private ApiResponse answer(HttpServerRequest request, BodyStream body) {
        try {
            return handler.handle(view(request, body));
        } catch (FarolException problem) {
            if (problem.code().kind() == ErrorCode.Kind.INTERNAL) {
                log.error("{} {} failed", request.method(), request.path(), problem);
            }
            return ProblemJson.response(problem.problem());
        } catch (Exception | Error fault) {
            if (body.clientGone()) {
                log.debug("{} {}: the client went away", request.method(), request.path());
            } else {
                log.error("{} {} failed", request.method(), request.path(), fault);
            }
            return ProblemJson.response(
                    Problem.of(
                            ErrorCode.INTERNAL,
                            "The request failed inside Farol. Its log has the details."));
        }
    }

    private static ApiRequest view(HttpServerRequest request, BodyStream body) {
        var headers = new Headers();
        request.headers().forEach(header -> headers.add(header.getKey(), header.getValue()));
        String query = request.query();
        return new ApiRequest(
                request.method().name(),
                request.path() == null ? "/" : request.path(),
                query == null ? "" : query,
                host(request),
                headers,
                body,
                length(request),
                request.remoteAddress() == null ? "" : request.remoteAddress().hostAddress());
    }

    private static String host(HttpServerRequest request) {
        HostAndPort authority = request.authority();
        if (authority == null) {
            return "";
        }
        return authority.port() > 0 ? authority.host() + ":" + authority.port() : authority.host();
    }

    private static long length(HttpServerRequest request) {
        String length = request.getHeader("Content-Length");
        try {
            return length == null ? -1 : Long.parseLong(length);
        } catch (NumberFormatException malformed) {
            return -1;
        }
    }

    @Override
    public boolean drain(Duration limit) throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        Future<Void> stopped = server.shutdown(limit.toMillis(), TimeUnit.MILLISECONDS);
        boolean complete =
                permits.tryAcquire(
                        maxConcurrent, Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
        try {
            stopped.toCompletionStage()
                    .toCompletableFuture()
                    .get(Math.max(1, end - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (ExecutionException | TimeoutException unfinished) {
            log.debug("Connections were still open at the end of the drain", unfinished);
        }
        close();
        return complete;
    }

    @Override
    public void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }
}
