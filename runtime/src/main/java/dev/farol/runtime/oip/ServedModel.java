package dev.farol.runtime.oip;

import dev.farol.runtime.oip.ModelConfig.Io;
import dev.farol.runtime.tensor.InferenceFailure;
import dev.farol.runtime.tensor.InferenceListener;
import dev.farol.runtime.tensor.Tensor;
import dev.farol.runtime.tensor.TensorModel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * A version of a model as it is served: its configuration, its engine, and what became of its
 * requests. For the loop's thread only, but for its end.
 */
public final class ServedModel {
    private final String version;
    private final ModelConfig config;
    private final TensorModel engine;
    private final Map<String, List<String>> labels;
    private final ModelStatistics statistics = new ModelStatistics();
    private final Map<String, Io> inputs = new HashMap<>();
    private final Map<String, Io> outputs = new HashMap<>();
    private int running;
    private @Nullable Runnable idle;

    /**
     * @param labels the names of classes, by output
     */
    public ServedModel(
            String version,
            ModelConfig config,
            TensorModel engine,
            Map<String, List<String>> labels) {
        this.version = version;
        this.config = config;
        this.engine = engine;
        this.labels = Map.copyOf(labels);
        config.inputs().forEach(io -> inputs.put(io.name(), io));
        config.outputs().forEach(io -> outputs.put(io.name(), io));
    }

    public String name() {
        return config.name();
    }

    public String version() {
        return version;
    }

    public ModelConfig config() {
        return config;
    }

    ModelStatistics statistics() {
        return statistics;
    }

    /** The names of an output's classes; empty when nobody gave any. */
    List<String> labels(String output) {
        return labels.getOrDefault(output, List.of());
    }

    /** The input of this name; null when there is none. */
    @Nullable Io input(String input) {
        return inputs.get(input);
    }

    /** Calls once no request is under way. */
    public void retire(Runnable whenIdle) {
        idle = whenIdle;
        settle();
    }

    /** Ends the engine. Blocks; not for the loop's thread. */
    public void close() {
        engine.close();
    }

    private void settle() {
        Runnable action = idle;
        if (running == 0 && action != null) {
            idle = null;
            action.run();
        }
    }

    /**
     * Computes, by the configuration's shapes.
     *
     * @throws Refused when the request does not fit the configuration; the listener hears nothing
     */
    public void infer(List<Tensor> given, List<String> wanted, InferenceListener listener) {
        infer(given, wanted, System.nanoTime(), false, listener);
    }

    /**
     * The same of a caller's request.
     *
     * @param begin when reading it began, by {@link System#nanoTime}
     * @param writes whether what the listener does with the outputs belongs to the answer
     */
    void infer(
            List<Tensor> given,
            List<String> wanted,
            long begin,
            boolean writes,
            InferenceListener listener) {
        long rows;
        try {
            rows = check(given, wanted);
        } catch (Refused refused) {
            statistics.failed(System.nanoTime() - begin);
            throw refused;
        }
        running++;
        List<Tensor> inputs = reshaped(given);
        var hearing =
                new Hearing(
                        begin,
                        (int) Math.min(Integer.MAX_VALUE, rows),
                        config.maxBatchSize() == 0 ? extent(inputs) : 1,
                        writes,
                        listener);
        try {
            engine.infer(inputs, wanted, hearing);
        } catch (RuntimeException fault) {
            hearing.over();
            throw fault;
        }
    }

    private static long extent(List<Tensor> inputs) {
        long[] shape = inputs.isEmpty() ? new long[0] : inputs.getFirst().shape();
        return shape.length == 0 ? 1 : Math.max(1, shape[0]);
    }

    /** The number of rows; 1 when there is no batch. */
    private long check(List<Tensor> given, List<String> wanted) {
        var seen = new HashSet<String>();
        for (Tensor tensor : given) {
            if (!inputs.containsKey(tensor.name())) {
                throw Refused.invalid(
                        "unexpected inference input '"
                                + tensor.name()
                                + "' for model '"
                                + name()
                                + "'");
            }
            if (!seen.add(tensor.name())) {
                throw Refused.invalid(
                        "input '" + tensor.name() + "' is given twice for model '" + name() + "'");
            }
        }
        missing(seen);
        long rows = -1;
        for (Tensor tensor : given) {
            Io io = inputs.get(tensor.name());
            if (io != null) {
                rows = fit(tensor, io, rows);
            }
        }
        for (String output : wanted) {
            if (!outputs.containsKey(output)) {
                throw Refused.invalid(
                        "unexpected inference output '" + output + "' for model '" + name() + "'");
            }
        }
        return config.maxBatchSize() == 0 ? 1 : rows;
    }

    private void missing(HashSet<String> seen) {
        var names = new StringJoiner("','", "['", "']").setEmptyValue("[]");
        var absent = new StringJoiner("','", "['", "']");
        int required = 0;
        boolean lacks = false;
        for (Io io : config.inputs()) {
            required += io.optional() ? 0 : 1;
            if (seen.contains(io.name())) {
                names.add(io.name());
            } else if (!io.optional()) {
                lacks = true;
                absent.add(io.name());
            }
        }
        if (lacks) {
            throw Refused.invalid(
                    "expected "
                            + required
                            + " inputs but got "
                            + seen.size()
                            + " inputs for model '"
                            + name()
                            + "'. Got input(s) "
                            + names
                            + ", but missing required input(s) "
                            + absent
                            + ". Please provide all required input(s).");
        }
    }

