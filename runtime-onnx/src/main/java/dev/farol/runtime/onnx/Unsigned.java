package dev.farol.runtime.onnx;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.TensorInfo;
import ai.onnxruntime.TensorInfo.OnnxTensorType;
import dev.farol.runtime.tensor.DataType;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.MethodType;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Unsigned integers of more than a byte. The engine computes them and its Java binding reads them,
 * but has no door to make one: its own native function can, so this calls that. Bound to the
 * version of the library that the build pins; a test makes one of each.
 */
final class Unsigned {
    private final MethodHandle create;
    private final MethodHandle wrap;
    private final MethodHandle info;
    private final long api;
    private final long allocator;

    private Unsigned(OrtEnvironment environment) throws ReflectiveOperationException {
        Lookup tensors = MethodHandles.privateLookupIn(OnnxTensor.class, MethodHandles.lookup());
        create =
                tensors.findStatic(
                        OnnxTensor.class,
                        "createTensorFromBuffer",
                        MethodType.methodType(
                                long.class,
                                long.class,
                                long.class,
                                Buffer.class,
                                int.class,
                                long.class,
                                long[].class,
                                int.class));
        wrap =
                tensors.findConstructor(
                        OnnxTensor.class,
                        MethodType.methodType(
                                void.class,
                                long.class,
                                long.class,
                                TensorInfo.class,
                                Buffer.class,
                                boolean.class));
        info =
                tensors.findConstructor(
                        TensorInfo.class,
                        MethodType.methodType(
                                void.class,
                                long[].class,
                                OnnxJavaType.class,
                                OnnxTensorType.class));
        Class<?> runtime = tensors.findClass("ai.onnxruntime.OnnxRuntime");
        Class<?> allocators = tensors.findClass("ai.onnxruntime.OrtAllocator");
        try {
            api = (long) tensors.findStaticGetter(runtime, "ortApiHandle", long.class).invoke();
            Object first =
                    tensors.findGetter(OrtEnvironment.class, "defaultAllocator", allocators)
                            .invoke(environment);
            allocator = (long) tensors.findGetter(allocators, "handle", long.class).invoke(first);
        } catch (Throwable impossible) {
            throw new ReflectiveOperationException(impossible);
        }
    }

    static OnnxTensor over(
            OrtEnvironment environment, ByteBuffer direct, DataType type, long[] shape)
            throws OrtException {
        return Door.of(environment).make(direct, type, shape);
    }

    private OnnxTensor make(ByteBuffer direct, DataType type, long[] shape) throws OrtException {
        OnnxTensorType wanted =
                switch (type) {
                    case UINT16 -> OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT16;
                    case UINT32 -> OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT32;
                    case UINT64 -> OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT64;
                    default -> throw new IllegalArgumentException("type: " + type);
                };
        try {
            long handle =
                    (long)
                            create.invokeExact(
                                    api,
                                    allocator,
                                    (Buffer) direct,
                                    0,
                                    (long) direct.limit(),
                                    shape,
                                    wanted.value);
            var told =
                    (TensorInfo)
                            info.invokeExact(
                                    shape, OnnxJavaType.mapFromOnnxTensorType(wanted), wanted);
            return (OnnxTensor) wrap.invokeExact(handle, allocator, told, (Buffer) direct, false);
        } catch (OrtException failure) {
            throw failure;
        } catch (Throwable failure) {
            throw new IllegalStateException(failure);
        }
    }

    /** The one environment of a process, and what was found for it. */
    private static final class Door {
        private static volatile @Nullable Unsigned known;

        static Unsigned of(OrtEnvironment environment) {
            Unsigned found = known;
            if (found == null) {
                try {
                    found = new Unsigned(environment);
                } catch (ReflectiveOperationException changed) {
                    throw new IllegalStateException(
                            "this version of ONNX Runtime makes no unsigned tensors", changed);
                }
                known = found;
            }
            return found;
        }
    }
}
