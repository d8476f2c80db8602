package dev.farol.runtime.oip;

import static dev.farol.kit.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.runtime.Asked;
import dev.farol.runtime.HandLoop;
import dev.farol.runtime.RpcService;
import dev.farol.runtime.serve.Coders;
import dev.farol.runtime.tensor.DataType;
import dev.farol.runtime.tensor.InferenceListener;
import dev.farol.runtime.tensor.ModelInfo;
import dev.farol.runtime.tensor.Tensor;
import dev.farol.runtime.tensor.TensorInfo;
import dev.farol.runtime.tensor.TensorModel;
import dev.farol.wire.GrpcStatus;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Large requests and answers are not the loop's work: the loop is what the test runs by hand. */
class LargeInferTest {
    private static final int NUMBERS = 500_000;

    private final HandLoop loop = new HandLoop();
    private final Coders coders = new Coders(1, loop::execute);
    private final SingleRepository repository = new SingleRepository();
    private final Oip oip = new Oip(repository, "farol", "1", 1 << 30, coders);

    /** Answers the first element, or all of them. */
    private record Part(boolean all) implements TensorModel {
        @Override
        public ModelInfo info() {
            return new ModelInfo(
                    "part",
                    "1",
                    "onnxruntime_onnx",
                    List.of(new TensorInfo("x", DataType.INT32, List.of(-1L))),
                    List.of(new TensorInfo("y", DataType.INT32, List.of(-1L))));
        }

        @Override
        public void infer(List<Tensor> inputs, List<String> outputs, InferenceListener listener) {
            Tensor x = inputs.getFirst();
            ByteBuffer data = x.data();
            Tensor y =
                    all
                            ? new Tensor("y", x.type(), x.shape(), data)
                            : new Tensor(
                                    "y",
                                    x.type(),
                                    new long[] {1},
                                    data.slice(data.position(), 4).order(data.order()));
            listener.done(List.of(y), new InferenceListener.Timing(0, 1, 1));
        }

        @Override
        public void close() {}
    }

    private static final TensorModel OTHER =
            new TensorModel() {
                @Override
                public ModelInfo info() {
                    return new ModelInfo("other", "1", "x", List.of(), List.of());
                }

                @Override
                public void infer(
                        List<Tensor> inputs, List<String> outputs, InferenceListener listener) {
                    throw new IllegalStateException("nobody asks for it");
                }

                @Override
                public void close() {}
            };

    @BeforeEach
    void serve() {
        repository.serve(new Part(false));
    }

    @AfterEach
    void end() {
        coders.close();
    }

    private Asked ask(byte[] body, String... headers) {
        return Asked.post(oip::score, "/v2/models/part/infer", "application/json", body, headers);
    }

