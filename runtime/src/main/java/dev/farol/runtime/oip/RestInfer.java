package dev.farol.runtime.oip;

import dev.farol.kit.Json;
import dev.farol.runtime.ScoreResult;
import dev.farol.runtime.tensor.DataType;
import dev.farol.runtime.tensor.JsonInput;
import dev.farol.runtime.tensor.JsonOutput;
import dev.farol.runtime.tensor.MalformedJson;
import dev.farol.runtime.tensor.Tensor;
import dev.farol.runtime.tensor.TensorJson;
import dev.farol.wire.Headers;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Requests to compute and their answers, as JSON with binary data behind it or without. */
final class RestInfer {
    static final String HEADER_LENGTH = "Inference-Header-Content-Length";
    private static final int MAX_RANK = 1024;

    private RestInfer() {}

    /**
     * @param headerLength the value of {@link #HEADER_LENGTH}; null when the body is JSON alone
     * @throws Refused when it cannot be read
     */
    static InferRequest read(ByteBuffer body, @Nullable String headerLength, ServedModel model) {
        ByteBuffer text = body.slice();
        ByteBuffer binary = body.slice(body.position() + body.remaining(), 0);
        if (headerLength != null) {
            int length = length(headerLength, body.remaining());
            text = body.slice(body.position(), length);
            binary = body.slice(body.position() + length, body.remaining() - length);
        }
        var reader = new Reader(binary, model);
        var json = new JsonInput(text);
        if (json.peek() < 0) {
            throw Refused.invalid(
                    "failed to parse the request JSON buffer: The document is empty. at 0");
        }
        try {
            reader.read(json, text);
        } catch (MalformedJson broken) {
            throw Refused.invalid(
                    "failed to parse the request JSON buffer: " + broken.getMessage());
        }
        return reader.request();
    }

    private static int length(String text, int most) {
        long length;
        try {
            length = Long.parseLong(text.strip());
        } catch (NumberFormatException none) {
            length = -1;
        }
        if (length < 0 || length > most) {
            throw Refused.invalid(
                    HEADER_LENGTH
                            + " is '"
                            + text
                            + "' (expected: 0 to the length of the body, "
                            + most
                            + ")");
        }
        return (int) length;
    }

    /** Collects what a request says, in whatever order it says it. */
    private static final class Reader {
        private final ByteBuffer binary;
        private final ServedModel model;
        private final List<Input> inputs = new ArrayList<>();
        private final List<InferRequest.Wanted> outputs = new ArrayList<>();
        private final List<JsonNode> wanted = new ArrayList<>();
        private boolean saysInputs;
        private boolean binaryOutput;
        private Duration timeout = Duration.ZERO;
        private String id = "";

        Reader(ByteBuffer binary, ServedModel model) {
            this.binary = binary;
            this.model = model;
        }

        /** Reads a request, whose text is that of the input. */
        void read(JsonInput json, ByteBuffer text) {
            json.expect('{');
            for (String name = json.takeName(true); name != null; name = json.takeName(false)) {
                member(json, text, name);
            }
            json.end();
        }

        /** Takes a value as a tree; not for the data of tensors. */
        private static JsonNode tree(JsonInput json, ByteBuffer text) {
            json.peek();
            int from = json.position();
            json.skip();
            byte[] bytes = new byte[json.position() - from];
            text.get(text.position() + from, bytes);
            try {
                return Json.STRICT.readTree(bytes);
            } catch (JacksonException wrong) {
                throw Refused.invalid(
                        "failed to parse the request JSON buffer: byte "
                                + from
                                + " of the JSON: no value, or text that is not UTF-8");
            }
        }

        private void member(JsonInput json, ByteBuffer text, String name) {
            switch (name) {
                case "id" -> {
                    JsonNode value = tree(json, text);
                    if (!value.isString() && !value.isNull()) {
                        throw Refused.invalid("Unable to parse 'id': it is no string");
                    }
                    id = value.isNull() ? "" : value.stringValue();
                }
                case "inputs" -> {
                    if (json.peek() != '[') {
                        throw Refused.invalid("Unable to parse 'inputs': it is no array");
                    }
                    saysInputs = true;
                    json.expect('[');
                    for (boolean more = json.takeElement(true);
                            more;
                            more = json.takeElement(false)) {
                        input(json, text);
                    }
                }
                case "outputs" -> {
                    JsonNode value = tree(json, text);
                    if (!value.isArray()) {
                        throw Refused.invalid("Unable to parse 'outputs': it is no array");
                    }
                    value.forEach(wanted::add);
                }
                case "parameters" -> {
                    JsonNode value = tree(json, text);
                    parameters(value, "parameters");
                    binaryOutput = flag(value, "binary_data_output", false);
                    timeout = timeout(value);
                }
                default -> tree(json, text);
            }
        }

