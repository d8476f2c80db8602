package dev.farol.runtime.onnx;

import ai.onnxruntime.OnnxMap;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Strings as the engine has them, of tensors and of the keys of maps: any bytes. Its Java binding
 * takes them for "modified UTF-8", in which a character beyond U+FFFF is another sequence of bytes,
 * so that a model would not know it, and which a byte 0 ends. These calls go to the engine's own
 * functions, whose places in its table are fixed for ever.
 */
final class NativeStrings {
    private static final int LENGTH = 53;
    private static final int CONTENT = 54;
    private static final int PART = 80;
    private static final int RELEASE_STATUS = 93;
    private static final int RELEASE_VALUE = 96;
    private static final int BUFFER = 252;
    private static final ValueLayout.OfLong SIZE = ValueLayout.JAVA_LONG;
    private static final ValueLayout.OfInt LENGTH_BEFORE =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final MethodHandle handle;
    private final MethodHandle buffer;
    private final MethodHandle length;
    private final MethodHandle content;
    private final MethodHandle part;
    private final MethodHandle release;
    private final MethodHandle releaseValue;
    private final MethodHandle mapHandle;
    private final MethodHandle mapAllocator;
    private final MethodHandle mapValues;

    private NativeStrings() throws ReflectiveOperationException {
        var tensors = MethodHandles.privateLookupIn(OnnxTensor.class, MethodHandles.lookup());
        Class<?> parent = tensors.findClass("ai.onnxruntime.OnnxTensorLike");
        handle =
                MethodHandles.privateLookupIn(parent, MethodHandles.lookup())
                        .findGetter(parent, "nativeHandle", long.class)
                        .asType(MethodType.methodType(long.class, OnnxTensor.class));
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
        part =
                function(
                        functions,
                        PART,
                        ValueLayout.JAVA_INT,
                        ValueLayout.ADDRESS,
                        ValueLayout.ADDRESS);
        release = end(functions, RELEASE_STATUS);
        releaseValue = end(functions, RELEASE_VALUE);
        var maps = MethodHandles.privateLookupIn(OnnxMap.class, MethodHandles.lookup());
        mapHandle = maps.findGetter(OnnxMap.class, "nativeHandle", long.class);
        mapAllocator = maps.findGetter(OnnxMap.class, "allocatorHandle", long.class);
        mapValues =
                maps.findVirtual(
                        OnnxMap.class, "getMapValues", MethodType.methodType(Object[].class));
    }

    private static MethodHandle end(MemorySegment functions, int place) {
        return Linker.nativeLinker()
                .downcallHandle(
                        functions.getAtIndex(ValueLayout.ADDRESS, place),
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
        try {
            return door.read(door.address(tensor), elements);
        } catch (OrtException failure) {
            throw failure;
        } catch (Throwable failure) {
            throw new IllegalStateException(failure);
        }
    }

    /** A map whose keys are strings, in the engine's order. */
    static Map<String, Object> map(OnnxMap map) throws OrtException {
        NativeStrings door = Door.FOUND;
        try {
            var values = (Object[]) door.mapValues.invokeExact(map);
            ByteBuffer keys = door.keys(map, values.length);
            var all = new LinkedHashMap<String, Object>();
            for (Object value : values) {
                byte[] key = new byte[keys.getInt()];
                keys.get(key);
                all.put(new String(key, StandardCharsets.UTF_8), value);
            }
            return all;
        } catch (OrtException failure) {
            throw failure;
        } catch (Throwable failure) {
            throw new IllegalStateException(failure);
        }
    }

    /** The first part of a map, a tensor. */
    private ByteBuffer keys(OnnxMap map, int elements) throws Throwable {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment place = arena.allocate(ValueLayout.ADDRESS);
            var whole = MemorySegment.ofAddress((long) mapHandle.invokeExact(map));
            var allocator = MemorySegment.ofAddress((long) mapAllocator.invokeExact(map));
            check((MemorySegment) part.invokeExact(whole, 0, allocator, place));
            MemorySegment keys = place.get(ValueLayout.ADDRESS, 0);
            try {
                return read(keys, elements);
            } finally {
                releaseValue.invokeExact(keys);
            }
        }
    }

    private ByteBuffer read(MemorySegment value, int elements) throws Throwable {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment size = arena.allocate(SIZE);
            check((MemorySegment) length.invokeExact(value, size));
            long bytes = size.get(SIZE, 0);
            MemorySegment texts = arena.allocate(Math.max(bytes, 1));
            MemorySegment begins = arena.allocate(SIZE, Math.max(elements, 1));
            check(
                    (MemorySegment)
                            content.invokeExact(value, texts, bytes, begins, (long) elements));
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
