package dev.farol.runtime.onnx;

import ai.onnxruntime.MapInfo;
import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.SequenceInfo;
import ai.onnxruntime.TensorInfo.OnnxTensorType;
import ai.onnxruntime.ValueInfo;
import dev.farol.runtime.tensor.DataType;
import dev.farol.runtime.tensor.ModelInfo;
import dev.farol.runtime.tensor.TensorInfo;
import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a session takes and gives.
 *
 * @param info the tensors
 * @param outputs the names of all outputs, in the model's order
 * @param json those of them that are maps or sequences
 * @param inputAxes and {@code outputAxes}: the names of the extents, by the name of the tensor;
 *     empty where one has none
 */
record Signature(
        ModelInfo info,
        List<String> outputs,
        List<String> json,
        Map<String, List<String>> inputAxes,
        Map<String, List<String>> outputAxes) {
    static final String PLATFORM = "onnxruntime_onnx";

    static Signature of(String name, String version, OrtSession session) throws OrtException {
        var inputs = new ArrayList<TensorInfo>();
        var outputs = new ArrayList<TensorInfo>();
        var names = new ArrayList<String>();
        var json = new ArrayList<String>();
        var inputAxes = new java.util.HashMap<String, List<String>>();
        var outputAxes = new java.util.HashMap<String, List<String>>();
        for (NodeInfo node : session.getInputInfo().values()) {
            if (!(node.getInfo() instanceof ai.onnxruntime.TensorInfo tensor)) {
                throw unsupported("input", node.getName(), told(node.getInfo()));
            }
            inputs.add(info("input", node.getName(), tensor));
            inputAxes.put(node.getName(), Arrays.asList(tensor.getDimensionNames()));
        }
        for (NodeInfo node : session.getOutputInfo().values()) {
            names.add(node.getName());
            if (node.getInfo() instanceof ai.onnxruntime.TensorInfo tensor) {
                outputs.add(info("output", node.getName(), tensor));
                outputAxes.put(node.getName(), Arrays.asList(tensor.getDimensionNames()));
            } else if (node.getInfo() instanceof SequenceInfo
                    || node.getInfo() instanceof MapInfo) {
                json.add(node.getName());
            } else {
                throw unsupported("output", node.getName(), told(node.getInfo()));
            }
        }
        return new Signature(
                new ModelInfo(name, version, PLATFORM, inputs, outputs),
                List.copyOf(names),
                List.copyOf(json),
                inputAxes,
                outputAxes);
    }

    private static TensorInfo info(String kind, String name, ai.onnxruntime.TensorInfo tensor) {
        DataType type = type(tensor.onnxType);
        if (type == null) {
            throw unsupported(kind, name, "of the type " + tensor.onnxType);
        }
        return new TensorInfo(
                name,
                type,
                Arrays.stream(tensor.getShape())
                        .map(extent -> Math.max(extent, -1))
                        .boxed()
                        .toList());
    }

    private static FarolException unsupported(String kind, String name, String what) {
        return new FarolException(
                ErrorCode.INIT_FAILED,
                "The model's "
                        + kind
                        + " '"
                        + name
                        + "' is "
                        + what
                        + "; Farol computes tensors of numbers, booleans and strings.");
    }

    private static String told(ValueInfo info) {
        return info.getClass()
                .getSimpleName()
                .replace("Info", "")
                .toLowerCase(java.util.Locale.ROOT);
    }

    static @Nullable DataType type(OnnxTensorType type) {
        return switch (type) {
            case ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT -> DataType.FP32;
            case ONNX_TENSOR_ELEMENT_DATA_TYPE_DOUBLE -> DataType.FP64;
            case ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT16 -> DataType.FP16;
            case ONNX_TENSOR_ELEMENT_DATA_TYPE_BFLOAT16 -> DataType.BF16;
            case ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT8 -> DataType.UINT8;
            case ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT16 -> DataType.UINT16;
            case ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT32 -> DataType.UINT32;
            case ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT64 -> DataType.UINT64;
            case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT8 -> DataType.INT8;
            case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT16 -> DataType.INT16;
            case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT32 -> DataType.INT32;
            case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64 -> DataType.INT64;
            case ONNX_TENSOR_ELEMENT_DATA_TYPE_BOOL -> DataType.BOOL;
            case ONNX_TENSOR_ELEMENT_DATA_TYPE_STRING -> DataType.BYTES;
            default -> null;
        };
    }
}