        private void input(JsonInput json, ByteBuffer text) {
            var input = new Input();
            if (json.peek() != '{') {
                throw Refused.invalid("Unable to parse 'inputs': an element is no object");
            }
            json.expect('{');
            for (String name = json.takeName(true); name != null; name = json.takeName(false)) {
                switch (name) {
                    case "name" -> input.name = text(tree(json, text), "name");
                    case "datatype" -> input.type = type(text(tree(json, text), "datatype"));
                    case "shape" -> input.shape = shape(tree(json, text));
                    case "parameters" -> input.binary = binarySize(tree(json, text));
                    case "data" -> data(json, input);
                    default -> json.skip();
                }
            }
            if (input.later >= 0 && input.type != null) {
                int end = json.position();
                json.back(input.later);
                data(json, input);
                json.back(end);
            }
            inputs.add(input);
        }

        /** Reads the data at once when their type is known, else remembers where they are. */
        private static void data(JsonInput json, Input input) {
            if (json.peek() != '[') {
                throw Refused.invalid("Unable to parse 'data': it is no array");
            }
            DataType type = input.type;
            if (type == null) {
                input.later = json.position();
                json.skip();
                return;
            }
            if (type == DataType.FP16 || type == DataType.BF16) {
                throw Refused.invalid(
                        "sending "
                                + type
                                + " data via JSON is not supported. Please use the binary data"
                                + " format for input '"
                                + input.name
                                + "'");
            }
            input.data = TensorJson.read(json, type, TensorJson.Nulls.REFUSED).data();
        }

        private static String text(JsonNode value, String member) {
            if (!value.isString()) {
                throw Refused.invalid("Unable to parse '" + member + "': it is no string");
            }
            return value.stringValue();
        }

        private static DataType type(String text) {
            return DataType.named(text)
                    .orElseThrow(
                            () ->
                                    Refused.invalid(
                                            "Unable to parse 'datatype': '"
                                                    + text
                                                    + "' is no type (expected: BOOL, UINT8, …, FP32, FP64 or BYTES)"));
        }

        private static long[] shape(JsonNode value) {
            if (!value.isArray()) {
                throw Refused.invalid("Unable to parse 'shape': it is no array of integers");
            }
            if (value.size() > MAX_RANK) {
                throw Refused.invalid(
                        "Unable to parse 'shape': it has "
                                + value.size()
                                + " extents (expected: at most "
                                + MAX_RANK
                                + ")");
            }
            long[] shape = new long[value.size()];
            for (int i = 0; i < shape.length; i++) {
                JsonNode extent = value.get(i);
                if (!extent.isIntegralNumber() || !extent.canConvertToLong()) {
                    throw Refused.invalid("Unable to parse 'shape': it is no array of integers");
                }
                shape[i] = extent.longValue();
            }
            return shape;
        }

        private static void parameters(JsonNode value, String where) {
            if (!value.isObject() && !value.isNull()) {
                throw Refused.invalid("Unable to parse '" + where + "': it is no object");
            }
            if (value.has("shared_memory_region")) {
                throw new Refused(
                        Refused.Kind.UNSUPPORTED,
                        "shared memory is not supported (expected: data, or binary data)");
            }
        }

        private static boolean flag(JsonNode parameters, String name, boolean otherwise) {
            JsonNode value = parameters.get(name);
            if (value == null) {
                return otherwise;
            }
            if (!value.isBoolean()) {
                throw Refused.invalid("Unable to parse '" + name + "': it is no boolean");
            }
            return value.booleanValue();
        }

        private static Duration timeout(JsonNode parameters) {
            JsonNode value = parameters.get("timeout");
            if (value == null) {
                return Duration.ZERO;
            }
            if (!value.isIntegralNumber() || !value.canConvertToLong()) {
                throw Refused.invalid("Unable to parse 'timeout': it is no integer");
            }
            return InferRequest.timeout(value.longValue());
        }

        private static long binarySize(JsonNode parameters) {
            parameters(parameters, "parameters");
            JsonNode size = parameters.get("binary_data_size");
            if (size == null) {
                return -1;
            }
            if (!size.isIntegralNumber() || !size.canConvertToLong() || size.longValue() < 0) {
                throw Refused.invalid(
                        "Unable to parse 'binary_data_size': it is no length in bytes");
            }
            return size.longValue();
        }

        InferRequest request() {
            if (!saysInputs) {
                throw Refused.invalid(
                        "Unable to parse 'inputs': attempt to access non-existing object member"
                                + " 'inputs'");
            }
            var tensors = new ArrayList<Tensor>(inputs.size());
            for (Input input : inputs) {
                tensors.add(tensor(input));
            }
            if (binary.hasRemaining()) {
                throw Refused.invalid(
                        "unexpected additional input data for model '"
                                + model.name()
                                + "': "
                                + binary.remaining()
                                + " bytes behind those that the inputs name");
            }
            for (JsonNode output : wanted) {
                outputs.add(output(output));
            }
            return new InferRequest(id, tensors, outputs, binaryOutput, timeout);
        }

