package dev.farol.runtime.triton;

import dev.farol.runtime.oip.ModelConfig;
import dev.farol.runtime.oip.ModelConfig.Batching;
import dev.farol.runtime.oip.ModelConfig.Io;
import dev.farol.runtime.oip.ModelConfig.Step;
import dev.farol.runtime.oip.ModelConfig.VersionPolicy;
import dev.farol.runtime.oip.ModelRepository;
import dev.farol.runtime.oip.Refused;
import dev.farol.runtime.oip.ServedModel;
import dev.farol.runtime.tensor.TensorModel;
import dev.farol.spec.FarolException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The models of a folder. What is served changes on the loop's thread alone; files are read and
 * engines made and ended on a thread of their own, one after the other.
 */
final class TritonRepository implements ModelRepository {
    private static final String READY = "READY";
    private static final String UNAVAILABLE = "UNAVAILABLE";

    private final Path root;
    private final String name;
    private final Engines engines;
    private final Executor loop;
    private final Executor loader;
    private final SortedMap<String, Model> models = new TreeMap<>();
    private boolean ready;

    /**
     * @param name of the model, if the folder is that of one
     * @param loop runs tasks on the loop's thread
     * @param loader runs tasks where they may block, one after the other
     */
    TritonRepository(Path root, String name, Engines engines, Executor loop, Executor loader) {
        this.root = root;
        this.name = name;
        this.engines = engines;
        this.loop = loop;
        this.loader = loader;
    }

    /** A model: what is served of it, and how it stands. */
    private static final class Model {
        private final SortedMap<Long, ServedModel> versions = new TreeMap<>();
        private final Set<Long> known = new LinkedHashSet<>();
        private String reason = "";
    }

    /** Versions that are loaded and not served yet. */
    private record Loaded(
            String model, SortedMap<Long, ServedModel> versions, List<TensorModel> engines) {
        void discard() {
            engines.forEach(TensorModel::close);
        }
    }

    /**
     * Loads every model.
     *
     * @param done hears on the loop's thread null, or why the first that failed did
     */
    void start(Consumer<@Nullable String> done) {
        loader.execute(
                () -> {
                    var loaded = new TreeMap<String, Loaded>();
                    String failure = null;
                    try {
                        SortedMap<String, Path> folders = Layout.models(root, name);
                        var configs = new HashMap<String, ModelConfig>();
                        for (String model : order(folders)) {
                            Path folder = folders.get(model);
                            if (folder != null) {
                                loaded.put(model, load(model, folder, null, configs));
                            }
                        }
                    } catch (IOException | RuntimeException wrong) {
                        failure = words(wrong);
                        loaded.values().forEach(Loaded::discard);
                        loaded.clear();
                    }
                    String told = failure;
                    loop.execute(
                            () -> {
                                loaded.values().forEach(this::serve);
                                ready = told == null;
                                done.accept(told);
                            });
                });
    }

    /** Ensembles come after what they are made of. */
    private static List<String> order(SortedMap<String, Path> folders) throws IOException {
        var steps = new TreeMap<String, List<String>>();
        for (var each : folders.entrySet()) {
            ModelConfig config = ConfigReader.read(each.getValue(), each.getKey()).config();
            steps.put(each.getKey(), config.steps().stream().map(Step::model).toList());
        }
        var order = new LinkedHashSet<String>();
        for (String model : steps.keySet()) {
            visit(model, steps, order, new LinkedHashSet<>());
        }
        return List.copyOf(order);
    }

    private static void visit(
            String model,
            Map<String, List<String>> steps,
            Set<String> order,
            LinkedHashSet<String> path) {
        if (order.contains(model)) {
            return;
        }
        if (!path.add(model)) {
            throw new Unusable(
                    "ensembles are made of each other in a circle: "
                            + String.join(" → ", path)
                            + " → "
                            + model);
        }
        for (String step : steps.getOrDefault(model, List.of())) {
            if (steps.containsKey(step)) {
                visit(step, steps, order, path);
            }
        }
        path.remove(model);
        order.add(model);
    }

