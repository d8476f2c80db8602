package dev.farol.runtime.oip;

import dev.farol.runtime.tensor.DataType;
import dev.farol.runtime.tensor.Tensor;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code ModelInferRequest} and {@code ModelInferResponse}: the contents of tensors raw, or typed.
 */
final class GrpcInfer {
    private GrpcInfer() {}

    /** A request as far as it can be read without its model. */
    record Read(String model, String version, InferRequest request) {}

    static Read read(ByteBuffer message) {
        var proto = new ProtoReader(message);
        String model = "";
        String version = "";
        String id = "";
        var inputs = new ArrayList<Input>();
        var outputs = new ArrayList<InferRequest.Wanted>();
        var raw = new ArrayList<ByteBuffer>();
        var parameters = new HashMap<String, Object>();
        for (int field = proto.next(); field != 0; field = proto.next()) {
            switch (field) {
                case 1 -> model = proto.text();
                case 2 -> version = proto.text();
                case 3 -> id = proto.text();
                case 4 -> parameter(proto.message(), parameters);
                case 5 -> inputs.add(input(proto.message()));
                case 6 -> outputs.add(output(proto.message()));
                case 7 -> raw.add(proto.view());
                default -> {}
            }
        }
        List<Tensor> tensors = tensors(model, inputs, raw);
        return new Read(
                model, version, new InferRequest(id, tensors, outputs, true, timeout(parameters)));
    }

    private static Duration timeout(Map<String, Object> parameters) {
        Object value = parameters.getOrDefault("timeout", 0L);
        if (!(value instanceof Long microseconds)) {
            throw Refused.invalid("timeout is '" + value + "' (expected: an int64_param)");
        }
        return InferRequest.timeout(microseconds);
    }

    private static List<Tensor> tensors(String model, List<Input> inputs, List<ByteBuffer> raw) {
        var tensors = new ArrayList<Tensor>(inputs.size());
        if (!raw.isEmpty() && raw.size() != inputs.size()) {
            throw Refused.invalid(
                    "expected "
                            + inputs.size()
                            + " raw_input_contents for the inputs of model '"
                            + model
                            + "', got "
                            + raw.size());
        }
        for (int i = 0; i < inputs.size(); i++) {
            Input input = inputs.get(i);
            DataType type =
                    DataType.named(input.datatype)
                            .orElseThrow(
                                    () ->
                                            Refused.invalid(
                                                    "datatype of input '"
                                                            + input.name
                                                            + "' is '"
                                                            + input.datatype
                                                            + "' (expected: BOOL, UINT8, …, FP32,"
                                                            + " FP64 or BYTES)"));
            long[] shape = input.shape.stream().mapToLong(Long::longValue).toArray();
            Elements.check(input.name, type, shape);
            ProtoReader contents = input.contents;
            if (raw.isEmpty()) {
                ByteBuffer data =
                        contents == null
                                ? ByteBuffer.allocate(0)
                                : typed(input.name, type, contents);
                tensors.add(Elements.raw(input.name, type, shape, data));
            } else {
                if (contents != null && contents.hasMore()) {
                    throw Refused.invalid(
                            "contents field must not be specified when using raw_input_contents"
                                    + " for '"
                                    + input.name
                                    + "' for model '"
                                    + model
                                    + "'");
                }
                tensors.add(Elements.raw(input.name, type, shape, raw.get(i)));
            }
        }
        return tensors;
    }

    private static final class Input {
        private String name = "";
        private String datatype = "";
        private final List<Long> shape = new ArrayList<>();
        private @Nullable ProtoReader contents;
    }

    private static Input input(ProtoReader proto) {
        var input = new Input();
        for (int field = proto.next(); field != 0; field = proto.next()) {
            switch (field) {
                case 1 -> input.name = proto.text();
                case 2 -> input.datatype = proto.text();
                case 3 -> longs(proto, input.shape);
                case 4 -> parameter(proto.message(), new HashMap<>());
                case 5 -> input.contents = proto.message();
                default -> {}
            }
        }
        return input;
    }

    private static void longs(ProtoReader proto, List<Long> into) {
        if (proto.wire() == ProtoReader.VARINT) {
            into.add(proto.number());
        } else {
            ProtoReader packed = proto.message();
            while (packed.hasMore()) {
                into.add(packed.raw());
            }
        }
        if (into.size() > 1024) {
            throw Refused.invalid("a shape has more than 1024 extents");
        }
    }

    /** A parameter by its name: a Boolean, Long, Double or String. */
    private static void parameter(ProtoReader entry, Map<String, Object> into) {
        String key = "";
        Object value = "";
        for (int field = entry.next(); field != 0; field = entry.next()) {
            if (field == 1) {
                key = entry.text();
            } else if (field == 2) {
                ProtoReader choice = entry.message();
                for (int of = choice.next(); of != 0; of = choice.next()) {
                    switch (of) {
                        case 1 -> value = choice.flag();
                        case 2, 5 -> value = choice.number();
                        case 3 -> value = choice.text();
                        case 4 -> value = Double.longBitsToDouble(choice.fixed64());
                        default -> {}
                    }
                }
            }
        }
        if (key.equals("shared_memory_region")) {
            throw new Refused(
                    Refused.Kind.UNSUPPORTED,
                    "shared memory is not supported (expected: raw_input_contents, or contents)");
        }
        into.put(key, value);
    }

