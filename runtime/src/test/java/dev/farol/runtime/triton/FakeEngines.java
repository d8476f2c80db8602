package dev.farol.runtime.triton;

import dev.farol.runtime.tensor.DataType;
import dev.farol.runtime.tensor.InferenceFailure;
import dev.farol.runtime.tensor.InferenceListener;
import dev.farol.runtime.tensor.ModelInfo;
import dev.farol.runtime.tensor.Tensor;
import dev.farol.runtime.tensor.TensorInfo;
import dev.farol.runtime.tensor.TensorModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Engines that give IN as OUT: rows of two floats. */
final class FakeEngines implements Engines {
    final List<String> loaded = new ArrayList<>();
    final List<String> closed = new ArrayList<>();

    /** How many calls of each may compute at once, in the order in which they were loaded. */
    final List<Integer> instances = new ArrayList<>();

    final List<Tensor> computed = new ArrayList<>();

    /** Whether the last request said that it was late. */
    boolean late;

    /** What every request fails with; empty when it does not. */
    String failure = "";

    /** Whether requests wait until the test ends them. */
    volatile boolean holds;

    final Queue<Runnable> held = new ConcurrentLinkedQueue<>();

    @Override
    public TensorModel load(String name, String version, Path file, int atOnce) {
        loaded.add(name + "/" + version);
        instances.add(atOnce);
        return new TensorModel() {
            @Override
            public ModelInfo info() {
                return new ModelInfo(
                        name,
                        version,
                        "onnxruntime_onnx",
                        List.of(new TensorInfo("IN", DataType.FP32, List.of(-1L, 2L))),
                        List.of(new TensorInfo("OUT", DataType.FP32, List.of(-1L, 2L))));
            }

            @Override
            public void infer(
                    List<Tensor> inputs, List<String> outputs, InferenceListener listener) {
                Tensor in = inputs.getFirst();
                computed.add(in);
                late = listener.late();
                if (holds) {
                    held.add(() -> listener.done(List.of(), new InferenceListener.Timing(1, 1, 1)));
                    return;
                }
                if (!failure.isEmpty()) {
                    listener.failed(new InferenceFailure(InferenceFailure.Kind.MODEL, failure));
                    return;
                }
                listener.done(
                        List.of(new Tensor("OUT", in.type(), in.shape(), in.data())),
                        new InferenceListener.Timing(1, 1, 1));
            }

            @Override
            public void close() {
                closed.add(name + "/" + version);
            }
        };
    }
}
