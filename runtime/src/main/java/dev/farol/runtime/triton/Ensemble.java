package dev.farol.runtime.triton;

import dev.farol.runtime.oip.ModelConfig;
import dev.farol.runtime.oip.ModelConfig.Io;
import dev.farol.runtime.oip.ModelConfig.Step;
import dev.farol.runtime.oip.ModelRepository;
import dev.farol.runtime.oip.Refused;
import dev.farol.runtime.oip.ServedModel;
import dev.farol.runtime.tensor.InferenceFailure;
import dev.farol.runtime.tensor.InferenceListener;
import dev.farol.runtime.tensor.ModelInfo;
import dev.farol.runtime.tensor.Tensor;
import dev.farol.runtime.tensor.TensorInfo;
import dev.farol.runtime.tensor.TensorModel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Models behind one another: a step begins as soon as its tensors are there, so that steps that do
 * not wait for each other compute at once.
 */
final class Ensemble implements TensorModel {
    private final ModelConfig config;
    private final String version;
    private final ModelRepository repository;

    Ensemble(ModelConfig config, String version, ModelRepository repository) {
        this.config = config;
        this.version = version;
        this.repository = repository;
    }

    /**
     * Whether the steps can be computed at all, without looking at their models.
     *
     * @throws Unusable for tensors that nobody gives, that two give, or that wait for themselves
     */
    static void check(ModelConfig config) {
        var given = new HashSet<String>();
        config.inputs().forEach(input -> given.add(input.name()));
        if (config.inputs().isEmpty() || config.outputs().isEmpty()) {
            throw fault(config, "input and output must be given");
        }
        var made = new HashSet<>(given);
        for (Step step : config.steps()) {
            for (String tensor : step.outputs().values()) {
                if (!made.add(tensor)) {
                    throw fault(config, "the tensor '" + tensor + "' is given by two");
                }
            }
        }
        for (Step step : config.steps()) {
            for (String tensor : step.inputs().values()) {
                if (!made.contains(tensor)) {
                    throw fault(
                            config,
                            "the step '"
                                    + step.model()
                                    + "' takes the tensor '"
                                    + tensor
                                    + "', which is neither an input nor given by a step");
                }
            }
        }
        for (Io output : config.outputs()) {
            if (!made.contains(output.name())) {
                throw fault(config, "no step gives the output '" + output.name() + "'");
            }
        }
        acyclic(config, given);
    }

    private static void acyclic(ModelConfig config, Set<String> given) {
        var open = new ArrayList<>(config.steps());
        boolean moved = true;
        while (moved) {
            moved =
                    open.removeIf(
                            step ->
                                    given.containsAll(step.inputs().values())
                                            && given.addAll(withMarker(step)));
        }
        if (!open.isEmpty()) {
            throw fault(
                    config,
                    "the steps wait for each other in a circle: "
                            + String.join(", ", open.stream().map(Step::model).toList()));
        }
    }

    /** The step's outputs, and something new for a step that has none. */
    private static Set<String> withMarker(Step step) {
        var outputs = new HashSet<>(step.outputs().values());
        outputs.add("\0" + System.identityHashCode(step));
        return outputs;
    }

    private static Unusable fault(ModelConfig config, String message) {
        return new Unusable("ensemble '" + config.name() + "': " + message);
    }

    /**
     * Whether the steps' models take and give what the steps say.
     *
     * @param models by the names that the steps have for them
     */
    static void check(ModelConfig config, Map<String, ModelConfig> models) {
        var types = new HashMap<String, Io>();
        config.inputs().forEach(io -> types.put(io.name(), io));
        for (Step step : config.steps()) {
            ModelConfig model = models.get(step.model());
            if (model == null) {
                throw fault(config, "there is no model '" + step.model() + "'");
            }
            step.outputs()
                    .forEach(
                            (output, tensor) ->
                                    types.put(tensor, io(config, step, model.outputs(), output)));
        }
        for (Step step : config.steps()) {
            ModelConfig model = models.get(step.model());
            if (model == null) {
                continue;
            }
            step.inputs()
                    .forEach(
                            (input, tensor) ->
                                    same(
                                            config,
                                            tensor,
                                            types.get(tensor),
                                            io(config, step, model.inputs(), input)));
            for (Io io : model.inputs()) {
                if (!io.optional() && !step.inputs().containsKey(io.name())) {
                    throw fault(
                            config,
                            "the step '"
                                    + step.model()
                                    + "' does not map the input '"
                                    + io.name()
                                    + "' of its model");
                }
            }
        }
        for (Io output : config.outputs()) {
            same(config, output.name(), types.get(output.name()), output);
        }
    }

    private static Io io(ModelConfig config, Step step, List<Io> ios, String name) {
        return ios.stream()
                .filter(io -> io.name().equals(name))
                .findFirst()
                .orElseThrow(
                        () ->
                                fault(
                                        config,
                                        "the model '"
                                                + step.model()
                                                + "' has no '"
                                                + name
                                                + "' (expected one of: "
                                                + String.join(
                                                        ", ", ios.stream().map(Io::name).toList())
                                                + ")"));
    }

