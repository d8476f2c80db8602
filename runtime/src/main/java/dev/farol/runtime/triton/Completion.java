package dev.farol.runtime.triton;

import dev.farol.runtime.oip.ModelConfig;
import dev.farol.runtime.oip.ModelConfig.Batching;
import dev.farol.runtime.oip.ModelConfig.Io;
import dev.farol.runtime.tensor.ModelInfo;
import dev.farol.runtime.tensor.TensorInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Fills in what a configuration does not say from the model, and holds it against the model. */
final class Completion {
    /** What Triton takes where nobody says how many rows a request may have. */
    private static final int DEFAULT_BATCH = 4;

    private Completion() {}

    /**
     * @throws Unusable when the model is not what the configuration says
     */
    static ModelConfig of(ConfigReader.Read read, ModelInfo model) {
        ModelConfig config = read.config();
        boolean silent = config.inputs().isEmpty() && config.outputs().isEmpty();
        int batch = config.maxBatchSize();
        if (silent && !read.saysBatch() && batches(model)) {
            batch = DEFAULT_BATCH;
        }
        List<Io> inputs = config.inputs();
        List<Io> outputs = config.outputs();
        if (inputs.isEmpty()) {
            inputs = ios(config, model.inputs(), batch);
        }
        if (outputs.isEmpty()) {
            outputs = ios(config, model.outputs(), batch);
        }
        ModelConfig complete = config.with(batch, inputs, outputs);
        check(complete, "input", inputs, model.inputs());
        check(complete, "output", outputs, model.outputs());
        required(complete, model);
        boolean byItself = batch > 1 && !read.saysBatch() && complete.batching() == null;
        return byItself ? complete.withBatching(new Batching(List.of(), 0, false)) : complete;
    }

    /** Whether every tensor's first extent is open. */
    private static boolean batches(ModelInfo model) {
        return Stream.concat(model.inputs().stream(), model.outputs().stream())
                .allMatch(info -> !info.shape().isEmpty() && info.shape().getFirst() < 0);
    }

    private static List<Io> ios(ModelConfig config, List<TensorInfo> infos, int batch) {
        var ios = new ArrayList<Io>();
        for (TensorInfo info : infos) {
            List<Long> dims = info.shape();
            if (batch > 0) {
                if (dims.isEmpty() || dims.getFirst() >= 0) {
                    throw new Unusable(
                            "model '"
                                    + config.name()
                                    + "': max_batch_size is "
                                    + batch
                                    + ", and the model's '"
                                    + info.name()
                                    + "' has the shape "
                                    + dims
                                    + " (expected: -1 as its first extent, or max_batch_size: 0)");
                }
                dims = dims.subList(1, dims.size());
            }
            ios.add(new Io(info.name(), info.type(), dims, null, false, "", ""));
        }
        return ios;
    }

    private static void check(
            ModelConfig config, String field, List<Io> ios, List<TensorInfo> infos) {
        for (Io io : ios) {
            TensorInfo info =
                    infos.stream()
                            .filter(each -> each.name().equals(io.name()))
                            .findFirst()
                            .orElseThrow(
                                    () ->
                                            new Unusable(
                                                    "model '"
                                                            + config.name()
                                                            + "': unexpected inference "
                                                            + field
                                                            + " '"
                                                            + io.name()
                                                            + "', allowed "
                                                            + field
                                                            + "s are: "
                                                            + names(infos)));
            if (info.type() != io.type()) {
                throw new Unusable(
                        "model '"
                                + config.name()
                                + "': data_type of '"
                                + io.name()
                                + "' is "
                                + io.type().configName()
                                + " (expected: "
                                + info.type().configName()
                                + ", as in the model)");
            }
            var shape = new ArrayList<Long>();
            if (config.maxBatchSize() > 0) {
                shape.add(-1L);
            }
            shape.addAll(io.inner());
            if (!fits(shape, info.shape())) {
                throw new Unusable(
                        "model '"
                                + config.name()
                                + "': '"
                                + io.name()
                                + "' has the shape "
                                + shape
                                + " by max_batch_size and dims (expected: one of the model's, "
                                + info.shape()
                                + ")");
            }
        }
    }

    private static boolean fits(List<Long> shape, List<Long> model) {
        if (shape.size() != model.size()) {
            return false;
        }
        for (int i = 0; i < shape.size(); i++) {
            long said = shape.get(i);
            long known = model.get(i);
            if (said >= 0 && known >= 0 && said != known) {
                return false;
            }
        }
        return true;
    }

    private static void required(ModelConfig config, ModelInfo model) {
        for (TensorInfo info : model.inputs()) {
            if (config.inputs().stream().noneMatch(io -> io.name().equals(info.name()))) {
                throw new Unusable(
                        "unable to load model '"
                                + config.name()
                                + "', configuration expects "
                                + config.inputs().size()
                                + " inputs, model provides "
                                + model.inputs().size()
                                + ": '"
                                + info.name()
                                + "' is missing");
            }
        }
    }

    private static String names(List<TensorInfo> infos) {
        return String.join(", ", infos.stream().map(TensorInfo::name).toList());
    }
}
