package dev.farol.runtime.serve;

import dev.farol.runtime.serve.Request.Refused;
import dev.farol.runtime.tensor.DataType;
import dev.farol.runtime.tensor.Tensor;
import dev.farol.runtime.tensor.TensorInfo;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** NumPy's file format for one array, {@code .npy}: versions 1 to 3, both orders, both ends. */
final class Npy {
    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    private static final Pattern DESCR = Pattern.compile("'descr':\\s*'([<>|=])([a-zA-Z])(\\d+)'");
    private static final Pattern FORTRAN = Pattern.compile("'fortran_order':\\s*(True|False)");
    private static final Pattern SHAPE = Pattern.compile("'shape':\\s*\\(([\\d,\\sL]*)\\)");
    private static final int ALIGNED = 64;

    private Npy() {}

    /** The array as a tensor of the type that the input has, where its values fit that. */
    static Tensor read(TensorInfo input, ByteBuffer body) {
        ByteBuffer data = body.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        String header = header(data);
        Matcher descr = found(DESCR, header, "descr");
        boolean fortran = found(FORTRAN, header, "fortran_order").group(1).equals("True");
        long[] shape = shape(found(SHAPE, header, "shape").group(1));
        char kind = descr.group(2).charAt(0);
        int size = Integer.parseInt(descr.group(3)) * (kind == 'U' ? 4 : 1);
        long elements;
        try {
            elements = Tensor.elements(shape);
        } catch (ArithmeticException large) {
            throw new Refused("The array has more elements than can be counted");
        }
        if (data.remaining() / Math.max(size, 1) < elements
                || data.remaining() != elements * size) {
            throw new Refused(
                    "The array holds "
                            + data.remaining()
                            + " bytes (expected: "
                            + elements
                            + " elements of "
                            + size
                            + ")");
        }
        data =
                data.slice()
                        .order(
                                descr.group(1).equals(">")
                                        ? ByteOrder.BIG_ENDIAN
                                        : ByteOrder.LITTLE_ENDIAN);
        if (!fortran
                && data.order() == ByteOrder.LITTLE_ENDIAN
                && plain(kind, size) == input.type()) {
            return new Tensor(input.name(), input.type(), shape, data);
        }
        var builder = new TensorBuilder(input.name(), input.type());
        try {
            for (long i = 0; i < elements; i++) {
                int place = Math.toIntExact((fortran ? transposed(i, shape) : i) * size);
                builder.cell(text(data, place, kind, size));
            }
        } catch (TensorBuilder.Misfit misfit) {
            throw new Refused(String.valueOf(misfit.getMessage()));
        }
        return builder.tensor(shape);
    }

    private static String header(ByteBuffer data) {
        byte[] magic = new byte[MAGIC.length];
        if (data.remaining() < 12) {
            throw new Refused("The body is no .npy file: it has " + data.remaining() + " bytes");
        }
        data.get(magic);
        int major = data.get();
        data.get();
        if (!Arrays.equals(magic, MAGIC) || major < 1 || major > 3) {
            throw new Refused("The body is no .npy file (expected: it begins with \\x93NUMPY)");
        }
        int length = major == 1 ? data.getShort() & 0xffff : data.getInt();
        if (length < 0 || length > data.remaining()) {
            throw new Refused("The header of the .npy file is longer than the file");
        }
        byte[] header = new byte[length];
        data.get(header);
        return new String(header, StandardCharsets.UTF_8);
    }

    private static Matcher found(Pattern pattern, String header, String what) {
        Matcher match = pattern.matcher(header);
        if (!match.find()) {
            throw new Refused(
                    "The header of the .npy file has no '"
                            + what
                            + "' of a simple array: "
                            + header.strip());
        }
        return match;
    }

    private static long[] shape(String text) {
        try {
            return Arrays.stream(text.replace("L", "").split(","))
                    .map(String::strip)
                    .filter(extent -> !extent.isEmpty())
                    .mapToLong(Long::parseLong)
                    .toArray();
        } catch (NumberFormatException none) {
            throw new Refused("The shape of the .npy file is (" + text + ")");
        }
    }

    private static DataType plain(char kind, int size) {
        return switch (kind) {
            case 'f' -> size == 2 ? DataType.FP16 : size == 4 ? DataType.FP32 : DataType.FP64;
            case 'i' ->
                    switch (size) {
                        case 1 -> DataType.INT8;
                        case 2 -> DataType.INT16;
                        case 4 -> DataType.INT32;
                        default -> DataType.INT64;
                    };
            case 'u' ->
                    switch (size) {
                        case 1 -> DataType.UINT8;
                        case 2 -> DataType.UINT16;
                        case 4 -> DataType.UINT32;
                        default -> DataType.UINT64;
                    };
            case 'b' -> DataType.BOOL;
            // Never what an input of strings is in memory: its elements have lengths.
            case 'U', 'S' -> DataType.BF16;
            default ->
                    throw new Refused(
                            "The array is of kind '"
                                    + kind
                                    + "' (expected: numbers, booleans or strings)");
        };
    }

