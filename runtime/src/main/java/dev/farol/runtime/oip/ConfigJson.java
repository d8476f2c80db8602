package dev.farol.runtime.oip;

import dev.farol.kit.Json;
import dev.farol.runtime.oip.ModelConfig.Batching;
import dev.farol.runtime.oip.ModelConfig.Io;
import dev.farol.runtime.oip.ModelConfig.VersionPolicy;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What models say of themselves, as the REST protocol has it. */
final class ConfigJson {
    private ConfigJson() {}

    static ObjectNode metadata(ServedModel model, List<String> versions) {
        ModelConfig config = model.config();
        var json = Json.object();
        json.put("name", config.name());
        var all = json.putArray("versions");
        versions.forEach(all::add);
        json.put("platform", config.platform());
        ios(json.putArray("inputs"), config, config.inputs());
        ios(json.putArray("outputs"), config, config.outputs());
        return json;
    }

    private static void ios(ArrayNode array, ModelConfig config, List<Io> ios) {
        for (Io io : ios) {
            var each = array.addObject();
            each.put("name", io.name());
            each.put("datatype", io.type().name());
            longs(each.putArray("shape"), config.shape(io));
        }
    }

    private static void longs(ArrayNode array, Collection<Long> values) {
        values.forEach(array::add);
    }

    /** As Triton prints its own, fields of no meaning here included: clients read them. */
    static ObjectNode config(ModelConfig config) {
        var json = Json.object();
        json.put("name", config.name());
        json.put("platform", config.platform());
        json.put("backend", config.backend());
        json.put("runtime", "");
        policy(json.putObject("version_policy"), config.versionPolicy());
        json.put("max_batch_size", config.maxBatchSize());
        config.inputs().forEach(io -> input(json.withArray("input").addObject(), io));
        config.outputs().forEach(io -> output(json.withArray("output").addObject(), io));
        json.putArray("batch_input");
        json.putArray("batch_output");
        json.putObject("optimization").put("priority", "PRIORITY_DEFAULT");
        Batching batching = config.batching();
        if (batching != null) {
            var dynamic = json.putObject("dynamic_batching");
            var preferred = dynamic.putArray("preferred_batch_size");
            batching.preferred().forEach(preferred::add);
            dynamic.put("max_queue_delay_microseconds", batching.maxDelayMicros());
            dynamic.put("preserve_ordering", batching.preserveOrdering());
            dynamic.put("priority_levels", 0);
            dynamic.put("default_priority_level", 0);
            dynamic.putObject("priority_queue_policy");
        }
        if (config.steps().isEmpty()) {
            var group = json.putArray("instance_group").addObject();
            group.put("name", config.name());
            group.put("kind", "KIND_CPU");
            group.put("count", Math.max(1, config.instances()));
            group.putArray("gpus");
            group.putArray("secondary_devices");
            group.putArray("profile");
            group.put("passive", false);
            group.put("host_policy", "");
        } else {
            json.putArray("instance_group");
            steps(json.putObject("ensemble_scheduling").putArray("step"), config);
        }
        json.put("default_model_filename", config.defaultModelFilename());
        json.putObject("cc_model_filenames");
        json.putObject("metric_tags");
        var parameters = json.putObject("parameters");
        new TreeMap<>(config.parameters())
                .forEach((key, value) -> parameters.putObject(key).put("string_value", value));
        warmups(json.putArray("model_warmup"), config);
        return json;
    }

    private static void warmups(ArrayNode array, ModelConfig config) {
        for (ModelConfig.Warmup warmup : config.warmups()) {
            var json = array.addObject();
            json.put("name", warmup.name());
            json.put("batch_size", warmup.batch());
            var inputs = json.putObject("inputs");
            new TreeMap<>(warmup.inputs())
                    .forEach((name, sample) -> sample(inputs.putObject(name), sample));
            json.put("count", warmup.count());
        }
    }

    private static void sample(ObjectNode json, ModelConfig.Sample sample) {
        json.put("data_type", sample.type().configName());
        longs(json.putArray("dims"), sample.dims());
        switch (sample.source()) {
            case ZERO -> json.put("zero_data", true);
            case RANDOM -> json.put("random_data", true);
            case FILE -> json.put("input_data_file", sample.file());
        }
    }

    private static void policy(ObjectNode json, VersionPolicy policy) {
        switch (policy) {
            case VersionPolicy.Latest latest ->
                    json.putObject("latest").put("num_versions", latest.count());
            case VersionPolicy.All ignored -> json.putObject("all");
            case VersionPolicy.Specific specific ->
                    longs(json.putObject("specific").putArray("versions"), specific.versions());
        }
    }

    private static void input(ObjectNode json, Io io) {
        json.put("name", io.name());
        json.put("data_type", io.type().configName());
        json.put("format", io.format().isEmpty() ? "FORMAT_NONE" : io.format());
        longs(json.putArray("dims"), io.dims());
        reshape(json, io);
        json.put("is_shape_tensor", false);
        json.put("allow_ragged_batch", false);
        json.put("optional", io.optional());
    }

    private static void output(ObjectNode json, Io io) {
        json.put("name", io.name());
        json.put("data_type", io.type().configName());
        longs(json.putArray("dims"), io.dims());
        reshape(json, io);
        json.put("label_filename", io.labels());
        json.put("is_shape_tensor", false);
    }

    private static void reshape(ObjectNode json, Io io) {
        List<Long> reshape = io.reshape();
        if (reshape != null) {
            longs(json.putObject("reshape").putArray("shape"), reshape);
        }
    }

    private static void steps(ArrayNode array, ModelConfig config) {
        for (ModelConfig.Step step : config.steps()) {
            var json = array.addObject();
            json.put("model_name", step.model());
            json.put("model_version", step.version());
            var inputs = json.putObject("input_map");
            new TreeMap<>(step.inputs()).forEach(inputs::put);
            var outputs = json.putObject("output_map");
            new TreeMap<>(step.outputs()).forEach(outputs::put);
        }
    }

    static ObjectNode statistics(List<ServedModel> models) {
        var json = Json.object();
        var all = json.putArray("model_stats");
        for (ServedModel model : models) {
            ModelStatistics statistics = model.statistics();
            var each = all.addObject();
            each.put("name", model.name());
            each.put("version", model.version());
            each.put("last_inference", statistics.lastInference());
            each.put("inference_count", statistics.inferences());
            each.put("execution_count", statistics.executions());
            var sums = each.putObject("inference_stats");
            sum(sums.putObject("success"), statistics.success());
            sum(sums.putObject("fail"), statistics.failure());
            sum(sums.putObject("queue"), statistics.queue());
            compute(sums, statistics.compute());
            sum(sums.putObject("cache_hit"), null);
            sum(sums.putObject("cache_miss"), null);
            each.putObject("response_stats");
            var batches = each.putArray("batch_stats");
            statistics
                    .batches()
                    .forEach(
                            (size, computed) -> {
                                var batch = batches.addObject();
                                batch.put("batch_size", size);
                                compute(batch, computed);
                            });
            each.putArray("memory_usage");
        }
        return json;
    }

    private static void compute(ObjectNode json, ModelStatistics.Compute compute) {
        sum(json.putObject("compute_input"), compute.input());
        sum(json.putObject("compute_infer"), compute.infer());
        sum(json.putObject("compute_output"), compute.output());
    }

    /** There is no cache: what it would count is 0. */
    private static void sum(
            ObjectNode json, ModelStatistics.@org.jspecify.annotations.Nullable Sum sum) {
        json.put("count", sum == null ? 0 : sum.count());
        json.put("ns", sum == null ? 0 : sum.nanos());
    }
}