    private static void same(
            ModelConfig config,
            String tensor,
            @org.jspecify.annotations.Nullable Io given,
            Io taken) {
        if (given != null && given.type() != taken.type()) {
            throw fault(
                    config,
                    "the tensor '"
                            + tensor
                            + "' is given as "
                            + given.type()
                            + " and taken as "
                            + taken.type());
        }
    }

    @Override
    public ModelInfo info() {
        return new ModelInfo(
                config.name(),
                version,
                config.platform(),
                infos(config.inputs()),
                infos(config.outputs()));
    }

    private List<TensorInfo> infos(List<Io> ios) {
        return ios.stream()
                .map(io -> new TensorInfo(io.name(), io.type(), config.shape(io)))
                .toList();
    }

    @Override
    public void infer(List<Tensor> inputs, List<String> outputs, InferenceListener listener) {
        new Run(inputs, outputs, listener).advance();
    }

    @Override
    public void close() {
        // The models of the steps are the repository's.
    }

    /** A request on its way through the steps. */
    private final class Run {
        private final Map<String, Tensor> tensors = new HashMap<>();
        private final List<Step> waiting = new ArrayList<>(config.steps());
        private final List<String> wanted;
        private final InferenceListener listener;
        private final long begin = System.nanoTime();
        private int batch = 1;
        private boolean over;
        private boolean advancing;

        Run(List<Tensor> inputs, List<String> outputs, InferenceListener listener) {
            inputs.forEach(input -> tensors.put(input.name(), input));
            this.wanted =
                    outputs.isEmpty() ? config.outputs().stream().map(Io::name).toList() : outputs;
            this.listener = listener;
        }

        void advance() {
            if (advancing) {
                return;
            }
            advancing = true;
            for (Step step = ready(); step != null && !over; step = ready()) {
                waiting.remove(step);
                begin(step);
            }
            advancing = false;
            if (!over && wanted.stream().allMatch(tensors::containsKey)) {
                over = true;
                List<Tensor> outputs = wanted.stream().map(this::tensor).toList();
                long took = System.nanoTime() - begin;
                listener.done(outputs, new InferenceListener.Timing(0, took, batch));
            }
        }

        private Tensor tensor(String name) {
            Tensor tensor = tensors.get(name);
            if (tensor == null) {
                throw new IllegalStateException("no tensor " + name);
            }
            return tensor;
        }

        private @org.jspecify.annotations.Nullable Step ready() {
            for (Step step : waiting) {
                if (tensors.keySet().containsAll(needed(step))) {
                    return step;
                }
            }
            return null;
        }

        /** An optional input that nobody gave is not waited for. */
        private List<String> needed(Step step) {
            return step.inputs().values().stream()
                    .filter(
                            tensor ->
                                    tensors.containsKey(tensor)
                                            || config.inputs().stream()
                                                    .noneMatch(
                                                            io ->
                                                                    io.optional()
                                                                            && io.name()
                                                                                    .equals(
                                                                                            tensor)))
                    .toList();
        }

        private void begin(Step step) {
            var given = new ArrayList<Tensor>();
            step.inputs()
                    .forEach(
                            (input, name) -> {
                                Tensor tensor = tensors.get(name);
                                if (tensor != null) {
                                    given.add(renamed(tensor, input));
                                }
                            });
            String number = step.version() < 0 ? "" : Long.toString(step.version());
            try {
                ServedModel model = repository.find(step.model(), number);
                model.infer(given, List.copyOf(step.outputs().keySet()), new Hearing(step));
            } catch (Refused refused) {
                fail(
                        new InferenceFailure(
                                switch (refused.kind()) {
                                    case NOT_FOUND, UNAVAILABLE ->
                                            InferenceFailure.Kind.UNAVAILABLE;
                                    case MODEL -> InferenceFailure.Kind.MODEL;
                                    default -> InferenceFailure.Kind.REQUEST;
                                },
                                refused.words()),
                        step);
            }
        }

        private void fail(InferenceFailure failure, Step step) {
            if (!over) {
                over = true;
                listener.failed(
                        new InferenceFailure(
                                failure.kind(),
                                "in ensemble '"
                                        + config.name()
                                        + "', step '"
                                        + step.model()
                                        + "': "
                                        + failure.message()));
            }
        }

        /** Takes a step's outputs under the ensemble's names. */
        private final class Hearing implements InferenceListener {
            private final Step step;

            Hearing(Step step) {
                this.step = step;
            }

            @Override
            public void done(List<Tensor> outputs, Timing timing) {
                batch = Math.max(batch, timing.batch());
                for (Tensor output : outputs) {
                    String name = step.outputs().get(output.name());
                    if (name != null) {
                        tensors.put(name, renamed(output, name));
                    }
                }
                if (!over) {
                    advance();
                }
            }

            @Override
            public void failed(InferenceFailure failure) {
                fail(failure, step);
            }

            @Override
            public boolean late() {
                return listener.late();
            }
        }
    }

    private static Tensor renamed(Tensor tensor, String name) {
        return tensor.name().equals(name)
                ? tensor
                : new Tensor(name, tensor.type(), tensor.shape(), tensor.data());
    }
}
