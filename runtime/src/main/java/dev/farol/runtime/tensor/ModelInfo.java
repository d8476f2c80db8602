package dev.farol.runtime.tensor;

import java.util.List;

/**
 * What a model says of itself.
 *
 * @param platform as Triton calls it, for example {@code onnxruntime_onnx}
 * @param inputs and {@code outputs}: in the model's own order
 */
public record ModelInfo(
        String name,
        String version,
        String platform,
        List<TensorInfo> inputs,
        List<TensorInfo> outputs) {
    public ModelInfo {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
    }
}
