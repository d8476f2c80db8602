package dev.farol.runtime.serve;

import dev.farol.runtime.ConsoleLog;
import dev.farol.runtime.ModelFacts;
import dev.farol.runtime.ModelRuntime;
import dev.farol.runtime.RpcService;
import dev.farol.runtime.RuntimeEvents;
import dev.farol.runtime.ScoreListener;
import dev.farol.runtime.ScoreRequest;
import dev.farol.runtime.ScoreResult;
import dev.farol.runtime.StartFailure;
import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import dev.farol.spec.Phase;
import dev.farol.wire.EventLoop;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A runtime that computes in the replica itself, without another process. */
public final class NativeRuntime implements ModelRuntime {
    private static final Logger LOG = LoggerFactory.getLogger(NativeRuntime.class);

    /** Of a scoring that was answered before anybody could give it up. */
    public static final Scoring ANSWERED =
            new Scoring() {
                @Override
                public void expire() {}

                @Override
                public void cancel() {}

                @Override
                public void taken(int bytes) {}
            };

    /** How long an end waits for a model that is being loaded: it cannot be stopped. */
    private static final int LAST_LOAD = 2;

    private final NativeServer server;
    private final EventLoop loop;
    private final ConsoleLog console;
    private final @Nullable RpcService rpc;
    private final HeapBound heap = new HeapBound();
    private final CompletableFuture<Void> loaded = new CompletableFuture<>();

    /** By the loading thread alone. */
    private Phase reached = Phase.MODEL;

    private ModelFacts facts = ModelFacts.NONE;
    private boolean ready;
    private boolean closing;

    public NativeRuntime(NativeServer server, EventLoop loop, ConsoleLog console) {
        this(server, loop, console, null);
    }

    /**
     * @param rpc what is answered over gRPC; null for nothing
     */
    public NativeRuntime(
            NativeServer server, EventLoop loop, ConsoleLog console, @Nullable RpcService rpc) {
        this.server = server;
        this.loop = loop;
        this.console = console;
        this.rpc = rpc;
    }

    @Override
    public Optional<RpcService> rpc() {
        return Optional.ofNullable(rpc);
    }

    @Override
    public void start(RuntimeEvents events) {
        Thread.ofPlatform().daemon().name("model-load").start(() -> load(events));
    }

    private void load(RuntimeEvents events) {
        try {
            ModelFacts told =
                    server.load(
                            phase -> {
                                reached = phase;
                                loop.execute(() -> events.phase(phase));
                            });
            loop.execute(
                    () -> {
                        if (!closing) {
                            facts = told;
                            ready = true;
                            events.ready();
                        }
                    });
        } catch (FarolException failure) {
            fail(events, failure);
        } catch (RuntimeException | LinkageError | OutOfMemoryError failure) {
            LOG.error("The model cannot be loaded", failure);
            fail(events, failure);
        } finally {
            loaded.complete(null);
        }
    }

    private void fail(RuntimeEvents events, Throwable failure) {
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        Phase phase =
                failure instanceof FarolException told && told.code() == ErrorCode.MODEL_UNAVAILABLE
                        ? Phase.MODEL
                        : reached;
        String exception = cause instanceof FarolException ? null : told(cause);
        console.line(failure.getMessage() + (exception == null ? "" : " " + exception));
        var report =
                new StartFailure(
                        phase, exception, null, null, String.valueOf(failure.getMessage()));
        loop.execute(() -> events.failed(report));
    }

    private static String told(Throwable cause) {
        return cause.getClass().getSimpleName() + ": " + cause.getMessage();
    }

    @Override
    public boolean ready() {
        return ready && !closing;
    }

    @Override
    public ModelFacts facts() {
        return facts;
    }

    @Override
    public Route route(String method, String path) {
        return server.route(method, path);
    }

    @Override
    public Scoring score(ScoreRequest request, ScoreListener listener) {
        heap.request();
        if (ready() || server.route(request.method(), request.path()) == Route.AT_ONCE) {
            return server.score(request, listener);
        }
        var result = ScoreResult.message(503, false, "The model is not ready.");
        result.headers().add("ms-azureml-model-error-reason", "model_not_ready");
        listener.answered(result);
        return ANSWERED;
    }

    @Override
    public CompletableFuture<Void> close(Duration grace) {
        loop.execute(() -> closing = true);
        var done = new CompletableFuture<Void>();
        Thread.ofPlatform()
                .daemon()
                .name("model-close")
                .start(
                        () -> {
                            try {
                                var _ =
                                        loaded.completeOnTimeout(null, LAST_LOAD, TimeUnit.SECONDS)
                                                .join();
                                server.close();
                            } finally {
                                done.complete(null);
                            }
                        });
        return done;
    }
}
