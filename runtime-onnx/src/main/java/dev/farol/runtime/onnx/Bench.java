package dev.farol.runtime.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import dev.farol.runtime.tensor.DataType;
import dev.farol.runtime.tensor.Tensor;
import dev.farol.runtime.tensor.TensorInfo;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Inputs of one set of shapes, and the outputs whose shapes follow from them, in their places. */
final class Bench implements AutoCloseable {
    private final long[][] shapes;
    private final ByteBuffer[] memory;
    private final Map<String, OnnxTensor> feed = new LinkedHashMap<>();

    /** By name; only those of which the shape is known beforehand. */
    private final Map<String, Pinned> pinned = new HashMap<>();

    /** An output in memory of ours. */
    record Pinned(DataType type, long[] shape, ByteBuffer memory, OnnxTensor value) {
        Tensor copy(String name) {
            ByteBuffer data = ByteBuffer.allocate(memory.limit());
            data.put(0, memory, 0, memory.limit());
            return new Tensor(name, type, shape, data);
        }
    }

    private Bench(int inputs) {
        shapes = new long[inputs][];
        memory = new ByteBuffer[inputs];
    }

    /**
     * @param ordered as the model has its inputs
     */
    static Bench make(
            OrtEnvironment environment, Signature signature, List<Tensor> ordered, Places places)
            throws OrtException {
        var bench = new Bench(ordered.size());
        try {
            var extents = new HashMap<String, Long>();
            for (int i = 0; i < ordered.size(); i++) {
                Tensor input = ordered.get(i);
                long[] shape = input.shape();
                bench.shapes[i] = shape;
                bench.memory[i] = places.at(i, input.bytes());
                bench.feed.put(
                        input.name(),
                        Values.over(environment, bench.memory[i], input.type(), shape));
                List<String> axes = signature.inputAxes().getOrDefault(input.name(), List.of());
                for (int axis = 0; axis < axes.size() && axis < shape.length; axis++) {
                    if (!axes.get(axis).isEmpty()) {
                        extents.put(axes.get(axis), shape[axis]);
                    }
                }
            }
            int place = ordered.size();
            for (TensorInfo output : signature.info().outputs()) {
                bench.pin(environment, signature, output, extents, places, place++);
            }
            return bench;
        } catch (OrtException | RuntimeException failure) {
            bench.close();
            throw failure;
        }
    }

    private void pin(
            OrtEnvironment environment,
            Signature signature,
            TensorInfo output,
            Map<String, Long> extents,
            Places places,
            int place)
            throws OrtException {
        long[] shape = shape(signature, output, extents);
        if (shape == null || output.type() == DataType.BYTES) {
            return;
        }
        long bytes = Tensor.elements(shape) * output.type().size();
        if (bytes > 0 && bytes <= 1L << 20) {
            ByteBuffer buffer = places.at(place, (int) bytes);
            OnnxTensor value = Values.over(environment, buffer, output.type(), shape);
            pinned.put(output.name(), new Pinned(output.type(), shape, buffer, value));
        }
    }

    /** The shape that the output will have; null where the model does not say. */
    private static long @Nullable [] shape(
            Signature signature, TensorInfo output, Map<String, Long> extents) {
        List<String> axes = signature.outputAxes().getOrDefault(output.name(), List.of());
        long[] shape = new long[output.shape().size()];
        for (int axis = 0; axis < shape.length; axis++) {
            long extent = output.shape().get(axis);
            if (extent < 0) {
                Long bound = axis < axes.size() ? extents.get(axes.get(axis)) : null;
                if (bound == null) {
                    return null;
                }
                extent = bound;
            }
            shape[axis] = extent;
        }
        return shape;
    }

    boolean fits(List<Tensor> ordered) {
        for (int i = 0; i < shapes.length; i++) {
            if (!fits(shapes[i], ordered.get(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean fits(long[] shape, Tensor input) {
        if (shape.length != input.rank()) {
            return false;
        }
        for (int axis = 0; axis < shape.length; axis++) {
            if (shape[axis] != input.extent(axis)) {
                return false;
            }
        }
        return true;
    }

    /** Takes the numbers over. */
    Map<String, OnnxTensor> fill(List<Tensor> ordered) {
        for (int i = 0; i < memory.length; i++) {
            memory[i].put(0, ordered.get(i).data(), 0, memory[i].limit());
        }
        return feed;
    }

    @Nullable Pinned pinned(String output) {
        return pinned.get(output);
    }

    /** From now on the engine chooses where outputs go: they are not as the model said. */
    void unpin() {
        pinned.values().forEach(output -> output.value().close());
        pinned.clear();
    }

    @Override
    public void close() {
        feed.values().forEach(OnnxTensor::close);
        unpin();
    }
}
