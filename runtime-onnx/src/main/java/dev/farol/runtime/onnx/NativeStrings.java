package dev.farol.runtime.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Elements of string tensors as the engine has them: any bytes. Its Java binding takes them for
 * "modified UTF-8", in which a character beyond U+FFFF is another sequence of bytes, so that a
 * model would not know it, and which a byte 0 ends. These calls go to the engine's own functions,
 * whose places in its table are fixed for ever.
 */
final class NativeStrings {
    private static final int LENGTH = 53;
    private static final int CONTENT = 54;
    private static final int RELEASE_STATUS = 93;
    private static final int BUFFER = 252;
    private static final ValueLayout.OfLong SIZE = ValueLayout.JAVA_LONG;
    private static final ValueLayout.OfInt LENGTH_BEFORE =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final MethodHandle handle;
    private final MethodHandle buffer;
    private final MethodHandle length;
    private final MethodHandle content;
    private final MethodHandle release;

    private NativeStrings() throws ReflectiveOperationException {
        var tensors = MethodHandles.privateLookupIn(OnnxTensor.class, MethodHandles.lookup());
        Class<?> parent = tensors.findClass("ai.onnxruntime.OnnxTensorLike");
        handle =
                MethodHandles.privateLookupIn(parent, MethodHandles.lookup())
                        .findGetter(parent, "nativeHandle", long.class)
                        .asType(
                                java.lang.invoke.MethodType.methodType(
                                        long.class, OnnxTensor.class));
        Class<?> runtime = tensors.findClass("ai.onnxruntime.OnnxRuntime");
        long table;
        try {
            table = (long) tensors.findStaticGetter(runtime, "ortApiHandle", long.class).invoke();
        } catch (Throwable impossible) {
            throw new ReflectiveOperationException(impossible);
        }
        MemorySegment functions =
                MemorySegment.ofAddress(table)
                        .reinterpret((BUFFER + 1) * ValueLayout.ADDRESS.byteSize());
        buffer = function(functions, BUFFER, SIZE, SIZE, ValueLayout.ADDRESS);
        length = function(functions, LENGTH, ValueLayout.ADDRESS);
        content =
                function(functions, CONTENT, ValueLayout.ADDRESS, SIZE, ValueLayout.ADDRESS, SIZE);
        release =
                Linker.nativeLinker()
                        .downcallHandle(
                                functions.getAtIndex(ValueLayout.ADDRESS, RELEASE_STATUS),
                                FunctionDescriptor.ofVoid(ValueLayout.ADDRESS));
    }

    /** A function that takes a value and what else, and gives a status. */
    private static MethodHandle function(MemorySegment functions, int place, ValueLayout... more) {
        var descriptor =
                FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.ADDRESS)
                        .appendArgumentLayouts(more);
        return Linker.nativeLinker()
                .downcallHandle(functions.getAtIndex(ValueLayout.ADDRESS, place), descriptor);
    }

    private static final class Door {
        static final NativeStrings FOUND = found();

        private static NativeStrings found() {
            try {
                return new NativeStrings();
            } catch (ReflectiveOperationException changed) {
                throw new IllegalStateException(
                        "this version of ONNX Runtime gives no strings", changed);
            }
        }
    }

    /**
     * Gives the elements of a tensor.
     *
     * @param data of as many elements as the tensor has, each its length and its bytes
     */
    static void write(OnnxTensor tensor, ByteBuffer data, int elements) throws OrtException {
        NativeStrings door = Door.FOUND;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment place = arena.allocate(ValueLayout.ADDRESS);
            MemorySegment texts = MemorySegment.ofBuffer(data);
            long at = 0;
            for (int i = 0; i < elements; i++) {
                long size = texts.get(LENGTH_BEFORE, at);
                at += LENGTH_BEFORE.byteSize();
                door.check(
                        (MemorySegment)
                                door.buffer.invokeExact(
                                        door.address(tensor), (long) i, size, place));
                MemorySegment text = place.get(ValueLayout.ADDRESS, 0).reinterpret(size);
                MemorySegment.copy(texts, at, text, 0, size);
                at += size;
            }
        } catch (OrtException failure) {
            throw failure;
        } catch (Throwable failure) {
            throw new IllegalStateException(failure);
        }
    }

    /** The elements of a tensor, each its length and its bytes. */
    static ByteBuffer read(OnnxTensor tensor, int elements) throws OrtException {
        NativeStrings door = Door.FOUND;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment size = arena.allocate(SIZE);
            door.check((MemorySegment) door.length.invokeExact(door.address(tensor), size));
            long bytes = size.get(SIZE, 0);
            MemorySegment texts = arena.allocate(Math.max(bytes, 1));
            MemorySegment begins = arena.allocate(SIZE, Math.max(elements, 1));
            door.check(
                    (MemorySegment)
                            door.content.invokeExact(
                                    door.address(tensor), texts, bytes, begins, (long) elements));
            ByteBuffer data =
                    ByteBuffer.allocate(Math.toIntExact(Math.addExact(bytes, 4L * elements)))
                            .order(ByteOrder.LITTLE_ENDIAN);
            for (int i = 0; i < elements; i++) {
                long begin = begins.getAtIndex(SIZE, i);
                long end = i + 1 < elements ? begins.getAtIndex(SIZE, i + 1) : bytes;
                data.putInt((int) (end - begin));
                data.put(texts.asSlice(begin, end - begin).asByteBuffer());
            }
            return data.flip();
        } catch (OrtException failure) {
            throw failure;
        } catch (Throwable failure) {
            throw new IllegalStateException(failure);
        }
    }

    private MemorySegment address(OnnxTensor tensor) throws Throwable {
        return MemorySegment.ofAddress((long) handle.invokeExact(tensor));
    }

    private void check(MemorySegment status) throws Throwable {
        if (status.address() != 0) {
            release.invokeExact(status);
            throw new OrtException("the engine does not take or give these strings");
        }
    }
}
