package dev.farol.runtime.oip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.farol.runtime.tensor.DataType;
import dev.farol.runtime.tensor.InferenceListener;
import dev.farol.runtime.tensor.ModelInfo;
import dev.farol.runtime.tensor.Tensor;
import dev.farol.runtime.tensor.TensorInfo;
import dev.farol.runtime.tensor.TensorModel;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is said of a request in JSON that cannot be read. */
class RestInferTest {
    private static final ModelConfig CONFIG =
            ModelConfig.of(
                    new ModelInfo(
                            "m",
                            "1",
                            "onnxruntime_onnx",
                            List.of(new TensorInfo("IN", DataType.INT32, List.of(1L))),
                            List.of()));

    private static void read(byte[] body) {
        RestInfer.read(ByteBuffer.wrap(body), null, new Unasked().model());
    }

    private static String input(String name, String shape, String data) {
        return "{'inputs':[{'name':'NAME','datatype':'INT32','shape':SHAPE,'data':DATA}]}"
                .replace('\'', '"')
                .replace("NAME", name)
                .replace("SHAPE", shape)
                .replace("DATA", data);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "``|The document is empty. at 0",
                "` `|The document is empty. at 0",
                "\uFEFF{}|byte 0 of the JSON: expected '{'",
                "{}\u00A0|byte 2 of the JSON: something after the end",
                "{\"id\"|byte 5 of the JSON: it ends, expected ':'",
            })
    void whatIsNoJsonIsToldByItsPlace(String body, String message) {
        assertThatThrownBy(() -> read(body.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(Refused.class)
                .hasMessage("failed to parse the request JSON buffer: " + message);
    }

    @Test
    void textThatIsNotUtf8IsTold() {
        byte[] body = input("?", "[1]", "[1]").getBytes(StandardCharsets.US_ASCII);
        body[20] = (byte) 0xFF;
        assertThatThrownBy(() -> read(body))
                .isInstanceOf(Refused.class)
                .hasMessageEndingWith("byte 19 of the JSON: no value, or text that is not UTF-8");
    }

    @Test
    void aShapeOfTooManyExtentsIsTold() {
        String shape = "[1" + ",1".repeat(1024) + "]";
        assertThatThrownBy(
                        () -> read(input("IN", shape, "[1]").getBytes(StandardCharsets.US_ASCII)))
                .isInstanceOf(Refused.class)
                .hasMessage(
                        "Unable to parse 'shape': it has 1025 extents (expected: at most 1024)");
    }

    /** A gRPC status is a header. */
    @Test
    void whatACallerWroteIsRepeatedAtAReasonableLength() {
        String body = input("IN", "[1]", "[" + "9".repeat(1_000_000) + "]");
        assertThatThrownBy(() -> read(body.getBytes(StandardCharsets.US_ASCII)))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("JSON: 999")
                .hasMessageEndingWith("999 (expected: a whole number of 64 bits)")
                .satisfies(refused -> assertThat(refused.getMessage()).hasSize(1000));
    }

    private static final class Unasked implements TensorModel {
        ServedModel model() {
            return new ServedModel("1", CONFIG, this, Map.of());
        }

        @Override
        public ModelInfo info() {
            throw new AssertionError("not asked here");
        }

        @Override
        public void infer(List<Tensor> inputs, List<String> outputs, InferenceListener listener) {
            throw new AssertionError("not asked here");
        }

        @Override
        public void close() {}
    }
}
