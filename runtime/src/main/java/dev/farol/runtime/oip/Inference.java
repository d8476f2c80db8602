package dev.farol.runtime.oip;

import dev.farol.runtime.tensor.InferenceFailure;
import dev.farol.runtime.tensor.InferenceListener;
import dev.farol.runtime.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.function.Consumer;

/** Leads a request to its model and back. */
final class Inference {
    private Inference() {}

    /**
     * @param begin when reading the request began, by {@link System#nanoTime}
     * @param answered gets the outputs as they are wanted; what it throws of {@link Refused} is
     *     given to {@code refused}
     */
    static void run(
            ServedModel model,
            InferRequest request,
            long begin,
            Consumer<List<Tensor>> answered,
            Consumer<Refused> refused) {
        var wanted = new ArrayList<String>();
        var seen = new HashSet<String>();
        for (InferRequest.Wanted output : request.outputs()) {
            if (!seen.add(output.name())) {
                throw Refused.invalid(
                        "output '"
                                + output.name()
                                + "' is asked for twice of model '"
                                + model.name()
                                + "'");
            }
            wanted.add(output.name());
        }
        long patience = request.timeout().toNanos();
        model.infer(
                request.inputs(),
                wanted,
                begin,
                true,
                new InferenceListener() {
                    @Override
                    public void done(List<Tensor> outputs, Timing timing) {
                        try {
                            answered.accept(classified(model, request, outputs));
                        } catch (Refused why) {
                            refused.accept(why);
                        }
                    }

                    @Override
                    public void failed(InferenceFailure failure) {
                        refused.accept(refusal(failure));
                    }

                    @Override
                    public boolean late() {
                        return patience > 0 && System.nanoTime() - begin > patience;
                    }
                });
    }

    private static Refused refusal(InferenceFailure failure) {
        return new Refused(
                switch (failure.kind()) {
                    case REQUEST -> Refused.Kind.INVALID;
                    case MODEL -> Refused.Kind.MODEL;
                    case UNAVAILABLE -> Refused.Kind.UNAVAILABLE;
                },
                failure.message());
    }

    private static List<Tensor> classified(
            ServedModel model, InferRequest request, List<Tensor> outputs) {
        if (request.outputs().stream().noneMatch(each -> each.classes() > 0)) {
            return outputs;
        }
        var tensors = new ArrayList<Tensor>(outputs.size());
        for (Tensor tensor : outputs) {
            int classes = request.wanted(tensor.name()).classes();
            tensors.add(
                    classes == 0
                            ? tensor
                            : Classification.of(
                                    tensor,
                                    classes,
                                    model.config().maxBatchSize() > 0,
                                    model.labels(tensor.name())));
        }
        return tensors;
    }
}
