package dev.farol.runtime.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.farol.runtime.tensor.DataType;
import dev.farol.runtime.tensor.InferenceFailure;
import dev.farol.runtime.tensor.InferenceFailure.Kind;
import dev.farol.runtime.tensor.JsonOutputs;
import dev.farol.runtime.tensor.Tensor;
import dev.farol.runtime.tensor.TensorInfo;
import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The engine against what ONNX Runtime in Python answers: see src/test/python/make_models.py. */
class OnnxModelIT {
    @TempDir static Path cache;

    private Engine engine;

    @BeforeEach
    void start() {
        engine = new Engine(cache);
    }

    @AfterEach
    void end() {
        engine.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "same_fp32",
                "same_fp64",
                "same_fp16",
                "same_bool",
                "same_int8",
                "same_int16",
                "same_int32",
                "same_int64",
                "same_uint8",
                "same_uint16",
                "same_uint32",
                "same_uint64",
                "same_bytes",
                "from_bf16",
                "half",
                "moving",
                "scalar",
                "empty",
                "nonzero",
                "wrong_axes",
                "log",
                "add_sub",
                "centred",
                "table",
                "threes",
                "labels",
                "odd_labels",
                "odd_texts",
                "picture",
                "iris",
                "iris_zipmap"
            })
    void answersAsPythonDoes(String name) throws Exception {
        Golden golden = Golden.of(name);
        try (var model = engine.load(name)) {
            String[] outputs = ((JsonOutputs) model).everyOutput().toArray(String[]::new);
            // The first calls run on threads of the model's own, later ones on the loop.
            for (int round = 0; round < 8; round++) {
                List<Tensor> answer = engine.infer(model, golden.inputs(), outputs);
                assertThat(answer).hasSize(golden.outputs().size());
                for (int i = 0; i < answer.size(); i++) {
                    Golden.assertSame(answer.get(i), golden.outputs().get(i));
                }
            }
        }
    }

    @Test
    void quickCallsComeToRunOnTheLoop() throws Exception {
        Golden golden = Golden.of("iris");
        try (var model = engine.load("iris")) {
            var computed = new ArrayList<Boolean>();
            for (int i = 0; i < 200; i++) {
                computed.add(engine.askInTurn(model, golden.inputs()).get(20, TimeUnit.SECONDS));
            }
            // A first few are measured elsewhere; from then on a call is over when it returns.
            assertThat(computed.subList(100, 200)).contains(true);
            assertThat(computed.getFirst()).isFalse();
        }
    }

    /** The first call of a model waits for a thread, which finds it late. */
    @Test
    void whatIsLateIsNotComputed() throws Exception {
        List<Tensor> inputs = Golden.of("iris").inputs();
        try (var model = engine.load("iris")) {
            assertThat(engine.failLate(model, inputs)).isEqualTo(InferenceFailure.LATE);
            assertThat(engine.infer(model, inputs)).isNotEmpty();
        }
    }

    @Test
    void theLoopComputesNothingWhileAllPlacesAreTaken() throws Exception {
        List<Tensor> small = Golden.of("iris").inputs();
        Tensor some = small.getFirst();
        try (var narrow = new Engine(cache, 1);
                var model = narrow.load("iris")) {
            assertThat(model.places()).isEqualTo(1);
            boolean quick = false;
            for (int i = 0; i < 1000 && !quick; i++) {
                quick = narrow.askInTurn(model, small).get(20, TimeUnit.SECONDS);
            }
            assertThat(quick).isTrue();
            // Of a size that was not measured yet, and so computed elsewhere.
            var large =
                    new Tensor(
                            some.name(),
                            some.type(),
                            new long[] {1000, 4},
                            ByteBuffer.allocate(16_000));
            assertThat(narrow.askBehind(model, List.of(large), small).get(20, TimeUnit.SECONDS))
                    .isFalse();
        }
    }

    @Test
    void manyCallsAtOnceKeepApart() throws Exception {
        try (var model = engine.load("add_sub")) {
            var answers = new ArrayList<CompletableFuture<Engine.Answer>>();
            for (int i = 0; i < 500; i++) {
                answers.add(engine.ask(model, List.of(filled("INPUT0", i), filled("INPUT1", 1))));
            }
            for (int i = 0; i < 500; i++) {
                Tensor sum = answers.get(i).get(20, TimeUnit.SECONDS).outputs().getFirst();
                assertThat(sum.data().getInt()).isEqualTo(i + 1);
            }
        }
    }

    private static Tensor filled(String name, int value) {
        ByteBuffer data = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < 16; i++) {
            data.putInt(value);
        }
        return new Tensor(name, DataType.INT32, new long[] {1, 16}, data.flip());
    }

    @Test
    void tellsWhatItTakesAndGives() {
        try (var model = engine.load("iris_zipmap")) {
            assertThat(model.info().platform()).isEqualTo("onnxruntime_onnx");
            assertThat(model.info().inputs())
                    .containsExactly(new TensorInfo("X", DataType.FP32, List.of(-1L, 4L)));
            assertThat(model.info().outputs())
                    .containsExactly(new TensorInfo("output_label", DataType.INT64, List.of(-1L)));
            assertThat(((JsonOutputs) model).jsonOutputs()).containsExactly("output_probability");
        }
    }

    @Test
    void outputsAreThoseThatAreWanted() throws Exception {
        Golden golden = Golden.of("add_sub");
        try (var model = engine.load("add_sub")) {
            List<Tensor> answer = engine.infer(model, golden.inputs().reversed(), "OUTPUT1");
            assertThat(answer).hasSize(1);
            Golden.assertSame(answer.getFirst(), golden.outputs().getLast());
        }
    }

    @Test
    void requestsThatDoNotFitAreRefusedByName() throws Exception {
        try (var model = engine.load("add_sub")) {
            Tensor one = filled("INPUT0", 1);
            assertThat(engine.fail(model, List.of(one)).message())
                    .isEqualTo(
                            "input 'INPUT1' is missing (expected: 'INPUT0' INT32[-1, 16],"
                                    + " 'INPUT1' INT32[-1, 16])");
            assertThat(engine.fail(model, List.of(one, one)).message())
                    .isEqualTo("input 'INPUT0' is given twice");
            assertThat(engine.fail(model, List.of(one, filled("Q", 1))).message())
                    .startsWith("the model has no input 'Q' (expected: ");
            var flat = new Tensor("INPUT1", DataType.INT32, new long[] {16}, one.data());
            assertThat(engine.fail(model, List.of(one, flat)).message())
                    .isEqualTo(
                            "input 'INPUT1' has the shape [16] (expected: INT32[-1, 16], -1 for any"
                                    + " extent)");
            var floats = new Tensor("INPUT1", DataType.FP32, new long[] {1, 16}, one.data());
            var refused = engine.fail(model, List.of(one, floats));
            assertThat(refused.message())
                    .isEqualTo("input 'INPUT1' is FP32 (expected: INT32[-1, 16])");
            assertThat(refused.kind()).isEqualTo(Kind.REQUEST);
            assertThat(engine.fail(model, List.of(one, filled("INPUT1", 1)), "SUM").message())
                    .isEqualTo(
                            "the model has no output 'SUM' (expected one of: [OUTPUT0, OUTPUT1])");
            assertThat(engine.infer(model, List.of(one, filled("INPUT1", 1)))).hasSize(2);
        }
    }

    @Test
    void aValueThatIsOutsideIsToldAndHurtsNobodyElse() throws Exception {
        Golden golden = Golden.of("table");
        ByteBuffer far = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
        far.putLong(77).flip();
        try (var model = engine.load("table")) {
            for (int i = 0; i < 10; i++) {
                var failure =
                        engine.fail(
                                model,
                                List.of(new Tensor("x", DataType.INT64, new long[] {1}, far)));
                assertThat(failure.message()).contains("77").contains("Gather");
                Golden.assertSame(
                        engine.infer(model, golden.inputs()).getFirst(),
                        golden.outputs().getFirst());
            }
        }
    }

    /** Short ones, which the engine keeps in place, and long ones, which it does not. */
    @Test
    void stringsMayHoldAnyBytes() throws Exception {
        byte[] every = new byte[256];
        for (int i = 0; i < every.length; i++) {
            every[i] = (byte) i;
        }
        byte[][] texts = {
            {}, {0}, {'a', 0, 'b'}, {'a', 0}, {0, 0, 0}, {-1, -2}, every, new byte[64]
        };
        ByteBuffer data = ByteBuffer.allocate(400).order(ByteOrder.LITTLE_ENDIAN);
        for (byte[] text : texts) {
            data.putInt(text.length).put(text);
        }
        try (var model = engine.load("same_bytes")) {
            var inputs =
                    List.of(
                            new Tensor(
                                    "x", DataType.BYTES, new long[] {texts.length}, data.flip()));
            Tensor output = engine.infer(model, inputs).getFirst();

            assertThat(output.shape()).containsExactly(texts.length);
            ByteBuffer given = output.data();
            for (byte[] text : texts) {
                byte[] one = new byte[given.getInt()];
                given.get(one);
                assertThat(one).isEqualTo(text);
            }
            assertThat(given.hasRemaining()).isFalse();
        }
    }

    @Test
    void bytesThatAreNoTextAreReplacedInJson() throws Exception {
        ByteBuffer data = ByteBuffer.allocate(6).order(ByteOrder.LITTLE_ENDIAN);
        data.putInt(2).put((byte) 'a').put((byte) 0xFF);
        try (var model = engine.load("odd_texts")) {
            var inputs = List.of(new Tensor("x", DataType.BYTES, new long[] {1}, data.flip()));
            Tensor output = engine.infer(model, inputs, "y").getFirst();

            ByteBuffer given = output.data();
            byte[] json = new byte[given.getInt()];
            given.get(json);
            assertThat(json).isEqualTo("[\"a\uFFFD\"]".getBytes(StandardCharsets.UTF_8));
        }
    }

    @Test
    void afterItsEndAModelSaysSo() throws Exception {
        var model = engine.load("iris");
        model.close();
        assertThat(engine.fail(model, Golden.of("iris").inputs()).kind())
                .isEqualTo(Kind.UNAVAILABLE);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "bad_truncated|MODEL_UNAVAILABLE|Protobuf parsing failed",
                "bad_text|MODEL_UNAVAILABLE|Protobuf parsing failed",
                "bad_opset|INIT_FAILED|Opset 99",
                "bad_ir|INIT_FAILED|IR version",
                "bad_operator|INIT_FAILED|com.example:Whirl",
                "bad_external|INIT_FAILED|weights.bin"
            })
    void aModelThatCannotBeServedSaysWhy(String name, ErrorCode code, String why) {
        assertThatThrownBy(() -> engine.load(name))
                .isInstanceOfSatisfying(
                        FarolException.class,
                        failure -> {
                            assertThat(failure.code()).isEqualTo(code);
                            assertThat(failure.getCause()).hasMessageContaining(why);
                        });
    }

    @Test
    void aFileThatIsEmptyOrNotThereIsTold() throws Exception {
        Path empty = Files.createFile(cache.resolve("empty.onnx"));
        assertThatThrownBy(() -> engine.models.load("m", "1", empty))
                .hasMessage("empty.onnx is empty (0 bytes).");
        assertThatThrownBy(() -> engine.models.load("m", "1", cache.resolve("none.onnx")))
                .hasMessageStartingWith("There is no file");
    }
}