    /**
     * Reads a model's versions.
     *
     * @param json the configuration in place of the file; null when nobody gives one
     * @param configs of the models that an ensemble may be made of; gets this one
     */
    private Loaded load(
            String model, Path folder, @Nullable String json, Map<String, ModelConfig> configs)
            throws IOException {
        ConfigReader.Read read =
                json == null ? ConfigReader.read(folder, model) : ConfigReader.read(json, model);
        boolean whole = folder.equals(root);
        if (!whole && !read.config().name().equals(model)) {
            throw new Unusable(
                    "unexpected directory name '"
                            + model
                            + "' for model '"
                            + read.config().name()
                            + "', directory name must equal model name");
        }
        var versions = new TreeMap<Long, ServedModel>();
        var made = new ArrayList<TensorModel>();
        try {
            if (read.config().platform().equals("ensemble")) {
                ensemble(read.config(), folder, configs, versions);
            } else {
                engines(read, folder, versions, made);
            }
        } catch (IOException | RuntimeException wrong) {
            made.forEach(TensorModel::close);
            throw wrong;
        }
        configs.put(model, versions.lastEntry().getValue().config());
        return new Loaded(model, versions, made);
    }

    private void ensemble(
            ModelConfig config,
            Path folder,
            Map<String, ModelConfig> configs,
            SortedMap<Long, ServedModel> versions)
            throws IOException {
        Ensemble.check(config);
        Ensemble.check(config, configs);
        SortedMap<Long, Path> folders = Layout.versions(folder);
        long version = folders.isEmpty() ? 1 : folders.lastKey();
        String text = Long.toString(version);
        versions.put(
                version,
                new ServedModel(
                        text, config, new Ensemble(config, text, this), labels(config, folder)));
    }

    private void engines(
            ConfigReader.Read read,
            Path folder,
            SortedMap<Long, ServedModel> versions,
            List<TensorModel> made)
            throws IOException {
        ModelConfig config = read.config();
        for (var each : chosen(config, Layout.versions(folder)).entrySet()) {
            String version = Long.toString(each.getKey());
            Path file = file(each.getValue(), config);
            TensorModel engine = engines.load(config.name(), version, file, config.instances());
            made.add(engine);
            ModelConfig complete = Completion.of(read, engine.info());
            Warmups.run(complete, folder, engine, loop);
            Batching batching = complete.batching();
            if (batching != null) {
                made.remove(engine);
                engine = engines.batched(engine, complete.maxBatchSize(), batching);
                made.add(engine);
            }
            versions.put(
                    each.getKey(),
                    new ServedModel(version, complete, engine, labels(complete, folder)));
        }
    }

    private static Path file(Path version, ModelConfig config) {
        Path file = version.resolve(config.defaultModelFilename());
        if (Files.isDirectory(file)) {
            // A model of more than a file has a folder of its own.
            file = file.resolve("model.onnx");
        }
        if (!Files.isRegularFile(file)) {
            throw new Unusable(
                    "model '"
                            + config.name()
                            + "' has no file "
                            + version.getFileName()
                            + "/"
                            + config.defaultModelFilename());
        }
        return file;
    }

    private static SortedMap<Long, Path> chosen(ModelConfig config, SortedMap<Long, Path> all) {
        var chosen = new TreeMap<Long, Path>();
        switch (config.versionPolicy()) {
            case VersionPolicy.All ignored -> chosen.putAll(all);
            case VersionPolicy.Latest latest -> {
                var rest = new TreeMap<>(all);
                for (int i = 0; i < latest.count() && !rest.isEmpty(); i++) {
                    var last = rest.pollLastEntry();
                    chosen.put(last.getKey(), last.getValue());
                }
            }
            case VersionPolicy.Specific specific -> {
                for (long version : specific.versions()) {
                    Path folder = all.get(version);
                    if (folder == null) {
                        throw new Unusable(
                                "model '"
                                        + config.name()
                                        + "' has no version "
                                        + version
                                        + ", which version_policy names (expected one of: "
                                        + all.keySet()
                                        + ")");
                    }
                    chosen.put(version, folder);
                }
            }
        }
        if (chosen.isEmpty()) {
            throw new Unusable(
                    "at least one version must be available under the version policy of model '"
                            + config.name()
                            + "' (expected: "
                            + config.name()
                            + "/1/"
                            + config.defaultModelFilename()
                            + ")");
        }
        return chosen;
    }

    private static Map<String, List<String>> labels(ModelConfig config, Path folder)
            throws IOException {
        var labels = new HashMap<String, List<String>>();
        for (Io output : config.outputs()) {
            if (!output.labels().isEmpty()) {
                Path file = folder.resolve(output.labels());
                if (!Files.isRegularFile(file)) {
                    throw new Unusable(
                            "model '"
                                    + config.name()
                                    + "' has no file "
                                    + output.labels()
                                    + ", which label_filename of '"
                                    + output.name()
                                    + "' names");
                }
                labels.put(output.name(), Files.readAllLines(file));
            }
        }
        return labels;
    }

