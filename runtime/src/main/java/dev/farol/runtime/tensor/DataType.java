package dev.farol.runtime.tensor;

import java.util.Locale;
import java.util.Optional;

/** The element types of the Open Inference Protocol, by the names that it has for them. */
public enum DataType {
    BOOL(1),
    UINT8(1),
    UINT16(2),
    UINT32(4),
    UINT64(8),
    INT8(1),
    INT16(2),
    INT32(4),
    INT64(8),
    FP16(2),
    BF16(2),
    FP32(4),
    FP64(8),
    /** Strings, or bytes of any kind: elements of different lengths. */
    BYTES(0);

    private final int size;

    DataType(int size) {
        this.size = size;
    }

    /** How many bytes an element takes; 0 for {@link #BYTES}. */
    public int size() {
        return size;
    }

    /** The type of this name, upper case as the protocol has it. */
    public static Optional<DataType> named(String name) {
        for (DataType type : values()) {
            if (type.name().equals(name)) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }

    /** As Triton's {@code config.pbtxt} calls it: {@code TYPE_FP32}, {@code TYPE_STRING}. */
    public String configName() {
        return "TYPE_" + (this == BYTES ? "STRING" : name().toUpperCase(Locale.ROOT));
    }
}
