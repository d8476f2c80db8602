package dev.farol.runtime.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.farol.kit.Json;
import dev.farol.runtime.tensor.DataType;
import dev.farol.runtime.tensor.Tensor;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** A model of the test resources, a request, and what ONNX Runtime in Python answered. */
record Golden(Path file, List<Tensor> inputs, List<Tensor> outputs) {
    static Path file(String name) {
        try {
            return Path.of(Golden.class.getResource(name + ".onnx").toURI());
        } catch (URISyntaxException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    static Golden of(String name) throws IOException {
        Path file = file(name);
        return of(file, file.resolveSibling(name + ".json"));
    }

    static Golden of(Path file, Path golden) throws IOException {
        JsonNode root = Json.TOLERANT.readTree(Files.readString(golden));
        return new Golden(file, tensors(root.path("inputs")), tensors(root.path("outputs")));
    }

    private static List<Tensor> tensors(JsonNode array) {
        return array.valueStream().map(Golden::tensor).toList();
    }

    static Tensor tensor(JsonNode node) {
        DataType type = DataType.named(node.path("datatype").asString()).orElseThrow();
        long[] shape = node.path("shape").valueStream().mapToLong(JsonNode::asLong).toArray();
        JsonNode data = node.path("data");
        int size = 0;
        for (JsonNode element : data) {
            size +=
                    type == DataType.BYTES
                            ? 4 + element.asString().getBytes(StandardCharsets.UTF_8).length
                            : type.size();
        }
        ByteBuffer bytes = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        for (JsonNode element : data) {
            switch (type) {
                case BOOL -> bytes.put((byte) (element.asBoolean() ? 1 : 0));
                case INT8, UINT8 -> bytes.put((byte) element.asInt());
                case INT16, UINT16, FP16, BF16 -> bytes.putShort((short) element.asInt());
                case INT32, UINT32 -> bytes.putInt((int) element.asLong());
                case INT64 -> bytes.putLong(element.asLong());
                case UINT64 -> bytes.putLong(element.bigIntegerValue().longValue());
                case FP32 -> bytes.putFloat((float) number(element));
                case FP64 -> bytes.putDouble(number(element));
                case BYTES -> {
                    byte[] text = element.asString().getBytes(StandardCharsets.UTF_8);
                    bytes.putInt(text.length).put(text);
                }
            }
        }
        return new Tensor(node.path("name").asString(), type, shape, bytes.flip());
    }

    private static double number(JsonNode element) {
        return element.isNumber() ? element.asDouble() : Double.parseDouble(element.asString());
    }

    /** Equal but for 1e-5 of a float's value. */
    static void assertSame(Tensor actual, Tensor expected) {
        assertThat(actual.name()).isEqualTo(expected.name());
        assertThat(actual.type()).as(actual.name()).isEqualTo(expected.type());
        assertThat(actual.shape()).as(actual.name()).isEqualTo(expected.shape());
        switch (actual.type()) {
            case FP32, FP64 -> {
                List<Double> got = doubles(actual);
                List<Double> wanted = doubles(expected);
                for (int i = 0; i < wanted.size(); i++) {
                    double value = wanted.get(i);
                    if (Double.isNaN(value) || Double.isInfinite(value)) {
                        assertThat(got.get(i)).isEqualTo(Double.valueOf(value));
                    } else {
                        assertThat(got.get(i))
                                .as("%s[%d]", actual.name(), i)
                                .isCloseTo(value, within(1e-5 * Math.max(Math.abs(value), 1e-3)));
                    }
                }
            }
            case BYTES -> assertThat(texts(actual)).isEqualTo(texts(expected));
            default -> assertThat(actual.data()).as(actual.name()).isEqualTo(expected.data());
        }
    }

    static List<Double> doubles(Tensor tensor) {
        var values = new ArrayList<Double>();
        ByteBuffer data = tensor.data();
        while (data.hasRemaining()) {
            values.add(tensor.type() == DataType.FP32 ? data.getFloat() : data.getDouble());
        }
        return values;
    }

    /** The elements; of JSON texts the values, so that the length of a number does not matter. */
    static List<Object> texts(Tensor tensor) {
        var values = new ArrayList<Object>();
        ByteBuffer data = tensor.data();
        while (data.hasRemaining()) {
            byte[] text = new byte[data.getInt()];
            data.get(text);
            String string = new String(text, StandardCharsets.UTF_8);
            if (string.startsWith("{")) {
                Json.STRICT
                        .readTree(string)
                        .properties()
                        .forEach(
                                entry ->
                                        values.add(
                                                entry.getKey()
                                                        + "="
                                                        + (float) entry.getValue().asDouble()));
            } else {
                values.add(string);
            }
        }
        return values;
    }
}
