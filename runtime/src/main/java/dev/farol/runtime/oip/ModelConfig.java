package dev.farol.runtime.oip;

import dev.farol.runtime.tensor.DataType;
import dev.farol.runtime.tensor.ModelInfo;
import dev.farol.runtime.tensor.TensorInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a model is served: what of Triton's {@code config.pbtxt} is known here.
 *
 * @param platform as Triton calls it: {@code onnxruntime_onnx} or {@code ensemble}
 * @param backend {@code onnxruntime}; empty for an ensemble
 * @param maxBatchSize the most rows of a request; 0 when the first extent is no batch
 * @param batching null when requests are not computed together
 * @param instances how many compute at once
 * @param defaultModelFilename of the file in a version's folder
 * @param steps of an ensemble; empty for other models
 * @param warmups what is computed before the model is served
 */
public record ModelConfig(
        String name,
        String platform,
        String backend,
        VersionPolicy versionPolicy,
        int maxBatchSize,
        List<Io> inputs,
        List<Io> outputs,
        @Nullable Batching batching,
        int instances,
        String defaultModelFilename,
        Map<String, String> parameters,
        List<Step> steps,
        List<Warmup> warmups) {
    public ModelConfig {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
        parameters = Map.copyOf(parameters);
        steps = List.copyOf(steps);
        warmups = List.copyOf(warmups);
    }

    /** Of a model that nobody wrote a configuration for: what the model itself says. */
    public static ModelConfig of(ModelInfo info) {
        return new ModelConfig(
                info.name(),
                info.platform(),
                "onnxruntime",
                VersionPolicy.LATEST,
                0,
                ios(info.inputs()),
                ios(info.outputs()),
                null,
                1,
                "model.onnx",
                Map.of(),
                List.of(),
                List.of());
    }

    private static List<Io> ios(List<TensorInfo> infos) {
        return infos.stream()
                .map(info -> new Io(info.name(), info.type(), info.shape(), null, false, "", ""))
                .toList();
    }

    /**
     * An input or output.
     *
     * @param dims without the batch
     * @param reshape what the model itself has; null when it is the same
     * @param labels the file with the names of classes; empty when there is none
     * @param format as the configuration says; empty when it does not
     */
    public record Io(
            String name,
            DataType type,
            List<Long> dims,
            @Nullable List<Long> reshape,
            boolean optional,
            String labels,
            String format) {
        public Io {
            dims = List.copyOf(dims);
            reshape = reshape == null ? null : List.copyOf(reshape);
        }

        /** What the model itself has, without the batch. */
        public List<Long> inner() {
            return reshape == null ? dims : reshape;
        }
    }

    /** Which versions of a model are served. */
    public sealed interface VersionPolicy {
        VersionPolicy LATEST = new Latest(1);

        /** The highest ones. */
        record Latest(int count) implements VersionPolicy {}

        /** Every one. */
        record All() implements VersionPolicy {}

        /** Those that are named. */
        record Specific(List<Long> versions) implements VersionPolicy {
            public Specific {
                versions = List.copyOf(versions);
            }
        }
    }

    /**
     * How requests are computed together.
     *
     * @param preferred sizes at which a batch does not wait for more
     * @param maxDelayMicros how long a batch waits for more
     */
    public record Batching(List<Integer> preferred, long maxDelayMicros, boolean preserveOrdering) {
        public Batching {
            preferred = List.copyOf(preferred);
        }
    }

    /**
     * A step of an ensemble.
     *
     * @param version -1 for the latest
     * @param inputs from the model's input to the ensemble's tensor
     * @param outputs from the model's output to the ensemble's tensor
     */
    public record Step(
            String model, long version, Map<String, String> inputs, Map<String, String> outputs) {
        public Step {
            inputs = Map.copyOf(inputs);
            outputs = Map.copyOf(outputs);
        }
    }

    /**
     * Requests that are computed before the model is served.
     *
     * @param batch rows; 0 counts as 1
     * @param inputs by their names
     * @param count how often; 0 counts as 1
     */
    public record Warmup(String name, int batch, Map<String, Sample> inputs, int count) {
        public Warmup {
            inputs = Map.copyOf(inputs);
        }
    }

    /** Where the data of a {@link Sample} are from. */
    public enum Source {
        ZERO,
        RANDOM,
        FILE
    }

    /**
     * An input of a {@link Warmup}.
     *
     * @param dims without the batch
     * @param file in the folder {@code warmup} of the model; empty for other sources
     */
    public record Sample(DataType type, List<Long> dims, Source source, String file) {
        public Sample {
            dims = List.copyOf(dims);
        }
    }

    /** The shape that a request has: with the batch, if there is one. */
    public List<Long> shape(Io io) {
        return batched(io.dims());
    }

    private List<Long> batched(List<Long> dims) {
        if (maxBatchSize == 0) {
            return dims;
        }
        var shape = new ArrayList<Long>(dims.size() + 1);
        shape.add(-1L);
        shape.addAll(dims);
        return shape;
    }

    /** The same with other inputs, outputs and batch. */
    public ModelConfig with(int batch, List<Io> newInputs, List<Io> newOutputs) {
        return new ModelConfig(
                name,
                platform,
                backend,
                versionPolicy,
                batch,
                newInputs,
                newOutputs,
                batching,
                instances,
                defaultModelFilename,
                parameters,
                steps,
                warmups);
    }

    /** The same with another way of batching. */
    public ModelConfig withBatching(@Nullable Batching value) {
        return new ModelConfig(
                name,
                platform,
                backend,
                versionPolicy,
                maxBatchSize,
                inputs,
                outputs,
                value,
                instances,
                defaultModelFilename,
                parameters,
                steps,
                warmups);
    }
}