    private static InferRequest.Wanted output(ProtoReader proto) {
        String name = "";
        var parameters = new HashMap<String, Object>();
        for (int field = proto.next(); field != 0; field = proto.next()) {
            switch (field) {
                case 1 -> name = proto.text();
                case 2 -> parameter(proto.message(), parameters);
                default -> {}
            }
        }
        Object classes = parameters.getOrDefault("classification", 0L);
        if (!(classes instanceof Long count) || count < 0 || count > Integer.MAX_VALUE) {
            throw Refused.invalid(
                    "classification of output '"
                            + name
                            + "' is '"
                            + classes
                            + "' (expected: a number)");
        }
        return new InferRequest.Wanted(name, count.intValue(), true);
    }

    /** The field of the contents that holds a type. */
    private static int field(DataType type) {
        return switch (type) {
            case BOOL -> 1;
            case INT8, INT16, INT32 -> 2;
            case INT64 -> 3;
            case UINT8, UINT16, UINT32 -> 4;
            case UINT64 -> 5;
            case FP32 -> 6;
            case FP64 -> 7;
            case BYTES -> 8;
            case FP16, BF16 -> 0;
        };
    }

    private static ByteBuffer typed(String input, DataType type, ProtoReader contents) {
        int wanted = field(type);
        var sink = new Little();
        for (int field = contents.next(); field != 0; field = contents.next()) {
            if (wanted == 0) {
                throw Refused.invalid(
                        type
                                + " has no field in contents (expected: raw_input_contents for input '"
                                + input
                                + "')");
            }
            if (field != wanted) {
                throw Refused.invalid(
                        "contents of input '"
                                + input
                                + "' are in a field that is not "
                                + type
                                + "'s");
            }
            element(contents, input, type, sink);
        }
        return sink.data();
    }

    private static void element(ProtoReader proto, String input, DataType type, Little sink) {
        switch (type) {
            case BYTES -> {
                ByteBuffer text = proto.view();
                sink.integer(text.remaining(), 4);
                byte[] copy = new byte[text.remaining()];
                text.get(copy);
                sink.writeBytes(copy);
            }
            case FP32 -> {
                if (proto.wire() == ProtoReader.FIXED32) {
                    sink.integer(proto.fixed32(), 4);
                } else {
                    sink.copy(proto.view(), 4);
                }
            }
            case FP64 -> {
                if (proto.wire() == ProtoReader.FIXED64) {
                    sink.integer(proto.fixed64(), 8);
                } else {
                    sink.copy(proto.view(), 8);
                }
            }
            default -> {
                if (proto.wire() == ProtoReader.VARINT) {
                    integer(proto.number(), input, type, sink);
                } else {
                    ProtoReader packed = proto.message();
                    while (packed.hasMore()) {
                        integer(packed.raw(), input, type, sink);
                    }
                }
            }
        }
    }

    private static void integer(long value, String input, DataType type, Little sink) {
        boolean holds =
                switch (type) {
                    case BOOL -> value == 0 || value == 1;
                    case INT8 -> value == (byte) value;
                    case INT16 -> value == (short) value;
                    case INT32 -> value == (int) value;
                    case UINT8 -> value >= 0 && value <= 0xFF;
                    case UINT16 -> value >= 0 && value <= 0xFFFF;
                    case UINT32 -> value >= 0 && value <= 0xFFFFFFFFL;
                    default -> true;
                };
        if (!holds) {
            throw Refused.invalid(
                    "contents of input '"
                            + input
                            + "' hold "
                            + value
                            + " (expected: "
                            + type
                            + ")");
        }
        sink.integer(value, type.size());
    }

    /** Little-endian bytes. */
    private static final class Little extends ByteArrayOutputStream {
        void integer(long value, int width) {
            for (int i = 0; i < width; i++) {
                write((int) (value >>> (8 * i)));
            }
        }

        void copy(ByteBuffer view, int width) {
            if (view.remaining() % width != 0) {
                throw ProtoReader.malformed();
            }
            byte[] copy = new byte[view.remaining()];
            view.get(copy);
            writeBytes(copy);
        }

        ByteBuffer data() {
            return ByteBuffer.wrap(buf, 0, count).slice().order(ByteOrder.LITTLE_ENDIAN);
        }
    }

    static ProtoWriter answer(ServedModel model, InferRequest request, List<Tensor> outputs) {
        var proto =
                new ProtoWriter()
                        .text(1, model.name())
                        .text(2, model.version())
                        .text(3, request.id());
        for (Tensor tensor : outputs) {
            proto.message(
                    5,
                    output ->
                            output.text(1, tensor.name())
                                    .text(2, tensor.type().name())
                                    .packed(3, tensor.shape()));
        }
        outputs.forEach(tensor -> proto.element(6, tensor.data()));
        return proto;
    }
}
