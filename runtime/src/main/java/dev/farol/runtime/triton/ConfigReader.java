package dev.farol.runtime.triton;

import dev.farol.runtime.oip.ModelConfig;
import dev.farol.runtime.oip.ModelConfig.Batching;
import dev.farol.runtime.oip.ModelConfig.Io;
import dev.farol.runtime.oip.ModelConfig.Sample;
import dev.farol.runtime.oip.ModelConfig.Source;
import dev.farol.runtime.oip.ModelConfig.Step;
import dev.farol.runtime.oip.ModelConfig.VersionPolicy;
import dev.farol.runtime.oip.ModelConfig.Warmup;
import dev.farol.runtime.tensor.DataType;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads {@code config.pbtxt}; what Farol does not do is refused by its name. */
final class ConfigReader {
    static final String FILE = "config.pbtxt";
    private static final int MAX_INSTANCES = 256;
    private static final int MAX_BATCH = 1 << 20;
    private static final int MAX_WARMUPS = 1 << 20;
    private static final String ONNX = "onnxruntime";

    private final Section root;

    private ConfigReader(Section root) {
        this.root = root;
    }

    /**
     * What was read.
     *
     * @param saysBatch whether it says {@code max_batch_size}
     */
    record Read(ModelConfig config, boolean saysBatch) {}

    /** The same of a configuration that a caller gives as JSON in place of the file. */
    static Read read(String json, String name) {
        return new ConfigReader(JsonFields.section(json)).config(name);
    }

    /**
     * @param name of the model when the file names none
     * @throws Unusable naming file, line and field
     */
    static Read read(Path folder, String name) throws IOException {
        Path file = folder.resolve(FILE);
        if (!Files.exists(file)) {
            return new Read(plain(name), false);
        }
        String text;
        try {
            text = Files.readString(file);
        } catch (CharacterCodingException binary) {
            throw Unusable.at(file, 1, "the file is no UTF-8");
        }
        var reader = new ConfigReader(new Section(file, "", 1, TextProto.parse(file, text)));
        return reader.config(name);
    }

    private static ModelConfig plain(String name) {
        return new ModelConfig(
                name,
                "onnxruntime_onnx",
                ONNX,
                VersionPolicy.LATEST,
                0,
                List.of(),
                List.of(),
                null,
                1,
                "model.onnx",
                Map.of(),
                List.of(),
                List.of());
    }

    private Read config(String folderName) {
        String name = root.text("name");
        String platform = platform();
        boolean ensemble = platform.equals("ensemble");
        refuseOthers();
        boolean saysBatch = root.has("max_batch_size");
        int batch = (int) root.number("max_batch_size", 0, 0, MAX_BATCH);
        VersionPolicy policy = policy();
        List<Io> inputs = ios("input", batch);
        List<Io> outputs = ios("output", batch);
        Batching batching = batching(batch);
        int instances = instances();
        String filename = filename("default_model_filename", root);
        Map<String, String> parameters = parameters();
        List<Step> steps = ensemble ? steps() : List.of();
        List<Warmup> warmups = warmups();
        if (ensemble) {
            root.unsupported("model_warmup", "that of the models which the ensemble is made of");
        } else {
            root.unsupported("ensemble_scheduling", "platform: \"ensemble\"");
        }
        root.done();
        var config =
                new ModelConfig(
                        name.isEmpty() ? folderName : name,
                        platform,
                        ensemble ? "" : ONNX,
                        policy,
                        batch,
                        inputs,
                        outputs,
                        batching,
                        instances,
                        filename.isEmpty() && !ensemble ? "model.onnx" : filename,
                        parameters,
                        steps,
                        warmups);
        return new Read(config, saysBatch);
    }