    /** Where the element that comes as number {@code index} in rows stands in columns. */
    private static long transposed(long index, long[] shape) {
        long place = 0;
        long rest = index;
        long[] indices = new long[shape.length];
        for (int axis = shape.length - 1; axis >= 0; axis--) {
            indices[axis] = rest % shape[axis];
            rest /= shape[axis];
        }
        for (int axis = shape.length - 1; axis >= 0; axis--) {
            place = place * shape[axis] + indices[axis];
        }
        return place;
    }

    private static String text(ByteBuffer data, int at, char kind, int size) {
        return switch (kind) {
            case 'f' ->
                    switch (size) {
                        case 2 -> Float.toString(Float.float16ToFloat(data.getShort(at)));
                        case 4 -> Double.toString(data.getFloat(at));
                        case 8 -> Double.toString(data.getDouble(at));
                        default ->
                                throw new Refused("The array holds floats of " + size + " bytes");
                    };
            case 'b' -> data.get(at) != 0 ? "true" : "false";
            case 'i', 'u' -> whole(data, at, kind == 'u', size);
            default -> string(data, at, kind, size);
        };
    }

    private static String whole(ByteBuffer data, int at, boolean unsigned, int size) {
        return switch (size) {
            case 1 -> Integer.toString(unsigned ? data.get(at) & 0xff : data.get(at));
            case 2 -> Integer.toString(unsigned ? data.getShort(at) & 0xffff : data.getShort(at));
            case 4 -> Long.toString(unsigned ? data.getInt(at) & 0xffffffffL : data.getInt(at));
            default ->
                    unsigned
                            ? Long.toUnsignedString(data.getLong(at))
                            : Long.toString(data.getLong(at));
        };
    }

    private static String string(ByteBuffer data, int at, char kind, int size) {
        byte[] bytes = new byte[size];
        data.get(at, bytes);
        String text =
                kind == 'S'
                        ? new String(bytes, StandardCharsets.UTF_8)
                        : new String(
                                bytes,
                                data.order() == ByteOrder.BIG_ENDIAN
                                        ? java.nio.charset.Charset.forName("UTF-32BE")
                                        : java.nio.charset.Charset.forName("UTF-32LE"));
        int end = text.length();
        while (end > 0 && text.charAt(end - 1) == 0) {
            end--;
        }
        return text.substring(0, end);
    }

    static ByteBuffer write(Tensor tensor) {
        String descr =
                switch (tensor.type()) {
                    case BOOL -> "|b1";
                    case INT8 -> "|i1";
                    case UINT8 -> "|u1";
                    case INT16 -> "<i2";
                    case INT32 -> "<i4";
                    case INT64 -> "<i8";
                    case UINT16 -> "<u2";
                    case UINT32 -> "<u4";
                    case UINT64 -> "<u8";
                    case FP16 -> "<f2";
                    case FP32 -> "<f4";
                    case FP64 -> "<f8";
                    case BF16, BYTES ->
                            throw new Refused(
                                    406,
                                    "The output '"
                                            + tensor.name()
                                            + "' is "
                                            + tensor.type()
                                            + ", which .npy does not have (expected: Accept:"
                                            + " application/json)");
                };
        var shape = new StringBuilder("(");
        for (long extent : tensor.shape()) {
            shape.append(extent).append(", ");
        }
        String header =
                "{'descr': '" + descr + "', 'fortran_order': False, 'shape': " + shape + "), }";
        header = header.replace(", ), }", ",), }");
        int before = MAGIC.length + 4 + header.length() + 1;
        int padded = (before + ALIGNED - 1) / ALIGNED * ALIGNED;
        ByteBuffer out =
                ByteBuffer.allocate(padded + tensor.data().remaining())
                        .order(ByteOrder.LITTLE_ENDIAN);
        out.put(MAGIC).put((byte) 1).put((byte) 0);
        out.putShort((short) (padded - MAGIC.length - 4));
        out.put(
                (header + " ".repeat(padded - before) + "\n")
                        .getBytes(StandardCharsets.ISO_8859_1));
        return out.put(tensor.data()).flip();
    }
}
