package dev.farol.runtime.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.farol.runtime.tensor.DataType;
import dev.farol.runtime.tensor.InferenceFailure;
import dev.farol.runtime.tensor.InferenceFailure.Kind;
import dev.farol.runtime.tensor.InferenceListener;
import dev.farol.runtime.tensor.ModelInfo;
import dev.farol.runtime.tensor.Tensor;
import dev.farol.runtime.tensor.TensorInfo;
import dev.farol.runtime.tensor.TensorModel;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BatcherTest {
    private static final BatchSettings TRUSTED =
            new BatchSettings(8, Duration.ZERO, List.of(), false);

    private final ArrayDeque<Runnable> loop = new ArrayDeque<>();
    private final List<Duration> alarms = new ArrayList<>();
    private final ArrayDeque<Runnable> rung = new ArrayDeque<>();
    private final List<String> lines = new ArrayList<>();
    private final FakeEngine engine = new FakeEngine();
    private long now;

    private Batcher batcher(BatchSettings settings, int places) {
        return new Batcher(
                engine,
                settings,
                places,
                loop::add,
                (delay, task) -> {
                    alarms.add(delay);
                    rung.add(task);
                },
                () -> now,
                lines::add);
    }

    private void turn() {
        while (!loop.isEmpty()) {
            loop.removeFirst().run();
        }
    }

    /** Doubles numbers; a negative one fails its whole call. Holds calls while it is told to. */
    private static final class FakeEngine implements TensorModel {
        private final List<Long> calls = new ArrayList<>();
        private final ArrayDeque<Runnable> held = new ArrayDeque<>();
        private boolean hold;
        private boolean mixes;
        private boolean shrinks;

        @Override
        public ModelInfo info() {
            return new ModelInfo(
                    "fake",
                    "1",
                    "fake",
                    List.of(new TensorInfo("x", DataType.FP32, List.of(-1L, -1L))),
                    List.of(new TensorInfo("y", DataType.FP32, List.of(-1L, -1L))));
        }

        @Override
        public void infer(List<Tensor> inputs, List<String> outputs, InferenceListener listener) {
            calls.add(inputs.getFirst().shape()[0]);
            if (hold) {
                held.add(() -> compute(inputs.getFirst(), listener));
            } else {
                compute(inputs.getFirst(), listener);
            }
        }

        void release() {
            hold = false;
            while (!held.isEmpty()) {
                held.removeFirst().run();
            }
        }

        private void compute(Tensor input, InferenceListener listener) {
            ByteBuffer in = input.data();
            ByteBuffer out = ByteBuffer.allocate(in.remaining()).order(ByteOrder.LITTLE_ENDIAN);
            while (in.hasRemaining()) {
                float value = in.getFloat();
                if (value < 0) {
                    listener.failed(new InferenceFailure(Kind.MODEL, "negative: " + value));
                    return;
                }
                out.putFloat(mixes ? value * input.shape()[0] : value * 2);
            }
            long[] shape = input.shape();
            if (shrinks) {
                shape = new long[] {1, shape[0] * shape[1]};
            }
            listener.done(
                    List.of(new Tensor("y", DataType.FP32, shape, out.flip())),
                    new InferenceListener.Timing(0, 1, (int) input.shape()[0]));
        }

        @Override
        public void close() {}
    }

    /** Keeps what came. */
    private static final class Heard implements InferenceListener {
        private List<Float> values;
        private InferenceFailure failure;
        private int batch;
        private boolean gone;
        private boolean late;

        @Override
        public void done(List<Tensor> outputs, Timing timing) {
            assertThat(values).isNull();
            values = new ArrayList<>();
            ByteBuffer data = outputs.getFirst().data();
            while (data.hasRemaining()) {
                values.add(data.getFloat());
            }
            batch = timing.batch();
        }

        @Override
        public void failed(InferenceFailure why) {
            assertThat(failure).isNull();
            failure = why;
        }

        @Override
        public boolean wanted() {
            return !gone;
        }

        @Override
        public boolean late() {
            return late;
        }
    }

    private static Tensor rows(int rows, float... values) {
        ByteBuffer data = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            data.putFloat(value);
        }
        long[] shape = {rows, values.length / rows};
        return new Tensor("x", DataType.FP32, shape, data.flip());
    }

    private static Heard ask(Batcher batcher, Tensor input) {
        var heard = new Heard();
        batcher.infer(List.of(input), List.of(), heard);
        return heard;
    }

    @Test
    void whatComesInOneTurnIsComputedTogether() {
        var batcher = batcher(TRUSTED, 1);
        Heard one = ask(batcher, rows(1, 1, 2));
        Heard two = ask(batcher, rows(2, 3, 4, 5, 6));
        assertThat(engine.calls).isEmpty();
        turn();
        assertThat(engine.calls).containsExactly(3L);
        assertThat(one.values).containsExactly(2f, 4f);
        assertThat(two.values).containsExactly(6f, 8f, 10f, 12f);
        assertThat(one.batch).isEqualTo(3);
    }

    @Test
    void whatGathersWhileTheEngineIsBusyGoesNext() {
        engine.hold = true;
        var batcher = batcher(TRUSTED, 1);
        Heard first = ask(batcher, rows(1, 1));
        turn();
        var later = new ArrayList<Heard>();
        for (int i = 0; i < 10; i++) {
            later.add(ask(batcher, rows(1, i)));
        }
        turn();
        assertThat(engine.calls).containsExactly(1L);
        engine.release();
        turn();
        assertThat(engine.calls).containsExactly(1L, 8L, 2L);
        assertThat(first.values).containsExactly(2f);
        assertThat(later.get(9).values).containsExactly(18f);
    }

    @Test
    void whatIsLateIsRefusedWhenItsTurnComes() {
        engine.hold = true;
        var batcher = batcher(TRUSTED, 1);
        ask(batcher, rows(1, 1));
        turn();
        Heard late = ask(batcher, rows(1, 2));
        Heard patient = ask(batcher, rows(1, 3));
        late.late = true;
        engine.release();
        turn();
        assertThat(late.failure).isEqualTo(InferenceFailure.LATE);
        assertThat(late.values).isNull();
        assertThat(patient.values).containsExactly(6f);
        assertThat(engine.calls).containsExactly(1L, 1L);
    }

    /** As a stream does, whose requests come one after the other. */
    @Test
    void whoHearsMayAskTheNextOfAnotherShape() {
        var batcher = batcher(TRUSTED, 1);
        var next = new Heard();
        batcher.infer(
                List.of(rows(1, 1)),
                List.of(),
                new InferenceListener() {
                    @Override
                    public void done(List<Tensor> outputs, Timing timing) {
                        batcher.infer(List.of(rows(1, 1, 2)), List.of(), next);
                    }

                    @Override
                    public void failed(InferenceFailure failure) {
                        throw new AssertionError(failure);
                    }
                });
        turn();
        assertThat(next.values).containsExactly(2f, 4f);
    }

    @Test
    void rowsOfOtherShapesNeverComeTogether() {
        var batcher = batcher(TRUSTED, 1);
        Heard narrow = ask(batcher, rows(1, 1));
        Heard wide = ask(batcher, rows(1, 1, 2));
        turn();
        assertThat(engine.calls).containsExactly(1L, 1L);
        assertThat(narrow.values).containsExactly(2f);
        assertThat(wide.values).containsExactly(2f, 4f);
    }

    @Test
    void aBadRowFailsAlone() {
        var batcher = batcher(TRUSTED, 1);
        Heard good = ask(batcher, rows(1, 1));
        Heard bad = ask(batcher, rows(1, -5));
        Heard fine = ask(batcher, rows(1, 3));
        turn();
        assertThat(engine.calls).containsExactly(3L, 1L, 1L, 1L);
        assertThat(good.values).containsExactly(2f);
        assertThat(fine.values).containsExactly(6f);
        assertThat(bad.failure.message()).isEqualTo("negative: -5.0");
        assertThat(bad.values).isNull();
    }

    @Test
    void whoIsGoneLeavesTheQueue() {
        engine.hold = true;
        var batcher = batcher(TRUSTED, 1);
        ask(batcher, rows(1, 1));
        turn();
        Heard gone = ask(batcher, rows(1, 2));
        Heard stays = ask(batcher, rows(1, 3));
        gone.gone = true;
        engine.release();
        turn();
        assertThat(engine.calls).containsExactly(1L, 1L);
        assertThat(stays.values).containsExactly(6f);
        assertThat(gone.values).isNull();
    }

    @Test
    void aDelayWaitsForCompanyAndNotLonger() {
        var batcher = batcher(new BatchSettings(4, Duration.ofMillis(5), List.of(), false), 2);
        Heard early = ask(batcher, rows(1, 1));
        turn();
        assertThat(engine.calls).isEmpty();
        assertThat(alarms).containsExactly(Duration.ofMillis(5));
        now += 5_000_000;
        rung.removeFirst().run();
        turn();
        assertThat(engine.calls).containsExactly(1L);
        assertThat(early.values).containsExactly(2f);
        for (int i = 0; i < 4; i++) {
            ask(batcher, rows(1, 1));
        }
        turn();
        assertThat(engine.calls).containsExactly(1L, 4L);
    }

    @Test
    void aPreferredSizeGoesAtOnce() {
        var batcher = batcher(new BatchSettings(8, Duration.ofMillis(5), List.of(2, 4), false), 1);
        for (int i = 0; i < 5; i++) {
            ask(batcher, rows(1, i));
        }
        turn();
        assertThat(engine.calls).containsExactly(4L);
        now += 5_000_000;
        rung.removeFirst().run();
        turn();
        assertThat(engine.calls).containsExactly(4L, 1L);
    }

    @Test
    void aModelThatComparesItsRowsIsFoundOut() {
        engine.mixes = true;
        var batcher = batcher(new BatchSettings(8, Duration.ZERO, List.of(), true), 1);
        Heard one = ask(batcher, rows(1, 1));
        Heard two = ask(batcher, rows(1, 2));
        turn();
        assertThat(one.values).containsExactly(1f);
        assertThat(two.values).containsExactly(2f);
        assertThat(batcher.together()).isFalse();
        assertThat(lines).hasSize(1);
        assertThat(lines.getFirst())
                .startsWith("Rows that are computed together get other answers than alone");
        Heard three = ask(batcher, rows(1, 3));
        assertThat(three.values).containsExactly(3f);
    }

    @Test
    void outputsWithoutTheRowsEndBatching() {
        engine.shrinks = true;
        var batcher = batcher(TRUSTED, 1);
        Heard one = ask(batcher, rows(1, 1));
        Heard two = ask(batcher, rows(1, 2));
        turn();
        assertThat(one.values).containsExactly(2f);
        assertThat(two.values).containsExactly(4f);
        assertThat(lines).hasSize(1);
        assertThat(batcher.together()).isFalse();
    }

    @Test
    void anythingSentGetsItsOwnAnswer() {
        for (int seed = 0; seed < 200; seed++) {
            var random = new Random(seed);
            engine.hold = false;
            var batcher =
                    batcher(
                            new BatchSettings(
                                    1 + random.nextInt(12),
                                    Duration.ofMillis(random.nextInt(3)),
                                    List.of(),
                                    random.nextBoolean()),
                            1 + random.nextInt(3));
            var asked = new ArrayList<Heard>();
            var wanted = new ArrayList<List<Float>>();
            for (int i = 0; i < 60; i++) {
                int rows = 1 + random.nextInt(4);
                int width = 1 + random.nextInt(2);
                float[] values = new float[rows * width];
                boolean bad = random.nextInt(10) == 0;
                var doubled = new ArrayList<Float>();
                for (int v = 0; v < values.length; v++) {
                    values[v] = random.nextInt(1000) + 1;
                    doubled.add(values[v] * 2);
                }
                if (bad) {
                    values[0] = -1;
                }
                asked.add(ask(batcher, rows(rows, values)));
                wanted.add(bad ? null : doubled);
                engine.hold = random.nextBoolean();
                if (random.nextBoolean()) {
                    turn();
                }
                if (random.nextInt(4) == 0) {
                    engine.release();
                }
            }
            while (asked.stream().anyMatch(h -> h.values == null && h.failure == null)) {
                now += 10_000_000;
                engine.release();
                while (!rung.isEmpty()) {
                    rung.removeFirst().run();
                }
                turn();
            }
            for (int i = 0; i < asked.size(); i++) {
                assertThat(asked.get(i).values).as("seed %d, %d", seed, i).isEqualTo(wanted.get(i));
            }
        }
    }

    @Test
    void aBatchHasNoMoreBytesThanItMay() {
        // Rows of two floats: eight bytes.
        var settings = new BatchSettings(8, 25, Duration.ZERO, List.of(), false);
        Batcher batcher = batcher(settings, 1);
        engine.hold = true;
        var asked = new ArrayList<Heard>();
        for (int i = 0; i < 8; i++) {
            asked.add(ask(batcher, rows(1, i, i)));
            turn();
        }
        engine.release();
        turn();
        assertThat(engine.calls).containsExactly(1L, 3L, 3L, 1L);
        assertThat(asked).allMatch(heard -> heard.values != null);
    }

    @Test
    void aRequestOfMoreBytesIsComputedByItself() {
        Batcher batcher = batcher(new BatchSettings(8, 10, Duration.ZERO, List.of(), false), 1);
        Heard one = ask(batcher, rows(2, 1, 2, 3, 4));
        Heard two = ask(batcher, rows(2, 5, 6, 7, 8));
        turn();
        assertThat(engine.calls).containsExactly(2L, 2L);
        assertThat(one.values).containsExactly(2f, 4f, 6f, 8f);
        assertThat(two.values).containsExactly(10f, 12f, 14f, 16f);
    }

    @Test
    void theBytesOfABatchAreFreeForWhoSaysItsRows() {
        assertThat(BatchSettings.of(Map.of()).maxBytes()).isEqualTo(1 << 20);
        assertThat(BatchSettings.of(Map.of("FAROL_MAX_BATCH", "64")).maxBytes())
                .isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void stringsArePutTogetherAndTakenApart() {
        Tensor one = texts("a", "", "Grüße");
        Tensor two = texts("日本");
        Tensor all = Rows.join(List.of(one, two));
        assertThat(all.shape()).containsExactly(4);
        assertThat(Rows.split(all, List.of(3L, 1L))).containsExactly(one, two);
    }

    private static Tensor texts(String... texts) {
        ByteBuffer data = ByteBuffer.allocate(200).order(ByteOrder.LITTLE_ENDIAN);
        for (String text : texts) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            data.putInt(bytes.length).put(bytes);
        }
        return new Tensor("s", DataType.BYTES, new long[] {texts.length}, data.flip());
    }

    @Test
    void settingsComeFromTheDeployment() {
        assertThat(BatchSettings.of(Map.of())).isEqualTo(BatchSettings.DEFAULTS);
        assertThat(BatchSettings.of(Map.of("FAROL_BATCHING", "off"))).isEqualTo(BatchSettings.OFF);
        var set = BatchSettings.of(Map.of("FAROL_MAX_BATCH", "64", "FAROL_MAX_DELAY_MS", "3"));
        assertThat(set.maxBatch()).isEqualTo(64);
        assertThat(set.maxDelay()).isEqualTo(Duration.ofMillis(3));
        assertThatThrownBy(() -> BatchSettings.of(Map.of("FAROL_MAX_BATCH", "many")))
                .hasMessage(
                        "The environment variable FAROL_MAX_BATCH is 'many' (expected: a whole"
                                + " number from 1 to 65536).");
        assertThatThrownBy(() -> BatchSettings.of(Map.of("FAROL_BATCHING", "maybe")))
                .hasMessageContaining("(expected: on or off)");
    }
}
