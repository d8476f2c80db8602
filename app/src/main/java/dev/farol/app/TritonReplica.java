package dev.farol.app;

import dev.farol.runtime.ConsoleLog;
import dev.farol.runtime.ModelRuntime;
import dev.farol.runtime.ReplicaConfig;
import dev.farol.runtime.batch.BatchSettings;
import dev.farol.runtime.batch.Batcher;
import dev.farol.runtime.oip.ModelConfig.Batching;
import dev.farol.runtime.onnx.OnnxModels;
import dev.farol.runtime.tensor.TensorModel;
import dev.farol.runtime.triton.Engines;
import dev.farol.runtime.triton.TritonRuntime;
import dev.farol.wire.EventLoop;
import java.nio.file.Path;
import java.time.Duration;

/** A replica that serves a model repository as Triton does, with ONNX Runtime for its models. */
final class TritonReplica {
    private TritonReplica() {}

    /**
     * @param cache where native libraries are unpacked
     */
    static ModelRuntime.Factory factory(Path cache) {
        return (spec, loop, console) ->
                TritonRuntime.factory(
                                new OnnxEngines(cache, loop, console),
                                Distribution.version(),
                                ReplicaConfig.DEFAULTS.face().maxBody())
                        .create(spec, loop, console);
    }

    /** Each model has threads of its own, as many as its configuration says instances. */
    private record OnnxEngines(Path cache, EventLoop loop, ConsoleLog console) implements Engines {
        @Override
        public TensorModel load(String name, String version, Path file, int instances) {
            int threads = Math.max(instances, Runtime.getRuntime().availableProcessors());
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
                    Runtime.getRuntime().availableProcessors(),
                    loop::execute,
                    loop::after,
                    System::nanoTime,
                    console::line);
        }
    }
}