    private String platform() {
        String platform = root.text("platform");
        String backend = root.text("backend");
        if (platform.equals("ensemble")
                || (platform.isEmpty() && backend.isEmpty() && root.has("ensemble_scheduling"))) {
            return "ensemble";
        }
        boolean onnx = platform.isEmpty() || platform.equals("onnxruntime_onnx");
        if (!onnx || !(backend.isEmpty() || backend.equals(ONNX))) {
            String what = onnx ? "backend '" + backend + "'" : "platform '" + platform + "'";
            throw root.fault(
                    "the "
                            + what
                            + " is not supported (expected: platform \"onnxruntime_onnx\", backend"
                            + " \"onnxruntime\", or platform \"ensemble\")");
        }
        return "onnxruntime_onnx";
    }

    private void refuseOthers() {
        if (!root.text("runtime").isEmpty()) {
            root.unsupported("runtime", "the field left out");
        }
        String out = "the field left out";
        for (String field :
                List.of(
                        "batch_input",
                        "batch_output",
                        "sequence_batching",
                        "cc_model_filenames",
                        "metric_tags",
                        "model_operations",
                        "model_repository_agents",
                        "model_metrics")) {
            root.unsupported(field, out);
        }
        Section optimization = root.section("optimization");
        if (optimization != null) {
            // These say how memory is handed to a GPU, or nothing at all.
            optimization.has("priority");
            optimization.has("input_pinned_memory");
            optimization.has("output_pinned_memory");
            for (String field :
                    List.of(
                            "graph",
                            "cuda",
                            "execution_accelerators",
                            "gather_kernel_buffer_threshold",
                            "eager_batching")) {
                optimization.unsupported(field, out);
            }
            optimization.done();
        }
        Section transactions = root.section("model_transaction_policy");
        if (transactions != null && transactions.flag("decoupled")) {
            transactions.unsupported("decoupled", "false: one answer for each request");
        }
        Section cache = root.section("response_cache");
        if (cache != null && cache.flag("enable")) {
            cache.unsupported("enable", "false");
        }
    }

    private VersionPolicy policy() {
        Section policy = root.section("version_policy");
        if (policy == null) {
            return VersionPolicy.LATEST;
        }
        Section latest = policy.section("latest");
        Section all = policy.section("all");
        Section specific = policy.section("specific");
        policy.done();
        long choices =
                List.of(latest != null, all != null, specific != null).stream()
                        .filter(each -> each)
                        .count();
        if (choices > 1) {
            throw policy.fault("version_policy says more than one of latest, all and specific");
        }
        if (all != null) {
            all.done();
            return new VersionPolicy.All();
        }
        if (specific != null) {
            List<Long> versions = specific.numbers("versions", 1, Long.MAX_VALUE);
            specific.done();
            if (versions.isEmpty()) {
                throw specific.fault("version_policy.specific.versions is empty");
            }
            return new VersionPolicy.Specific(versions);
        }
        if (latest != null) {
            int count = (int) latest.number("num_versions", 1, 1, Integer.MAX_VALUE);
            latest.done();
            return new VersionPolicy.Latest(count);
        }
        return VersionPolicy.LATEST;
    }

    private List<Io> ios(String field, int batch) {
        boolean input = field.equals("input");
        var ios = new ArrayList<Io>();
        var names = new HashSet<String>();
        for (Section each : root.sections(field)) {
            String name = each.text("name");
            if (name.isEmpty()) {
                throw each.fault(field + " has no name");
            }
            if (!names.add(name)) {
                throw each.fault(field + " '" + name + "' is given twice");
            }
            DataType type = type(each, name);
            List<Long> dims = each.numbers("dims", -1, Long.MAX_VALUE);
            List<Long> reshape = reshape(each, name, dims);
            // An empty list of dims is only right where the batch or another shape stands in.
            if (dims.isEmpty() && batch == 0 && reshape == null && !each.has("dims")) {
                throw each.fault(field + " '" + name + "' must specify 'dims'");
            }
            if (dims.contains(0L)) {
                throw each.fault("dims of '" + name + "' hold 0 (expected: 1 or more, or -1)");
            }
            if (each.flag("is_shape_tensor")) {
                each.unsupported("is_shape_tensor", "false");
            }
            if (each.flag("is_non_linear_format_io")) {
                each.unsupported("is_non_linear_format_io", "false");
            }
            boolean optional = input && each.flag("optional");
            if (input && each.flag("allow_ragged_batch")) {
                each.unsupported("allow_ragged_batch", "false");
            }
            String format = input ? format(each, name, dims) : "";
            String labels = input ? "" : filename("label_filename", each);
            each.done();
            ios.add(new Io(name, type, dims, reshape, optional, labels, format));
        }
        return ios;
    }

