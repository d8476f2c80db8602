package dev.farol.runtime.serve;

import dev.farol.runtime.tensor.DataType;
import dev.farol.runtime.tensor.InferenceFailure;
import dev.farol.runtime.tensor.InferenceListener;
import dev.farol.runtime.tensor.ModelInfo;
import dev.farol.runtime.tensor.Tensor;
import dev.farol.runtime.tensor.TensorModel;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A converted model that refuses what the one it was made from refuses: scikit-learn fails on rows
 * with missing values or infinity where ONNX would answer something.
 *
 * @param columns of the table that the model takes, in order
 */
record RefusingModel(TensorModel model, List<String> columns, MlflowModel.Refused refused)
        implements TensorModel {
    @Override
    public ModelInfo info() {
        return model.info();
    }

    @Override
    public int places() {
        return model.places();
    }

    @Override
    public void infer(List<Tensor> inputs, List<String> outputs, InferenceListener listener) {
        for (Tensor input : inputs) {
            String fault = fault(input);
            if (fault != null) {
                listener.failed(new InferenceFailure(InferenceFailure.Kind.REQUEST, fault));
                return;
            }
        }
        model.infer(inputs, outputs, listener);
    }

    private @Nullable String fault(Tensor input) {
        boolean wide = input.type() == DataType.FP64;
        if (!wide && input.type() != DataType.FP32) {
            return null;
        }
        boolean one = columns.contains(input.name());
        ByteBuffer data = input.data();
        for (int at = data.position(), i = 0; at < data.limit(); at += wide ? 8 : 4, i++) {
            double value = wide ? data.getDouble(at) : data.getFloat(at);
            if (!Double.isFinite(value)) {
                String column = one ? input.name() : columns.get(i % columns.size());
                if (Double.isNaN(value)
                        ? refused.missing().contains(column)
                        : refused.infinite().contains(column)) {
                    return "The column '"
                            + column
                            + "' holds "
                            + (Double.isNaN(value) ? "no number" : "infinity")
                            + " (expected: a finite number; the model that was converted refuses"
                            + " others)";
                }
            }
        }
        return null;
    }

    @Override
    public void close() {
        model.close();
    }
}
