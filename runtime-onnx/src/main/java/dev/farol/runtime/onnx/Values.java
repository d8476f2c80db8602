package dev.farol.runtime.onnx;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxMap;
import ai.onnxruntime.OnnxSequence;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import dev.farol.kit.Json;
import dev.farol.runtime.tensor.DataType;
import dev.farol.runtime.tensor.JsonOutput;
import dev.farol.runtime.tensor.Tensor;
import dev.farol.runtime.tensor.TensorJson;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Between tensors of Farol and values of ONNX Runtime. */
final class Values {
    private Values() {}

    /** A request's fault, found while its tensors are made. */
    static final class Unfit extends Exception {
        private static final long serialVersionUID = 1L;

        Unfit(String message) {
            super(message, null, false, false);
        }
    }

    /** A value of its own for a tensor, as long as the arena is open. */
    static OnnxTensor of(OrtEnvironment environment, Tensor tensor, Arena arena)
            throws OrtException, Unfit {
        if (tensor.type() == DataType.BYTES) {
            return strings(environment, tensor);
        }
        ByteBuffer data = tensor.data();
        int bytes = data.remaining();
        // Without a byte there would be no address for the engine to look at.
        ByteBuffer direct =
                arena.allocate(Math.max(bytes, Long.BYTES), Long.BYTES)
                        .asByteBuffer()
                        .order(ByteOrder.nativeOrder())
                        .limit(bytes);
        direct.put(0, data, 0, bytes);
        return over(environment, direct, tensor.type(), tensor.shape());
    }

    /** A value over this memory: what is written there is what the engine sees. */
    static OnnxTensor over(
            OrtEnvironment environment, ByteBuffer direct, DataType type, long[] shape)
            throws OrtException {
        OnnxJavaType java =
                switch (type) {
                    case BOOL -> OnnxJavaType.BOOL;
                    case UINT8 -> OnnxJavaType.UINT8;
                    case INT8 -> OnnxJavaType.INT8;
                    case INT16 -> OnnxJavaType.INT16;
                    case INT32 -> OnnxJavaType.INT32;
                    case INT64 -> OnnxJavaType.INT64;
                    case FP16 -> OnnxJavaType.FLOAT16;
                    case BF16 -> OnnxJavaType.BFLOAT16;
                    case FP32 -> OnnxJavaType.FLOAT;
                    case FP64 -> OnnxJavaType.DOUBLE;
                    case UINT16, UINT32, UINT64 -> null;
                    case BYTES -> throw new IllegalArgumentException("strings are not memory");
                };
        return java == null
                ? Unsigned.over(environment, direct, type, shape)
                : OnnxTensor.createTensor(environment, direct, shape, java);
    }

    private static OnnxTensor strings(OrtEnvironment environment, Tensor tensor)
            throws OrtException, Unfit {
        ByteBuffer data = tensor.data();
        int elements = Math.toIntExact(tensor.elements());
        for (int i = 0; i < elements; i++) {
            int size = data.remaining() < 4 ? -1 : data.getInt();
            if (size < 0 || size > data.remaining()) {
                throw new Unfit("input '" + tensor.name() + "' ends within element " + i);
            }
            data.position(data.position() + size);
        }
        if (data.hasRemaining()) {
            throw new Unfit(
                    "input '" + tensor.name() + "' holds more than its " + elements + " elements");
        }
        var places = new String[elements];
        Arrays.fill(places, "");
        OnnxTensor made = OnnxTensor.createTensor(environment, places, tensor.shape());
        try {
            NativeStrings.write(made, tensor.data(), elements);
            return made;
        } catch (OrtException | RuntimeException failure) {
            made.close();
            throw failure;
        }
    }

    /** A copy of what the engine gave. */
    static Tensor read(String name, OnnxValue value) throws OrtException {
        return switch (value) {
            case OnnxTensor tensor -> tensor(name, tensor);
            case OnnxSequence sequence -> {
                var texts = new ArrayList<byte[]>();
                for (OnnxValue element : sequence.getValue()) {
                    try (element) {
                        texts.add(json(element));
                    }
                }
                yield bytes(name, new long[] {texts.size()}, texts);
            }
            case OnnxMap map -> bytes(name, new long[0], List.of(json(map)));
            default -> throw new OrtException("output '" + name + "' is a " + value.getType());
        };
    }

    private static Tensor tensor(String name, OnnxTensor tensor) throws OrtException {
        DataType type = Signature.type(tensor.getInfo().onnxType);
        if (type == null) {
            throw new OrtException("output '" + name + "' is of " + tensor.getInfo().onnxType);
        }
        long[] shape = tensor.getInfo().getShape();
        if (type == DataType.BYTES) {
            int elements = Math.toIntExact(Tensor.elements(shape));
            return new Tensor(name, type, shape, NativeStrings.read(tensor, elements));
        }
        if (Tensor.elements(shape) == 0) {
            return new Tensor(name, type, shape, ByteBuffer.allocate(0));
        }
        return new Tensor(name, type, shape, tensor.getByteBuffer());
    }

    private static Tensor bytes(String name, long[] shape, List<byte[]> elements) {
        int size = 0;
        for (byte[] element : elements) {
            size = Math.addExact(size, 4 + element.length);
        }
        ByteBuffer data = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        for (byte[] element : elements) {
            data.putInt(element.length).put(element);
        }
        return new Tensor(name, DataType.BYTES, shape, data.flip());
    }

    private static byte[] json(OnnxValue value) throws OrtException {
        return switch (value) {
            case OnnxTensor tensor when tensor.getInfo().type == OnnxJavaType.STRING -> {
                var out = new JsonOutput();
                TensorJson.write(tensor("element", tensor), out, null);
                ByteBuffer text = out.bytes();
                byte[] json = new byte[text.remaining()];
                text.get(json);
                yield json;
            }
            case OnnxMap map when map.getInfo().keyType == OnnxJavaType.STRING ->
                    json(NativeStrings.map(map));
            case OnnxMap map -> json(map.getValue());
            default -> Json.STRICT.writeValueAsBytes(value.getValue());
        };
    }

    private static byte[] json(Map<?, ?> map) {
        var sorted = new LinkedHashMap<String, Object>();
        map.entrySet().stream()
                .sorted((a, b) -> compare(a.getKey(), b.getKey()))
                .forEach(entry -> sorted.put(entry.getKey().toString(), entry.getValue()));
        return Json.STRICT.writeValueAsBytes(sorted);
    }

    private static int compare(Object a, Object b) {
        return a instanceof Long one && b instanceof Long two
                ? one.compareTo(two)
                : a.toString().compareTo(b.toString());
    }
}
