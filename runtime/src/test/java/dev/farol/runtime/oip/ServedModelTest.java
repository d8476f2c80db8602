package dev.farol.runtime.oip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.farol.runtime.tensor.DataType;
import dev.farol.runtime.tensor.InferenceFailure;
import dev.farol.runtime.tensor.InferenceListener;
import dev.farol.runtime.tensor.InferenceListener.Timing;
import dev.farol.runtime.tensor.ModelInfo;
import dev.farol.runtime.tensor.Tensor;
import dev.farol.runtime.tensor.TensorInfo;
import dev.farol.runtime.tensor.TensorModel;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What a version of a model checks, and what it counts. */
class ServedModelTest {
    private static final ModelInfo INFO =
            new ModelInfo(
                    "m",
                    "1",
                    "onnxruntime_onnx",
                    List.of(new TensorInfo("IN", DataType.INT32, List.of(-1L, 2L))),
                    List.of(new TensorInfo("OUT", DataType.INT32, List.of(-1L, 2L))));

    private final Engine engine = new Engine();
    private final ServedModel model =
            new ServedModel("1", batched(ModelConfig.of(INFO)), engine, Map.of());

    private static ModelConfig batched(ModelConfig config) {
        var in = new ModelConfig.Io("IN", DataType.INT32, List.of(2L), null, false, "", "");
        var out = new ModelConfig.Io("OUT", DataType.INT32, List.of(2L), null, false, "", "");
        return config.with(8, List.of(in), List.of(out));
    }

    /** Answers when the test says so. */
    private static final class Engine implements TensorModel {
        private @Nullable InferenceListener waiting;
        private @Nullable Tensor given;

        @Override
        public ModelInfo info() {
            return INFO;
        }

        @Override
        public void infer(List<Tensor> inputs, List<String> outputs, InferenceListener listener) {
            given = inputs.getFirst();
            waiting = listener;
        }

        void answer(Timing timing) {
            Tensor in = Objects.requireNonNull(given);
            Objects.requireNonNull(waiting)
                    .done(List.of(new Tensor("OUT", in.type(), in.shape(), in.data())), timing);
        }

        void fail() {
            Objects.requireNonNull(waiting)
                    .failed(new InferenceFailure(InferenceFailure.Kind.MODEL, "broken"));
        }

        @Override
        public void close() {}
    }

    /** Writes as long as it takes the clock to move on by a millisecond. */
    private static InferenceListener slow() {
        return new InferenceListener() {
            @Override
            public void done(List<Tensor> outputs, Timing timing) {
                passes();
            }

            @Override
            public void failed(InferenceFailure failure) {}
        };
    }

    private static void passes() {
        try {
            assertThat(new CountDownLatch(1).await(1, TimeUnit.MILLISECONDS)).isFalse();
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    private static List<Tensor> rows(DataType type, int count) {
        var data = ByteBuffer.allocate(count * 2 * type.size());
        return List.of(new Tensor("IN", type, new long[] {count, 2}, data));
    }

    private JsonNode told() {
        return ConfigJson.statistics(List.of(model)).path("model_stats").get(0);
    }

    @Test
    void everyPartOfARequestTakesItsTime() {
        long begin = System.nanoTime();
        passes();
        model.infer(rows(DataType.INT32, 3), List.of(), begin, true, slow());
        engine.answer(new Timing(7, 5, 3));

        JsonNode sums = told().path("inference_stats");
        for (String part :
                List.of("success", "queue", "compute_input", "compute_infer", "compute_output")) {
            assertThat(sums.path(part).path("count").intValue()).as(part).isEqualTo(1);
        }
        long input = sums.path("compute_input").path("ns").longValue();
        long output = sums.path("compute_output").path("ns").longValue();
        assertThat(input).isGreaterThanOrEqualTo(1_000_000);
        assertThat(output).isGreaterThanOrEqualTo(1_000_000);
        assertThat(sums.path("queue").path("ns").longValue()).isEqualTo(7);
        assertThat(sums.path("compute_infer").path("ns").longValue()).isEqualTo(5);
        assertThat(sums.path("success").path("ns").longValue())
                .isGreaterThanOrEqualTo(input + output);
        JsonNode batch = told().path("batch_stats").get(0);
        assertThat(batch.path("batch_size").intValue()).isEqualTo(3);
        assertThat(told().path("execution_count").intValue()).isEqualTo(1);
        assertThat(told().path("inference_count").intValue()).isEqualTo(3);
        assertThat(batch.path("compute_input").path("ns").longValue()).isEqualTo(input);
        assertThat(batch.path("compute_output").path("ns").longValue()).isEqualTo(output);
    }

    @Test
    void aModelWithoutRowsCountsRequests() {
        var unbatched = new ServedModel("1", ModelConfig.of(INFO), engine, Map.of());
        unbatched.infer(rows(DataType.INT32, 3), List.of(), slow());
        engine.answer(new Timing(0, 5, 3));
        // Two requests of three rows that an engine put together all the same.
        for (int i = 0; i < 2; i++) {
            unbatched.infer(rows(DataType.INT32, 3), List.of(), slow());
            engine.answer(new Timing(0, 5, 6));
        }
        JsonNode told = ConfigJson.statistics(List.of(unbatched)).path("model_stats").get(0);
        assertThat(told.path("inference_count").intValue()).isEqualTo(3);
        assertThat(told.path("execution_count").intValue()).isEqualTo(2);
        assertThat(told.path("batch_stats").get(0).path("batch_size").intValue()).isEqualTo(1);
        assertThat(told.path("batch_stats").get(1).path("batch_size").intValue()).isEqualTo(2);
    }

    @Test
    void whatAStepsListenerDoesIsNotTheStepsOutput() {
        model.infer(rows(DataType.INT32, 1), List.of(), slow());
        engine.answer(new Timing(0, 5, 1));
        JsonNode sums = told().path("inference_stats");
        assertThat(sums.path("compute_output").path("count").intValue()).isEqualTo(1);
        assertThat(sums.path("compute_output").path("ns").longValue()).isLessThan(1_000_000);
    }

    @Test
    void moreRowsThanMaxBatchSizeAreRefused() {
        model.infer(rows(DataType.INT32, 8), List.of(), slow());
        for (int count : new int[] {0, 9}) {
            List<Tensor> wrong = rows(DataType.INT32, count);
            assertThatThrownBy(() -> model.infer(wrong, List.of(), slow()))
                    .isInstanceOf(Refused.class)
                    .hasMessageContaining("batch-size must be <= 8 for 'm'");
        }
    }

    @Test
    void failuresAreCountedApart() {
        model.infer(rows(DataType.INT32, 1), List.of(), slow());
        engine.fail();
        List<Tensor> wrong = rows(DataType.FP32, 1);
        assertThatThrownBy(() -> model.infer(wrong, List.of(), slow()))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("data-type is 'FP32', but model 'm' expects 'INT32'");
        JsonNode sums = told().path("inference_stats");
        assertThat(sums.path("fail").path("count").intValue()).isEqualTo(2);
        assertThat(sums.path("success").path("count").intValue()).isZero();
        assertThat(told().path("inference_count").intValue()).isZero();
    }
}