    private static byte[] body(int count, String last) {
        return ("{\"inputs\":[{\"name\":\"x\",\"datatype\":\"INT32\",\"shape\":["
                        + count
                        + "],\"data\":["
                        + "7,".repeat(count - 1)
                        + last
                        + "]}]}")
                .getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] gzip(byte[] plain) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var out = new GZIPOutputStream(bytes)) {
            out.write(plain);
        }
        return bytes.toByteArray();
    }

    private void smallOnesPass() {
        for (int i = 0; i < 10; i++) {
            assertThat(ask(body(2, "3")).text()).contains("\"data\":[7");
        }
    }

    @Test
    void smallRequestsAreAnsweredWhileALargeOneIsRead() {
        Asked large = ask(body(NUMBERS, "8"));
        smallOnesPass();
        assertThat(large.isAnswered()).isFalse();
        eventually("it is read", loop::turn);
        assertThat(large.text()).contains("\"data\":[7]");
    }

    @Test
    void whatIsCompressedIsLargeWhateverItsSize() throws IOException {
        Asked large = ask(gzip(body(NUMBERS, "8")), "Content-Encoding", "gzip");
        smallOnesPass();
        assertThat(large.isAnswered()).isFalse();
        eventually("it is read", loop::turn);
        assertThat(large.text()).contains("\"data\":[7]");
    }

    @Test
    void smallRequestsAreAnsweredWhileALargeAnswerIsWritten() {
        repository.serve(new Part(true));
        Asked large = ask(body(NUMBERS, "8"), "Accept-Encoding", "gzip");
        eventually("it is read", loop::turn);
        assertThat(large.isAnswered()).isFalse();
        smallOnesPass();
        eventually("it is written", loop::turn);
        assertThat(large.answer().headers().first("Content-Encoding")).contains("gzip");
    }

    /** What came of a call over gRPC: messages, or a status. */
    private List<String> call(String method, byte[] message) {
        var heard = new ArrayList<String>();
        oip.rpc()
                .call(
                        "inference.GRPCInferenceService/" + method,
                        ByteBuffer.wrap(message),
                        new RpcService.Listener() {
                            @Override
                            public void answered(List<ByteBuffer> parts) {
                                heard.add("answered");
                            }

                            @Override
                            public void failed(GrpcStatus status, String why) {
                                heard.add(status + " " + why);
                            }
                        });
        return heard;
    }

    /** Numbers as they stand in a message by themselves, not as bytes of a tensor. */
    private static byte[] typed(int count, long last) {
        long[] numbers = new long[count];
        Arrays.fill(numbers, 7);
        numbers[count - 1] = last;
        var out = new ByteArrayOutputStream();
        new ProtoWriter()
                .text(1, "part")
                .message(
                        5,
                        input ->
                                input.text(1, "x")
                                        .text(2, "INT32")
                                        .packed(3, new long[] {count})
                                        .message(5, contents -> contents.packed(2, numbers)))
                .parts()
                .forEach(part -> out.write(part.array(), part.arrayOffset(), part.remaining()));
        return out.toByteArray();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ModelInfer", "ModelStreamInfer"})
    void smallCallsAreAnsweredWhileALargeOneIsRead(String method) {
        List<String> large = call(method, typed(NUMBERS, 8));
        for (int i = 0; i < 10; i++) {
            assertThat(call("ModelInfer", typed(2, 3))).containsExactly("answered");
        }
        smallOnesPass();
        assertThat(large).isEmpty();
        eventually("it is read", loop::turn);
        assertThat(large).containsExactly("answered");
    }

    @Test
    void aLargeCallThatIsNoneIsRefused() {
        List<String> large = call("ModelInfer", typed(NUMBERS, 1L << 40));
        assertThat(large).isEmpty();
        eventually("it is read", loop::turn);
        assertThat(large)
                .containsExactly(
                        "INVALID_ARGUMENT contents of input 'x' hold 1099511627776 (expected: INT32)");
    }

    @Test
    void aLargeCallAfterTheEndIsToldSo() {
        coders.close();
        assertThat(call("ModelInfer", typed(NUMBERS, 8)))
                .containsExactly("UNAVAILABLE The models are not loaded any more");
    }

    @Test
    void aModelThatIsGoneWhenItsCallIsReadIsToldSo() {
        List<String> large = call("ModelInfer", typed(NUMBERS, 8));
        repository.serve(OTHER);
        eventually("it is read", loop::turn);
        assertThat(large).hasSize(1);
        assertThat(large.getFirst()).startsWith("NOT_FOUND ");
    }

    @Test
    void aLargeBodyThatIsNoneIsRefused() {
        Asked large = ask(body(NUMBERS, "x"));
        eventually("it is read", loop::turn);
        assertThat(large.answer().status()).isEqualTo(400);
    }

    @Test
    void aModelThatIsGoneWhenItsRequestIsReadIsToldSo() {
        Asked large = ask(body(NUMBERS, "8"));
        repository.serve(OTHER);
        eventually("it is read", loop::turn);
        assertThat(large.answer().status()).isEqualTo(404);
    }

    @Test
    void aLargeBodyAfterTheEndIsToldSo() {
        coders.close();
        assertThat(ask(body(NUMBERS, "8")).answer().status()).isEqualTo(503);
    }
}