    private long fit(Tensor tensor, Io io, long rows) {
        if (tensor.type() != io.type()) {
            throw Refused.invalid(
                    "inference input '"
                            + io.name()
                            + "' data-type is '"
                            + tensor.type()
                            + "', but model '"
                            + name()
                            + "' expects '"
                            + io.type()
                            + "'");
        }
        long[] shape = tensor.shape();
        List<Long> expected = config.shape(io);
        boolean fits = shape.length == expected.size();
        for (int i = 0; fits && i < shape.length; i++) {
            fits = expected.get(i) < 0 || expected.get(i) == shape[i];
        }
        if (!fits) {
            throw Refused.invalid(
                    "unexpected shape for input '"
                            + io.name()
                            + "' for model '"
                            + name()
                            + "'. Expected "
                            + told(expected)
                            + ", got "
                            + told(shape));
        }
        if (config.maxBatchSize() == 0) {
            return rows;
        }
        if (shape[0] > config.maxBatchSize() || shape[0] < 1) {
            throw Refused.invalid(
                    "inference request batch-size must be <= "
                            + config.maxBatchSize()
                            + " for '"
                            + name()
                            + "'"
                            + (shape[0] < 1 ? " and not 0" : ""));
        }
        if (rows >= 0 && rows != shape[0]) {
            throw Refused.invalid(
                    "input '"
                            + io.name()
                            + "' batch size does not match other inputs for '"
                            + name()
                            + "'");
        }
        return shape[0];
    }

    static String told(long[] shape) {
        var text = new StringJoiner(",", "[", "]");
        for (long extent : shape) {
            text.add(Long.toString(extent));
        }
        return text.toString();
    }

    private static String told(List<Long> shape) {
        return told(shape.stream().mapToLong(Long::longValue).toArray());
    }

    private List<Tensor> reshaped(List<Tensor> given) {
        if (inputs.values().stream().allMatch(io -> io.reshape() == null)) {
            return given;
        }
        var tensors = new ArrayList<Tensor>(given.size());
        for (Tensor tensor : given) {
            Io io = inputs.get(tensor.name());
            List<Long> reshape = io == null ? null : io.reshape();
            tensors.add(reshape == null ? tensor : shaped(tensor, reshape));
        }
        return tensors;
    }

    private List<Tensor> outward(List<Tensor> computed) {
        if (outputs.values().stream().allMatch(io -> io.reshape() == null)) {
            return computed;
        }
        var tensors = new ArrayList<Tensor>(computed.size());
        for (Tensor tensor : computed) {
            Io io = outputs.get(tensor.name());
            tensors.add(io == null || io.reshape() == null ? tensor : shaped(tensor, io.dims()));
        }
        return tensors;
    }

    /** The same elements in another shape; one extent of it may be open. */
    private Tensor shaped(Tensor tensor, List<Long> dims) {
        long[] old = tensor.shape();
        boolean batched = config.maxBatchSize() > 0;
        long[] shape = new long[dims.size() + (batched ? 1 : 0)];
        long known = 1;
        int open = -1;
        for (int i = 0; i < shape.length; i++) {
            shape[i] = batched && i == 0 ? old[0] : dims.get(i - (batched ? 1 : 0));
            if (shape[i] < 0) {
                open = i;
            } else {
                known *= shape[i];
            }
        }
        if (open >= 0) {
            shape[open] = known == 0 ? 0 : tensor.elements() / known;
        }
        return new Tensor(tensor.name(), tensor.type(), shape, tensor.data());
    }

    /** Counts what the listener hears. */
    private final class Hearing implements InferenceListener {
        private final long begin;
        private final int rows;
        private final long each;
        private final boolean writes;
        private final InferenceListener listener;
        private final long read;
        private boolean over;

        /**
         * @param each how many rows of the engine count as one
         */
        Hearing(long begin, int rows, long each, boolean writes, InferenceListener listener) {
            this.begin = begin;
            this.rows = rows;
            this.each = each;
            this.writes = writes;
            this.listener = listener;
            this.read = System.nanoTime() - begin;
        }

        @Override
        public void done(List<Tensor> computed, Timing timing) {
            long given = System.nanoTime();
            List<Tensor> outputs = outward(computed);
            if (!writes) {
                count(given, timing);
            }
            over();
            listener.done(outputs, timing);
            if (writes) {
                count(given, timing);
            }
        }

        private void count(long given, Timing timing) {
            long now = System.nanoTime();
            var counted =
                    new Timing(timing.queued(), timing.computed(), (int) (timing.batch() / each));
            statistics.succeeded(
                    now - begin, read, now - given, rows, counted, System.currentTimeMillis());
        }

        @Override
        public void failed(InferenceFailure failure) {
            statistics.failed(System.nanoTime() - begin);
            over();
            listener.failed(failure);
        }

        @Override
        public boolean late() {
            return listener.late();
        }

        void over() {
            if (!over) {
                over = true;
                running--;
                settle();
            }
        }
    }
}