    private static String words(Exception wrong) {
        return switch (wrong) {
            case Unusable unusable -> unusable.words();
            case FarolException told -> told.problem().message();
            case IOException io -> "The model repository cannot be read: " + io.getMessage();
            default -> "The model cannot be loaded: " + wrong;
        };
    }

    private void serve(Loaded loaded) {
        Model model = models.computeIfAbsent(loaded.model(), ignored -> new Model());
        List<ServedModel> old = List.copyOf(model.versions.values());
        model.versions.clear();
        model.versions.putAll(loaded.versions());
        model.known.addAll(loaded.versions().keySet());
        model.reason = "";
        old.forEach(this::retire);
    }

    private void retire(ServedModel served) {
        served.retire(() -> loader.execute(served::close));
    }

    // ---- the protocol's side

    @Override
    public boolean ready() {
        return ready;
    }

    @Override
    public List<Entry> index() {
        var entries = new ArrayList<Entry>();
        models.forEach(
                (model, state) -> {
                    for (long version : state.known) {
                        boolean served = state.versions.containsKey(version);
                        entries.add(
                                new Entry(
                                        model,
                                        Long.toString(version),
                                        served ? READY : UNAVAILABLE,
                                        served ? "" : state.reason));
                    }
                    if (state.known.isEmpty()) {
                        entries.add(new Entry(model, "", UNAVAILABLE, state.reason));
                    }
                });
        return entries;
    }

    @Override
    public ServedModel find(String model, String version) {
        Model state = models.get(model);
        if (state == null) {
            throw unknown("'" + model + "' is not found");
        }
        if (state.versions.isEmpty()) {
            throw new Refused(
                    Refused.Kind.UNAVAILABLE,
                    "Request for unknown model: '" + model + "' has no available versions");
        }
        if (version.isEmpty()) {
            return state.versions.lastEntry().getValue();
        }
        ServedModel served;
        try {
            served = state.versions.get(Long.parseLong(version));
        } catch (NumberFormatException none) {
            throw new Refused(
                    Refused.Kind.INVALID,
                    "failed to get model version from specified version string '"
                            + version
                            + "', version should be an integer > 0");
        }
        if (served == null) {
            throw unknown("'" + model + "' version " + version + " is not found");
        }
        return served;
    }

    private static Refused unknown(String what) {
        return new Refused(Refused.Kind.NOT_FOUND, "Request for unknown model: " + what);
    }

    @Override
    public List<String> versions(String model) {
        Model state = models.get(model);
        return state == null
                ? List.of()
                : state.versions.keySet().stream().map(version -> Long.toString(version)).toList();
    }

    @Override
    public void load(String model, @Nullable String config, Consumer<@Nullable Refused> done) {
        var configs = new HashMap<String, ModelConfig>();
        models.forEach(
                (each, state) -> {
                    if (!each.equals(model) && !state.versions.isEmpty()) {
                        configs.put(each, state.versions.lastEntry().getValue().config());
                    }
                });
        loader.execute(
                () -> {
                    Loaded loaded = null;
                    String failure = null;
                    try {
                        Path folder = Layout.models(root, name).get(model);
                        if (folder == null) {
                            failure = "failed to poll from model repository";
                        } else {
                            loaded = load(model, folder, config, configs);
                        }
                    } catch (IOException | RuntimeException wrong) {
                        failure = words(wrong);
                    }
                    Loaded fresh = loaded;
                    String told = failure;
                    loop.execute(() -> loaded(model, fresh, told, done));
                });
    }

    private void loaded(
            String model,
            @Nullable Loaded fresh,
            @Nullable String failure,
            Consumer<@Nullable Refused> done) {
        if (fresh != null) {
            serve(fresh);
            done.accept(null);
            return;
        }
        Model state = models.get(model);
        if (state != null && state.versions.isEmpty()) {
            state.reason = String.valueOf(failure);
        }
        done.accept(
                new Refused(Refused.Kind.INVALID, "failed to load '" + model + "', " + failure));
    }

    @Override
    public void unload(String model, Consumer<@Nullable Refused> done) {
        Model state = models.get(model);
        if (state == null) {
            // As Triton: what is not there is unloaded.
            done.accept(null);
            return;
        }
        List<ServedModel> old = List.copyOf(state.versions.values());
        state.versions.clear();
        state.reason = "unloaded";
        old.forEach(this::retire);
        done.accept(null);
    }

    /** Ends every engine. On the loop's thread; what follows on the loader comes after it. */
    void close() {
        ready = false;
        models.values()
                .forEach(
                        state -> {
                            state.versions.values().forEach(each -> loader.execute(each::close));
                            state.versions.clear();
                        });
    }
}
