package dev.farol.runtime.oip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.farol.kit.testing.Eventually;
import dev.farol.runtime.tensor.DataType;
import dev.farol.runtime.tensor.InferenceFailure;
import dev.farol.runtime.tensor.InferenceListener;
import dev.farol.runtime.tensor.ModelInfo;
import dev.farol.runtime.tensor.Tensor;
import dev.farol.runtime.tensor.TensorInfo;
import dev.farol.runtime.tensor.TensorModel;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The parameter {@code timeout}: how it is read, and what the engine hears of it. */
class TimeoutTest {
    private static final ModelInfo INFO =
            new ModelInfo(
                    "m",
                    "1",
                    "onnxruntime_onnx",
                    List.of(new TensorInfo("IN", DataType.INT32, List.of(1L))),
                    List.of(new TensorInfo("OUT", DataType.INT32, List.of(1L))));

    private final List<InferenceListener> waiting = new ArrayList<>();
    private final ServedModel model =
            new ServedModel("1", ModelConfig.of(INFO), new Engine(), Map.of());

    private final class Engine implements TensorModel {
        @Override
        public ModelInfo info() {
            return INFO;
        }

        @Override
        public void infer(List<Tensor> inputs, List<String> outputs, InferenceListener listener) {
            waiting.add(listener);
        }

        @Override
        public void close() {}
    }

    private InferRequest rest(String parameters) {
        String body =
                "{\"parameters\":"
                        + parameters
                        + ",\"inputs\":[{\"name\":\"IN\",\"datatype\":\"INT32\",\"shape\":[1],\"data\":[1]}]}";
        return RestInfer.read(ByteBuffer.wrap(body.getBytes(StandardCharsets.UTF_8)), null, model);
    }

    private static InferRequest grpc(Consumer<ProtoWriter> choice) {
        var proto =
                new ProtoWriter()
                        .message(4, entry -> entry.text(1, "timeout").message(2, choice::accept));
        var out = new ByteArrayOutputStream();
        for (ByteBuffer part : proto.parts()) {
            byte[] copy = new byte[part.remaining()];
            part.duplicate().get(copy);
            out.writeBytes(copy);
        }
        return GrpcInfer.read(ByteBuffer.wrap(out.toByteArray())).request();
    }

    @Test
    void isInMicroseconds() {
        assertThat(rest("{\"timeout\":1500,\"priority\":2}").timeout())
                .isEqualTo(Duration.ofNanos(1_500_000));
        assertThat(rest("{\"mine\":\"yes\"}").timeout()).isZero();
        assertThat(rest("{\"timeout\":9223372036854775807}").timeout())
                .isEqualTo(Duration.ofNanos(Long.MAX_VALUE));
        assertThat(grpc(value -> value.number(2, 1500)).timeout())
                .isEqualTo(Duration.ofNanos(1_500_000));
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "1.5", "\"1\"", "true", "null", "9223372036854775808"})
    void whatIsNoNumberOfMicrosecondsIsRefused(String value) {
        assertThatThrownBy(() -> rest("{\"timeout\":" + value + "}"))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("timeout");
    }

    @Test
    void whatIsNoIntegerIsRefusedOverGrpc() {
        assertThatThrownBy(() -> grpc(value -> value.text(3, "soon")))
                .isInstanceOf(Refused.class)
                .hasMessage("timeout is 'soon' (expected: an int64_param)");
        assertThatThrownBy(() -> grpc(value -> value.number(2, -1)))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("timeout is -1");
    }

    @Test
    void isOverOnceTheRequestHasWaitedAsLong() {
        var refusals = new ArrayList<Refused>();
        long begin = System.nanoTime();
        for (String timeout : List.of("0", "3600000000", "1")) {
            InferRequest request = rest("{\"timeout\":" + timeout + "}");
            Inference.run(model, request, begin, outputs -> {}, refusals::add);
        }
        Eventually.eventually("it is late", () -> waiting.get(2).late());
        assertThat(waiting.get(0).late()).isFalse();
        assertThat(waiting.get(1).late()).isFalse();
        waiting.get(2).failed(InferenceFailure.LATE);
        assertThat(refusals)
                .singleElement()
                .satisfies(
                        refused -> {
                            assertThat(refused.kind()).isEqualTo(Refused.Kind.UNAVAILABLE);
                            assertThat(refused.words()).startsWith("Request timeout expired");
                        });
    }
}
