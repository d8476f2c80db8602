package dev.farol.runtime.tensor;

import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Whether tensors are what a model takes. */
public final class Fit {
    private Fit() {}

    /**
     * Null when they are; else what is wrong, for the caller.
     *
     * @param outputs the names that are wanted
     * @param known the names that there are
     */
    public static @Nullable InferenceFailure refusal(
            ModelInfo model, List<Tensor> inputs, List<String> outputs, Collection<String> known) {
        String wrong = inputs(model, inputs);
        if (wrong == null) {
            for (String output : outputs) {
                if (!known.contains(output)) {
                    wrong =
                            "the model has no output '"
                                    + output
                                    + "' (expected one of: "
                                    + known
                                    + ")";
                }
            }
        }
        return wrong == null ? null : new InferenceFailure(InferenceFailure.Kind.REQUEST, wrong);
    }

    private static @Nullable String inputs(ModelInfo model, List<Tensor> inputs) {
        List<TensorInfo> wanted = model.inputs();
        if (inputs.size() == wanted.size()) {
            boolean inOrder = true;
            for (int i = 0; i < inputs.size() && inOrder; i++) {
                inOrder = inputs.get(i).name().equals(wanted.get(i).name());
            }
            if (inOrder) {
                for (int i = 0; i < inputs.size(); i++) {
                    String wrong = tensor(wanted.get(i), inputs.get(i));
                    if (wrong != null) {
                        return wrong;
                    }
                }
                return null;
            }
        }
        return byName(wanted, inputs);
    }

    private static @Nullable String byName(List<TensorInfo> wanted, List<Tensor> inputs) {
        var seen = new HashSet<String>();
        for (Tensor input : inputs) {
            TensorInfo info = named(wanted, input.name());
            if (info == null) {
                return "the model has no input '"
                        + input.name()
                        + "' (expected: "
                        + told(wanted)
                        + ")";
            }
            if (!seen.add(input.name())) {
                return "input '" + input.name() + "' is given twice";
            }
            String wrong = tensor(info, input);
            if (wrong != null) {
                return wrong;
            }
        }
        for (TensorInfo info : wanted) {
            if (!seen.contains(info.name())) {
                return "input '" + info.name() + "' is missing (expected: " + told(wanted) + ")";
            }
        }
        return null;
    }

    private static @Nullable TensorInfo named(List<TensorInfo> infos, String name) {
        for (TensorInfo info : infos) {
            if (info.name().equals(name)) {
                return info;
            }
        }
        return null;
    }

    private static @Nullable String tensor(TensorInfo info, Tensor tensor) {
        if (tensor.type() != info.type()) {
            return "input '"
                    + info.name()
                    + "' is "
                    + tensor.type()
                    + " (expected: "
                    + told(info)
                    + ")";
        }
        List<Long> expected = info.shape();
        boolean fits = tensor.rank() == expected.size();
        for (int i = 0; fits && i < tensor.rank(); i++) {
            fits = expected.get(i) < 0 || expected.get(i) == tensor.extent(i);
        }
        return fits
                ? null
                : "input '"
                        + info.name()
                        + "' has the shape "
                        + Arrays.toString(tensor.shape())
                        + " (expected: "
                        + told(info)
                        + ", -1 for any extent)";
    }

    /** As people read it: {@code FP32[-1, 4]}. */
    public static String told(TensorInfo info) {
        return info.type().name() + info.shape();
    }

    private static String told(List<TensorInfo> infos) {
        return String.join(
                ", ", infos.stream().map(info -> "'" + info.name() + "' " + told(info)).toList());
    }
}
