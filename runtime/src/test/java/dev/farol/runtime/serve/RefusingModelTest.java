package dev.farol.runtime.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.runtime.tensor.DataType;
import dev.farol.runtime.tensor.InferenceFailure;
import dev.farol.runtime.tensor.InferenceListener;
import dev.farol.runtime.tensor.ModelInfo;
import dev.farol.runtime.tensor.Tensor;
import dev.farol.runtime.tensor.TensorInfo;
import dev.farol.runtime.tensor.TensorModel;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RefusingModelTest {
    @TempDir private Path folder;

    private static final class Any implements TensorModel {
        @Override
        public ModelInfo info() {
            return new ModelInfo(
                    "any",
                    "1",
                    "x",
                    List.of(new TensorInfo("input", DataType.FP64, List.of(-1L, 2L))),
                    List.of());
        }

        @Override
        public void infer(List<Tensor> inputs, List<String> outputs, InferenceListener listener) {
            listener.done(List.of(), new InferenceListener.Timing(0, 1, 1));
        }

        @Override
        public void close() {}
    }

    /** Null when the model was asked, else what is wrong. */
    private @Nullable String told(Tensor input) throws Exception {
        Files.writeString(
                folder.resolve("MLmodel"),
                """
                flavors: {sklearn: {}}
                signature:
                  inputs: '[{"type": "double", "name": "a"}, {"type": "double", "name": "b"}]'

                farol_refused: {"missing": ["a"], "infinite": ["a", "b"]}
                """);
        MlflowModel noted = MlflowModel.around(folder.resolve("model.onnx"));
        assertThat(noted).isNotNull();
        var model = new RefusingModel(new Any(), noted.columns(), noted.refused());
        var heard = new String[] {"nothing"};
        model.infer(
                List.of(input),
                List.of(),
                new InferenceListener() {
                    @Override
                    public void done(List<Tensor> outputs, Timing timing) {
                        heard[0] = null;
                    }

                    @Override
                    public void failed(InferenceFailure failure) {
                        heard[0] = failure.kind() + ": " + failure.message();
                    }
                });
        return heard[0];
    }

    private static Tensor rows(String name, double... values) {
        ByteBuffer data = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (double value : values) {
            data.putDouble(value);
        }
        return new Tensor(
                name,
                DataType.FP64,
                name.equals("input")
                        ? new long[] {values.length / 2, 2}
                        : new long[] {values.length, 1},
                data.flip());
    }

    @Test
    void whatTheModelRefusedIsRefusedByItsColumn() throws Exception {
        double none = Double.NaN;
        double high = Double.POSITIVE_INFINITY;
        assertThat(told(rows("input", 1, 2, 3, 4))).isNull();
        assertThat(told(rows("input", 1, 2, 3, none))).isNull();
        assertThat(told(rows("input", 1, 2, none, 4)))
                .startsWith("REQUEST: The column 'a' holds no number (expected: a finite number");
        assertThat(told(rows("input", 1, 2, 3, high))).contains("column 'b' holds infinity");
        assertThat(told(rows("b", none, -high))).contains("column 'b' holds infinity");
        assertThat(told(rows("a", 1, none))).contains("column 'a' holds no number");
        assertThat(told(rows("b", 1, none))).isNull();
    }

    @Test
    void valuesAreLookedAtInEitherWidthAndNoOthersAre() throws Exception {
        ByteBuffer floats = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
        floats.putFloat(1).putFloat(2).putFloat(3).putFloat(Float.NEGATIVE_INFINITY).flip();
        assertThat(told(new Tensor("input", DataType.FP32, new long[] {2, 2}, floats)))
                .contains("column 'b' holds infinity");
        floats.putFloat(12, 4).putFloat(8, Float.NaN);
        assertThat(told(new Tensor("input", DataType.FP32, new long[] {2, 2}, floats)))
                .contains("column 'a' holds no number");
        floats.putFloat(8, 3);
        assertThat(told(new Tensor("input", DataType.FP32, new long[] {2, 2}, floats))).isNull();
        floats.putInt(12, -1);
        assertThat(told(new Tensor("input", DataType.INT32, new long[] {2, 2}, floats))).isNull();
    }

    @Test
    void aModelThatNothingWasNotedOfRefusesNothing() throws Exception {
        Files.writeString(folder.resolve("MLmodel"), "flavors: {sklearn: {}}\n");
        assertThat(MlflowModel.around(folder.resolve("model.onnx")))
                .isNotNull()
                .extracting(MlflowModel::refused)
                .isEqualTo(MlflowModel.Refused.NOTHING);
    }
}
