package dev.farol.app;

import dev.farol.runtime.ConsoleLog;
import dev.farol.runtime.ModelRuntime;
import dev.farol.runtime.ReplicaConfig;
import dev.farol.runtime.RuntimeEvents;
import dev.farol.runtime.StartFailure;
import dev.farol.runtime.batch.BatchSettings;
import dev.farol.runtime.batch.Batcher;
import dev.farol.runtime.oip.ModelConfig.Batching;
import dev.farol.runtime.onnx.OnnxModels;
import dev.farol.runtime.tensor.TensorModel;
import dev.farol.runtime.triton.Engines;
import dev.farol.runtime.triton.TritonRuntime;
import dev.farol.spec.Phase;
import dev.farol.spec.ReplicaSpec;
import dev.farol.spec.ReplicaSpec.NativeModel;
import dev.farol.spec.RequestSettings;
import dev.farol.wire.EventLoop;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A replica that serves a model repository as Triton does, with ONNX Runtime for its models. */
final class TritonReplica {
    /** How long loading a repository by hand may take. */
    private static final Duration CHECK = Duration.ofMinutes(10);

    private TritonReplica() {}

    /**
     * @param cache where native libraries are unpacked
     */
    static ModelRuntime.Factory factory(Path cache) {
        return (spec, loop, console) ->
                TritonRuntime.factory(
                                new OnnxEngines(
                                        cache, loop, console, spec.requireNativeModel().places()),
                                Distribution.version(),
                                ReplicaConfig.DEFAULTS.face().maxBody())
                        .create(spec, loop, console);
    }

    /** Loads a repository in the foreground, and says what became of each model. */
    static int check(Path cache, Path root) {
        var spec =
                new ReplicaSpec(
                        "check",
                        "",
                        "",
                        null,
                        new NativeModel(NativeModel.Kind.TRITON, "model", root.toString()),
                        root.toString(),
                        Map.of(),
                        RequestSettings.DEFAULT,
                        CHECK,
                        "",
                        "");
        var outcome = new Outcome();
        try (var loop = EventLoop.start();
                var console = new ConsoleLog(System.out)) {
            ModelRuntime runtime = factory(cache).create(spec, loop, console);
            runtime.start(outcome);
            boolean ready = outcome.ended.get(CHECK.toSeconds(), TimeUnit.SECONDS);
            runtime.close(Duration.ZERO).join();
            return ready ? 0 : 3;
        } catch (IOException | ExecutionException | TimeoutException failure) {
            System.err.println(failure.getMessage());
            return 3;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return 3;
        }
    }

    /** Whether a repository came up. */
    private static final class Outcome implements RuntimeEvents {
        private final CompletableFuture<Boolean> ended = new CompletableFuture<>();

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
            ended.complete(true);
        }

        @Override
        public void failed(StartFailure failure) {
            ended.complete(false);
        }
    }

    /**
     * Each model has threads of its own, as many as its configuration says instances, or else as
     * the instance has cores.
     */
    private record OnnxEngines(Path cache, EventLoop loop, ConsoleLog console, int cores)
            implements Engines {
        @Override
        public TensorModel load(String name, String version, Path file, int instances) {
            int threads = instances > 0 ? instances : cores;
            return new OnnxModels(cache, loop::execute, threads).load(name, version, file);
        }

        @Override
        public TensorModel batched(TensorModel model, int maxBatch, Batching batching) {
            var settings =
                    new BatchSettings(
                            maxBatch,
                            Duration.ofNanos(batching.maxDelayMicros() * 1000),
                            batching.preferred(),
                            true);
            return new Batcher(
                    model,
                    settings,
                    model.places(),
                    loop::execute,
                    loop::after,
                    System::nanoTime,
                    console::line);
        }
    }
}
