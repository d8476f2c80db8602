package dev.farol.runtime.serve;

import static dev.farol.kit.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.runtime.Asked;
import dev.farol.runtime.ConsoleLog;
import dev.farol.runtime.HandLoop;
import dev.farol.runtime.tensor.DataType;
import dev.farol.runtime.tensor.InferenceListener;
import dev.farol.runtime.tensor.ModelInfo;
import dev.farol.runtime.tensor.Tensor;
import dev.farol.runtime.tensor.TensorInfo;
import dev.farol.runtime.tensor.TensorModel;
import dev.farol.spec.ReplicaSpec;
import dev.farol.spec.ReplicaSpec.NativeModel;
import dev.farol.spec.RequestSettings;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A large body or answer is not the loop's work: the loop is what the test runs by hand. */
class LargeBodyTest {
    private static final int NUMBERS = 5_000_000;

    @TempDir private Path folder;
    private final HandLoop loop = new HandLoop();
    private SingleModel server;

    /** Gives back the sum of its numbers, or them, on whatever thread it is asked. */
    private record Sum(boolean all) implements TensorModel {
        @Override
        public ModelInfo info() {
            return new ModelInfo(
                    "sum",
                    "1",
                    "onnxruntime_onnx",
                    List.of(new TensorInfo("x", DataType.FP32, List.of(-1L))),
                    List.of(new TensorInfo("y", DataType.FP32, List.of(-1L))));
        }

        @Override
        public void infer(List<Tensor> inputs, List<String> outputs, InferenceListener listener) {
            Tensor x = inputs.getFirst();
            ByteBuffer data = x.data();
            ByteBuffer sum = ByteBuffer.allocate(4).order(data.order());
            float total = 0;
            while (data.hasRemaining()) {
                total += data.getFloat();
            }
            sum.putFloat(total).flip();
            listener.done(
                    List.of(
                            all
                                    ? new Tensor("y", DataType.FP32, x.shape(), x.data())
                                    : new Tensor("y", DataType.FP32, new long[] {1}, sum)),
                    new InferenceListener.Timing(0, 1, 1));
        }

        @Override
        public void close() {}
    }

    private ConsoleLog console;

    @BeforeEach
    void begin() {
        console = new ConsoleLog(new ByteArrayOutputStream());
    }

    @AfterEach
    void end() throws Exception {
        server.close();
        console.close();
    }

    private void serve(Sum model) {
        var spec =
                new ReplicaSpec(
                        "sum-1",
                        "sum",
                        "blue",
                        null,
                        new NativeModel(
                                NativeModel.Kind.ONNX, "sum", folder.resolve("x").toString()),
                        null,
                        Map.of("FAROL_BATCHING", "off"),
                        RequestSettings.DEFAULT,
                        Duration.ofSeconds(30),
                        folder.toString(),
                        folder.toString());
        server =
                new SingleModel(
                        spec,
                        (name, version, file) -> model,
                        Hosting.of(loop, 2, console, 1 << 30),
                        Beside.NOTHING);
        server.load(phase -> {});
    }

    private Asked ask(byte[] body) {
        return ask("application/json", body);
    }

    private Asked ask(String type, byte[] body) {
        return Asked.post(server::score, "/score", type, body);
    }

    private static byte[] body(String numbers) {
        return ("{\"input_data\": [" + numbers + "]}").getBytes(StandardCharsets.UTF_8);
    }

    private static String ones() {
        return "1.0000,".repeat(NUMBERS - 1) + "1.0000";
    }

    @Test
    void smallRequestsAreAnsweredWhileALargeOneIsRead() {
        serve(new Sum(false));
        Asked large = ask(body(ones()));
        assertThat(large.isAnswered()).isFalse();
        for (int i = 0; i < 10; i++) {
            Asked small = ask(body("2,3"));
            assertThat(small.text()).isEqualTo("{\"y\":[5.0]}");
        }
        assertThat(large.isAnswered()).isFalse();

        eventually("the large one is read", loop::turn);
        assertThat(large.text()).isEqualTo("{\"y\":[" + (float) NUMBERS + "]}");
    }

    @Test
    void whatIsCompressedIsLargeWhateverItsSize() {
        serve(new Sum(false));
        byte[] zeros = ArrowTest.WRITTEN.get("BOMB_ZSTD");
        assertThat(zeros.length).isLessThan(1000);
        Asked large = ask(Arrow.TYPE, zeros);
        assertThat(ask(body("2,3")).text()).isEqualTo("{\"y\":[5.0]}");
        assertThat(large.isAnswered()).isFalse();

        eventually("it is read", loop::turn);
        assertThat(large.answer().status()).as(large.text()).isEqualTo(200);
        assertThat(ask(Arrow.TYPE, ArrowTest.WRITTEN.get("MATRIX")).isAnswered()).isTrue();
    }

    @Test
    void smallRequestsAreAnsweredWhileALargeAnswerIsWritten() {
        serve(new Sum(true));
        Asked large = ask(body(ones()));
        eventually("the large one is read", loop::turn);
        assertThat(large.isAnswered()).isFalse();
        assertThat(ask(body("2,3")).text()).isEqualTo("{\"y\":[2.0,3.0]}");

        eventually("the large answer is written", loop::turn);
        assertThat(large.text()).hasSize("{\"y\":[".length() + 4 * NUMBERS - 1 + "]}".length());
    }

    @Test
    void aLargeBodyThatIsNoneIsRefused() {
        serve(new Sum(false));
        Asked large = ask(body(ones() + ",-"));
        eventually("the large one is read", loop::turn);
        assertThat(large.answer().status()).isEqualTo(400);
        assertThat(large.text()).contains("expected a number");
    }

    @Test
    void aLargeBodyAfterTheEndIsToldSo() {
        serve(new Sum(false));
        server.close();
        assertThat(ask(body(ones())).answer().status()).isEqualTo(503);
    }
}
