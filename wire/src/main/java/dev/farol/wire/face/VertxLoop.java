package dev.farol.wire.face;

import dev.farol.wire.EventLoop;
import dev.farol.wire.FaceHandler;
import dev.farol.wire.FaceServer;
import dev.farol.wire.FaceSettings;
import dev.farol.wire.FrameHandler;
import dev.farol.wire.FrameServer;
import dev.farol.wire.GrpcHandler;
import dev.farol.wire.Listen;
import dev.farol.wire.frame.VertxFrameServer;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Vert.x of exactly one event loop, with everything switched off that a replica has no use for.
 */
public final class VertxLoop implements EventLoop {
    private static final Logger LOG = LoggerFactory.getLogger(VertxLoop.class);
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(10);

    private final Vertx vertx;
    private final ContextInternal context;

    private VertxLoop(Vertx vertx) {
        this.vertx = vertx;
        this.context = ((VertxInternal) vertx).createEventLoopContext();
    }

    public static VertxLoop start() {
        var files =
                new FileSystemOptions()
                        .setFileCachingEnabled(false)
                        .setClassPathResolvingEnabled(false);
        var options =
                new VertxOptions()
                        .setEventLoopPoolSize(1)
                        .setWorkerPoolSize(1)
                        .setInternalBlockingPoolSize(1)
                        .setPreferNativeTransport(true)
                        .setFileSystemOptions(files);
        return new VertxLoop(Vertx.vertx(options));
    }

    @Override
    public void execute(Runnable task) {
        try {
            context.runOnContext(ignored -> task.run());
        } catch (RejectedExecutionException closed) {
            LOG.debug("A task came after the event loop was closed", closed);
        }
    }

    @Override
    public Timer after(Duration delay, Runnable task) {
        var timer = new LoopTimer(vertx);
        long millis = Math.max(1, delay.toMillis());
        if (inLoop()) {
            timer.id = vertx.setTimer(millis, ignored -> timer.fire(task));
        } else {
            execute(() -> timer.id = vertx.setTimer(millis, ignored -> timer.fire(task)));
        }
        return timer;
    }

    @Override
    public boolean inLoop() {
        return context.nettyEventLoop().inEventLoop();
    }

    @Override
    public FaceServer serveFace(
            Listen listen, FaceSettings settings, FaceHandler handler, @Nullable GrpcHandler calls)
            throws IOException {
        return onLoop(
                "listen on " + listen.host() + ":" + listen.port(),
                () -> VertxFaceServer.start(vertx, this, listen, settings, handler, calls));
    }

    @Override
    public FrameServer serveFrames(Path socket, int maxFrame, FrameHandler handler)
            throws IOException {
        return onLoop(
                "listen on " + socket,
                () -> VertxFrameServer.start(vertx, this, socket, maxFrame, handler));
    }

    private <T> T onLoop(String what, Callable<Future<T>> start) throws IOException {
        if (inLoop()) {
            throw new IllegalStateException("The loop cannot wait for itself");
        }
        var done = new CompletableFuture<T>();
        execute(
                () -> {
                    try {
                        start.call()
                                .onSuccess(done::complete)
                                .onFailure(done::completeExceptionally);
                    } catch (Exception fault) {
                        done.completeExceptionally(fault);
                    }
                });
        try {
            return done.get();
        } catch (ExecutionException failure) {
            throw new IOException("Cannot " + what + ": " + failure.getCause(), failure.getCause());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("Interrupted before it could " + what, interrupted);
        }
    }

    @Override
    public void close() {
        try {
            vertx.close()
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(CLOSE_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException failure) {
            LOG.warn("The event loop did not close", failure);
        }
    }

    /** A Vert.x timer whose id may not be known yet when it is cancelled. */
    private static final class LoopTimer implements Timer {
        private final Vertx vertx;
        private volatile long id = -1;
        private volatile boolean cancelled;

        LoopTimer(Vertx vertx) {
            this.vertx = vertx;
        }

        void fire(Runnable task) {
            if (!cancelled) {
                task.run();
            }
        }

        @Override
        public void cancel() {
            cancelled = true;
            if (id >= 0) {
                vertx.cancelTimer(id);
            }
        }
    }
}
