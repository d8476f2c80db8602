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
import dev.farol.runtime.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
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

    /** A value of its own for a tensor. */
    static OnnxTensor of(OrtEnvironment environment, Tensor tensor) throws OrtException, Unfit {
        if (tensor.type() == DataType.BYTES) {
            return OnnxTensor.createTensor(environment, strings(tensor), tensor.shape());
        }
        ByteBuffer data = tensor.data();
        ByteBuffer direct = buffer(data.remaining());
        direct.put(data).flip();
        return over(environment, direct, tensor.type(), tensor.shape());
    }

    static ByteBuffer buffer(int bytes) {
        // Without a byte there would be no address for the engine to look at.
        ByteBuffer buffer = ByteBuffer.allocateDirect(Math.max(bytes, 8));
        return buffer.order(ByteOrder.nativeOrder()).limit(bytes);
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

    private static String[] strings(Tensor tensor) throws Unfit {
        ByteBuffer data = tensor.data();
        var strings = new String[Math.toIntExact(tensor.elements())];
        for (int i = 0; i < strings.length; i++) {
            int size = data.remaining() < 4 ? -1 : data.getInt();
            if (size < 0 || size > data.remaining()) {
                throw new Unfit("input '" + tensor.name() + "' ends within element " + i);
            }
            ByteBuffer element = data.slice(data.position(), size);
            data.position(data.position() + size);
            try {
                strings[i] = StandardCharsets.UTF_8.newDecoder().decode(element).toString();
            } catch (CharacterCodingException binary) {
                throw new Unfit(
                        "element " + i + " of input '" + tensor.name() + "' is not text in UTF-8");
            }
        }
        if (data.hasRemaining()) {
            throw new Unfit(
                    "input '"
                            + tensor.name()
                            + "' holds more than its "
                            + strings.length
                            + " elements");
        }
        return strings;
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
            var texts = new ArrayList<byte[]>();
            if (Tensor.elements(shape) > 0) {
                flatten(tensor.getValue(), texts);
            }
            return bytes(name, shape, texts);
        }
        if (Tensor.elements(shape) == 0) {
            return new Tensor(name, type, shape, ByteBuffer.allocate(0));
        }
        return new Tensor(name, type, shape, tensor.getByteBuffer());
    }

    private static void flatten(Object value, List<byte[]> into) {
        if (value instanceof Object[] array) {
            for (Object element : array) {
                flatten(element, into);
            }
        } else {
            into.add(String.valueOf(value).getBytes(StandardCharsets.UTF_8));
        }
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
        Object plain = value.getValue();
        Object told = plain;
        if (plain instanceof Map<?, ?> map) {
            var sorted = new LinkedHashMap<String, Object>();
            map.entrySet().stream()
                    .sorted((a, b) -> compare(a.getKey(), b.getKey()))
                    .forEach(entry -> sorted.put(entry.getKey().toString(), entry.getValue()));
            told = sorted;
        }
        return Json.STRICT.writeValueAsBytes(told);
    }

    private static int compare(Object a, Object b) {
        return a instanceof Long one && b instanceof Long two
                ? one.compareTo(two)
                : a.toString().compareTo(b.toString());
    }
}