    private static DataType type(Section each, String name) {
        String text = each.word("data_type", "TYPE_INVALID");
        for (DataType type : DataType.values()) {
            if (type.configName().equals(text)) {
                return type;
            }
        }
        throw each.fault(
                "data_type of '"
                        + name
                        + "' is "
                        + text
                        + " (expected: TYPE_BOOL, TYPE_UINT8, …, TYPE_FP32, TYPE_FP64 or"
                        + " TYPE_STRING)");
    }

    private static String format(Section each, String name, List<Long> dims) {
        String format = each.word("format", "FORMAT_NONE");
        switch (format) {
            case "FORMAT_NONE" -> {
                return "";
            }
            case "FORMAT_NHWC", "FORMAT_NCHW" -> {
                if (dims.size() != 3) {
                    throw each.fault(
                            "format of '" + name + "' is " + format + " (expected: 3 dims)");
                }
            }
            default ->
                    throw each.fault(
                            "format of '"
                                    + name
                                    + "' is "
                                    + format
                                    + " (expected: FORMAT_NONE, FORMAT_NHWC or FORMAT_NCHW)");
        }
        return format;
    }

    private static @Nullable List<Long> reshape(Section each, String name, List<Long> dims) {
        Section reshape = each.section("reshape");
        if (reshape == null) {
            return null;
        }
        List<Long> shape = reshape.numbers("shape", -1, Long.MAX_VALUE);
        reshape.done();
        long open = shape.stream().filter(extent -> extent < 0).count();
        boolean fixed = open == 0 && dims.stream().noneMatch(extent -> extent < 0);
        if (open > 1 || (fixed && product(shape) != product(dims))) {
            throw reshape.fault(
                    "reshape of '"
                            + name
                            + "' is "
                            + shape
                            + " (expected: as many elements as dims "
                            + dims
                            + ", and one -1 at most)");
        }
        return shape;
    }

    private static long product(List<Long> shape) {
        return shape.stream().reduce(1L, (a, b) -> a * b);
    }

    private @Nullable Batching batching(int batch) {
        Section section = root.section("dynamic_batching");
        if (section == null) {
            return null;
        }
        if (batch == 0) {
            throw section.fault("dynamic_batching needs max_batch_size (expected: 1 or more)");
        }
        List<Integer> preferred =
                section.numbers("preferred_batch_size", 1, batch).stream()
                        .map(Long::intValue)
                        .toList();
        long delay = section.number("max_queue_delay_microseconds", 0, 0, Integer.MAX_VALUE);
        boolean ordered = section.flag("preserve_ordering");
        for (String field :
                List.of(
                        "priority_levels",
                        "default_priority_level",
                        "default_queue_policy",
                        "priority_queue_policy")) {
            section.unsupported(field, "the field left out");
        }
        section.done();
        return new Batching(preferred, delay, ordered);
    }