        private InferRequest.Wanted output(JsonNode output) {
            JsonNode name = output.get("name");
            if (name == null || !name.isString()) {
                throw Refused.invalid(
                        "Unable to parse 'outputs': attempt to access non-existing object member"
                                + " 'name'");
            }
            JsonNode parameters = output.get("parameters");
            if (parameters == null) {
                return new InferRequest.Wanted(name.stringValue(), 0, binaryOutput);
            }
            parameters(parameters, "parameters");
            JsonNode classes = parameters.get("classification");
            if (classes != null
                    && (!classes.isIntegralNumber()
                            || !classes.canConvertToInt()
                            || classes.intValue() < 0)) {
                throw Refused.invalid("Unable to parse 'classification': it is no number");
            }
            return new InferRequest.Wanted(
                    name.stringValue(),
                    classes == null ? 0 : classes.intValue(),
                    flag(parameters, "binary_data", binaryOutput));
        }

        private Tensor tensor(Input input) {
            String name = required(input.name, "name");
            long[] shape = required(input.shape, "shape");
            DataType type = required(input.type, "datatype");
            Elements.check(name, type, shape);
            if (input.binary >= 0) {
                if (input.binary > binary.remaining()) {
                    throw Refused.invalid(
                            "binary_data_size of input '"
                                    + name
                                    + "' is "
                                    + input.binary
                                    + ", and "
                                    + binary.remaining()
                                    + " bytes are there (expected: "
                                    + HEADER_LENGTH
                                    + " and the data behind the JSON)");
                }
                int size = (int) input.binary;
                ByteBuffer data = binary.slice(binary.position(), size);
                binary.position(binary.position() + size);
                return Elements.raw(name, type, shape, data);
            }
            ByteBuffer data = required(input.data, "data");
            if (!Elements.fits(type, shape, data)) {
                throw Refused.invalid(
                        "Unable to parse 'data': Shape does not match true shape of 'data' field"
                                + " (input '"
                                + name
                                + "', shape "
                                + ServedModel.told(shape)
                                + ")");
            }
            return new Tensor(name, type, shape, data);
        }

        private static <T> T required(@Nullable T value, String member) {
            if (value == null) {
                throw Refused.invalid(
                        "Unable to parse 'inputs': attempt to access non-existing object member '"
                                + member
                                + "'");
            }
            return value;
        }
    }

    /** An input as it is read. */
    private static final class Input {
        private @Nullable String name;
        private @Nullable DataType type;
        private long @Nullable [] shape;
        private @Nullable ByteBuffer data;
        private int later = -1;
        private long binary = -1;
    }

    /** The answer, before it is compressed. */
    static ScoreResult answer(ServedModel model, InferRequest request, List<Tensor> outputs) {
        var json = new JsonOutput();
        json.put('{');
        if (!request.id().isEmpty()) {
            json.ascii("\"id\":");
            json.string(request.id());
            json.put(',');
        }
        json.ascii("\"model_name\":");
        json.string(model.name());
        json.ascii(",\"model_version\":");
        json.string(model.version());
        json.ascii(",\"outputs\":[");
        var binary = new ArrayList<ByteBuffer>();
        int binarySize = 0;
        for (int i = 0; i < outputs.size(); i++) {
            Tensor tensor = outputs.get(i);
            json.ascii(i == 0 ? "{\"name\":" : ",{\"name\":");
            json.string(tensor.name());
            json.ascii(",\"datatype\":\"").ascii(tensor.type().name()).ascii("\",\"shape\":");
            json.ascii(ServedModel.told(tensor.shape()));
            if (request.wanted(tensor.name()).binary()) {
                ByteBuffer data = tensor.data();
                json.ascii(",\"parameters\":{\"binary_data_size\":")
                        .number(data.remaining())
                        .put('}');
                binarySize = Math.addExact(binarySize, data.remaining());
                binary.add(data);
            } else {
                json.ascii(",\"data\":");
                write(json, tensor);
            }
            json.put('}');
        }
        json.ascii("]}");
        ByteBuffer text = json.bytes();
        int length = text.remaining();
        if (binary.isEmpty()) {
            return new ScoreResult(200, Headers.of("Content-Type", "application/json"), text);
        }
        var body = ByteBuffer.allocate(Math.addExact(length, binarySize)).put(text);
        binary.forEach(body::put);
        return new ScoreResult(
                200,
                Headers.of(
                        "Content-Type",
                        "application/octet-stream",
                        HEADER_LENGTH,
                        Integer.toString(length)),
                body.flip());
    }

    private static void write(JsonOutput json, Tensor tensor) {
        DataType type = tensor.type();
        if (type == DataType.FP16 || type == DataType.BF16) {
            throw Refused.invalid(
                    "sending "
                            + type
                            + " data via JSON is not supported. Please use the binary data format"
                            + " for output '"
                            + tensor.name()
                            + "'");
        }
        if (type == DataType.BYTES && !Elements.isText(tensor)) {
            throw Refused.invalid(
                    "output '"
                            + tensor.name()
                            + "' holds bytes that are no UTF-8 and cannot be JSON: ask for it as"
                            + " binary data");
        }
        TensorJson.writeFlat(tensor, json, null);
    }
}
