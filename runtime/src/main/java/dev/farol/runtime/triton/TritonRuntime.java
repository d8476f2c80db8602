package dev.farol.runtime.triton;

import dev.farol.runtime.ConsoleLog;
import dev.farol.runtime.ModelFacts;
import dev.farol.runtime.ModelRuntime;
import dev.farol.runtime.RpcService;
import dev.farol.runtime.RuntimeEvents;
import dev.farol.runtime.ScoreListener;
import dev.farol.runtime.ScoreRequest;
import dev.farol.runtime.ScoreResult;
import dev.farol.runtime.StartFailure;
import dev.farol.runtime.oip.ModelRepository.Entry;
import dev.farol.runtime.oip.Oip;
import dev.farol.runtime.serve.Coders;
import dev.farol.spec.Phase;
import dev.farol.spec.ReplicaSpec.NativeModel;
import dev.farol.wire.EventLoop;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;

/** Serves a model repository over the Open Inference Protocol. */
public final class TritonRuntime implements ModelRuntime {
    /** Clients made for Triton ask whether the server is one. */
    private static final String NAME = "triton";

    private final EventLoop loop;
    private final ConsoleLog console;
    private final ExecutorService loader;
    private final TritonRepository repository;
    private final Coders coders;
    private final Oip oip;
    private final AtomicBoolean closing = new AtomicBoolean();
    private final CompletableFuture<Void> closed = new CompletableFuture<>();
    private final ModelFacts facts =
            new ModelFacts(Map.of("3", Oip.openApi()), List.of("3"), List.of(), true, false);

    private TritonRuntime(
            NativeModel model,
            EventLoop loop,
            ConsoleLog console,
            Engines engines,
            String version,
            long maxBody) {
        this.loop = loop;
        this.console = console;
        this.loader =
                Executors.newSingleThreadExecutor(
                        Thread.ofPlatform().daemon().name("model-loader").factory());
        this.repository =
                new TritonRepository(
                        Path.of(model.path()), model.name(), engines, loop::execute, loader);
        this.coders = new Coders(model.places(), loop::execute);
        this.oip = new Oip(repository, NAME, version, maxBody, coders);
    }

    /**
     * @param version of Farol
     * @param maxBody of a request after it is inflated, in bytes
     */
    public static Factory factory(Engines engines, String version, long maxBody) {
        return (spec, loop, console) ->
                new TritonRuntime(
                        spec.requireNativeModel(), loop, console, engines, version, maxBody);
    }

    @Override
    public void start(RuntimeEvents events) {
        loop.execute(() -> events.phase(Phase.INIT));
        repository.start(
                failure -> {
                    if (failure != null) {
                        console.line("The model repository cannot be served: " + failure);
                        events.failed(new StartFailure(Phase.INIT, null, null, null, failure));
                        return;
                    }
                    for (Entry entry : repository.index()) {
                        console.line(
                                "Model "
                                        + entry.name()
                                        + ", version "
                                        + entry.version()
                                        + ": "
                                        + entry.state());
                    }
                    events.ready();
                });
    }

    @Override
    public boolean ready() {
        return repository.ready();
    }

    @Override
    public ModelFacts facts() {
        return repository.ready() ? facts : ModelFacts.NONE;
    }

    @Override
    public Route route(String method, String path) {
        return oip.route(method, path);
    }

    @Override
    public Optional<RpcService> rpc() {
        return Optional.of(oip.rpc());
    }

    @Override
    public Scoring score(ScoreRequest request, ScoreListener listener) {
        if (oip.route(request.method(), request.path()) != Route.NONE) {
            return oip.score(request, listener);
        }
        listener.answered(
                ScoreResult.message(
                        404,
                        false,
                        "The deployment serves a Triton model repository (expected: POST"
                                + " /v2/models/{model}/infer, or gRPC)"));
        return NOTHING;
    }

    private static final Scoring NOTHING =
            new Scoring() {
                @Override
                public void expire() {
                    // It was answered at once.
                }

                @Override
                public void cancel() {
                    // It was answered at once.
                }

                @Override
                public void taken(int bytes) {
                    // Nothing streams.
                }
            };

    @Override
    public CompletableFuture<Void> close(Duration grace) {
        if (closing.compareAndSet(false, true)) {
            loop.execute(
                    () -> {
                        repository.close();
                        coders.close();
                        loader.execute(() -> closed.complete(null));
                        loader.shutdown();
                    });
        }
        return closed.copy();
    }
}