    private int instances() {
        int count = 0;
        for (Section group : root.sections("instance_group")) {
            group.text("name");
            String kind = group.word("kind", "KIND_AUTO");
            if (!kind.equals("KIND_AUTO") && !kind.equals("KIND_CPU")) {
                throw group.fault(
                        "instance_group.kind "
                                + kind
                                + " is not supported (expected: KIND_CPU or KIND_AUTO)");
            }
            count += (int) group.number("count", 1, 1, MAX_INSTANCES);
            for (String field :
                    List.of(
                            "gpus",
                            "secondary_devices",
                            "profile",
                            "rate_limiter",
                            "host_policy")) {
                group.unsupported(field, "the field left out");
            }
            if (group.flag("passive")) {
                group.unsupported("passive", "false");
            }
            group.done();
        }
        return Math.min(count, MAX_INSTANCES);
    }

    /** A name of a file beside this one, never a path to elsewhere. */
    private static String filename(String field, Section section) {
        String name = section.text(field);
        if (name.contains("/")
                || name.contains("\\")
                || name.equals("..")
                || name.indexOf(0) >= 0) {
            throw section.fault(
                    field + " is '" + name + "' (expected: the name of a file, without folders)");
        }
        return name;
    }

    private Map<String, String> parameters() {
        var parameters = new LinkedHashMap<String, String>();
        for (Section entry : root.sections("parameters")) {
            String key = entry.text("key");
            Section value = entry.section("value");
            parameters.put(key, value == null ? "" : value.text("string_value"));
            if (value != null) {
                value.done();
            }
            entry.done();
        }
        return parameters;
    }

    private List<Warmup> warmups() {
        var warmups = new ArrayList<Warmup>();
        for (Section each : root.sections("model_warmup")) {
            String name = each.text("name");
            int rows = (int) each.number("batch_size", 0, 0, MAX_BATCH);
            int count = (int) each.number("count", 0, 0, MAX_WARMUPS);
            var inputs = new LinkedHashMap<String, Sample>();
            for (Section entry : each.sections("inputs")) {
                String input = entry.text("key");
                Section value = entry.section("value");
                if (value == null || inputs.put(input, sample(value, input)) != null) {
                    throw entry.fault(
                            "model_warmup '"
                                    + name
                                    + "': the input '"
                                    + input
                                    + (value == null ? "' has no value" : "' is given twice"));
                }
                entry.done();
            }
            each.done();
            warmups.add(new Warmup(name, rows, inputs, count));
        }
        return warmups;
    }

    private static Sample sample(Section value, String input) {
        DataType type = type(value, input);
        List<Long> dims = value.numbers("dims", 0, Long.MAX_VALUE);
        String file = filename("input_data_file", value);
        boolean zero = value.flag("zero_data");
        boolean random = value.flag("random_data");
        value.done();
        int sources = (zero ? 1 : 0) + (random ? 1 : 0) + (file.isEmpty() ? 0 : 1);
        if (sources != 1) {
            throw value.fault(
                    "model_warmup input '"
                            + input
                            + "' has "
                            + sources
                            + " sources (expected one of: zero_data, random_data,"
                            + " input_data_file)");
        }
        return new Sample(
                type, dims, zero ? Source.ZERO : random ? Source.RANDOM : Source.FILE, file);
    }

    private List<Step> steps() {
        Section scheduling = root.section("ensemble_scheduling");
        if (scheduling == null) {
            throw root.fault("an ensemble needs ensemble_scheduling");
        }
        var steps = new ArrayList<Step>();
        for (Section each : scheduling.sections("step")) {
            String model = each.text("model_name");
            long version = each.number("model_version", -1, -1, Long.MAX_VALUE);
            Map<String, String> inputs = each.map("input_map");
            Map<String, String> outputs = each.map("output_map");
            each.unsupported("model_namespace", "the field left out");
            each.done();
            if (model.isEmpty()) {
                throw each.fault("a step of the ensemble has no model_name");
            }
            steps.add(new Step(model, version, inputs, outputs));
        }
        scheduling.unsupported("max_inflight_requests", "the field left out");
        scheduling.done();
        if (steps.isEmpty()) {
            throw scheduling.fault("an ensemble needs a step");
        }
        return steps;
    }
}
