package dev.farol.runtime.oip;

import dev.farol.runtime.oip.ModelConfig.Batching;
import dev.farol.runtime.oip.ModelConfig.Io;
import dev.farol.runtime.oip.ModelConfig.VersionPolicy;
import dev.farol.runtime.tensor.DataType;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What models say of themselves, as the gRPC protocol has it. */
final class ConfigProto {
    private static final int KIND_CPU = 2;

    private ConfigProto() {}

    static ProtoWriter metadata(ServedModel model, List<String> versions) {
        ModelConfig config = model.config();
        var proto = new ProtoWriter().text(1, config.name());
        versions.forEach(version -> proto.text(2, version));
        proto.text(3, config.platform());
        ios(proto, 4, config, config.inputs());
        ios(proto, 5, config, config.outputs());
        return proto;
    }

    private static void ios(ProtoWriter proto, int field, ModelConfig config, List<Io> ios) {
        for (Io io : ios) {
            proto.message(
                    field,
                    each ->
                            each.text(1, io.name())
                                    .text(2, io.type().name())
                                    .packed(3, config.shape(io)));
        }
    }

    static ProtoWriter config(ModelConfig config) {
        var proto = new ProtoWriter().text(1, config.name()).text(2, config.platform());
        proto.message(3, policy -> policy(policy, config.versionPolicy()));
        proto.number(4, config.maxBatchSize());
        for (Io io : config.inputs()) {
            proto.message(
                    5,
                    each -> {
                        each.text(1, io.name()).number(2, number(io.type()));
                        each.number(3, format(io.format())).packed(4, io.dims());
                        reshape(each, io);
                        each.flag(8, io.optional());
                    });
        }
        for (Io io : config.outputs()) {
            proto.message(
                    6,
                    each -> {
                        each.text(1, io.name()).number(2, number(io.type())).packed(3, io.dims());
                        reshape(each, io);
                        each.text(4, io.labels());
                    });
        }
        if (config.steps().isEmpty()) {
            proto.message(
                    7,
                    group ->
                            group.text(1, config.name())
                                    .number(2, Math.max(1, config.instances()))
                                    .number(4, KIND_CPU));
        }
        proto.text(8, config.defaultModelFilename());
        Batching batching = config.batching();
        if (batching != null) {
            proto.message(
                    11,
                    each ->
                            each.packed(
                                            1,
                                            batching.preferred().stream()
                                                    .mapToLong(Integer::longValue)
                                                    .toArray())
                                    .number(2, batching.maxDelayMicros())
                                    .flag(3, batching.preserveOrdering()));
        }
        new TreeMap<>(config.parameters())
                .forEach(
                        (key, value) ->
                                proto.message(
                                        14,
                                        entry ->
                                                entry.text(1, key)
                                                        .message(2, it -> it.text(1, value))));
        if (!config.steps().isEmpty()) {
            proto.message(
                    15,
                    ensemble ->
                            config.steps()
                                    .forEach(step -> ensemble.message(1, it -> step(it, step))));
        }
        config.warmups().forEach(warmup -> proto.message(16, each -> warmup(each, warmup)));
        return proto.text(17, config.backend());
    }

    private static void warmup(ProtoWriter proto, ModelConfig.Warmup warmup) {
        proto.text(1, warmup.name()).number(2, warmup.batch());
        new TreeMap<>(warmup.inputs())
                .forEach(
                        (name, sample) ->
                                proto.message(
                                        3,
                                        entry ->
                                                entry.text(1, name)
                                                        .message(2, each -> sample(each, sample))));
        proto.number(4, warmup.count());
    }

    private static void sample(ProtoWriter proto, ModelConfig.Sample sample) {
        proto.number(1, number(sample.type())).packed(2, sample.dims());
        switch (sample.source()) {
            case ZERO -> proto.flag(3, true);
            case RANDOM -> proto.flag(4, true);
            case FILE -> proto.text(5, sample.file());
        }
    }

    private static void step(ProtoWriter proto, ModelConfig.Step step) {
        proto.text(1, step.model()).number(2, step.version());
        map(proto, 3, step.inputs());
        map(proto, 4, step.outputs());
    }

    private static void map(ProtoWriter proto, int field, Map<String, String> map) {
        new TreeMap<>(map)
                .forEach(
                        (key, value) ->
                                proto.message(field, entry -> entry.text(1, key).text(2, value)));
    }

    private static void policy(ProtoWriter proto, VersionPolicy policy) {
        switch (policy) {
            case VersionPolicy.Latest latest ->
                    proto.message(1, each -> each.number(1, latest.count()));
            case VersionPolicy.All ignored -> proto.message(2, each -> {});
            case VersionPolicy.Specific specific ->
                    proto.message(3, each -> each.packed(1, specific.versions()));
        }
    }

    private static void reshape(ProtoWriter proto, Io io) {
        List<Long> reshape = io.reshape();
        if (reshape != null) {
            proto.message(5, each -> each.packed(1, reshape));
        }
    }

    private static int format(String format) {
        return switch (format) {
            case "FORMAT_NHWC" -> 1;
            case "FORMAT_NCHW" -> 2;
            default -> 0;
        };
    }

    /** The number that the configuration's enum has for a type. */
    private static int number(DataType type) {
        return switch (type) {
            case BOOL -> 1;
            case UINT8 -> 2;
            case UINT16 -> 3;
            case UINT32 -> 4;
            case UINT64 -> 5;
            case INT8 -> 6;
            case INT16 -> 7;
            case INT32 -> 8;
            case INT64 -> 9;
            case FP16 -> 10;
            case FP32 -> 11;
            case FP64 -> 12;
            case BYTES -> 13;
            case BF16 -> 14;
        };
    }

    static ProtoWriter statistics(List<ServedModel> models) {
        var proto = new ProtoWriter();
        for (ServedModel model : models) {
            ModelStatistics statistics = model.statistics();
            proto.message(
                    1,
                    each -> {
                        each.text(1, model.name()).text(2, model.version());
                        each.number(3, statistics.lastInference());
                        each.number(4, statistics.inferences());
                        each.number(5, statistics.executions());
                        each.message(
                                6,
                                sums -> {
                                    sum(sums, 1, statistics.success());
                                    sum(sums, 2, statistics.failure());
                                    sum(sums, 3, statistics.queue());
                                    sum(sums, 4, statistics.compute().input());
                                    sum(sums, 5, statistics.compute().infer());
                                    sum(sums, 6, statistics.compute().output());
                                });
                        statistics
                                .batches()
                                .forEach(
                                        (size, computed) ->
                                                each.message(
                                                        7,
                                                        batch -> {
                                                            batch.number(1, size);
                                                            sum(batch, 2, computed.input());
                                                            sum(batch, 3, computed.infer());
                                                            sum(batch, 4, computed.output());
                                                        }));
                    });
        }
        return proto;
    }

    private static void sum(ProtoWriter proto, int field, ModelStatistics.Sum sum) {
        proto.message(field, each -> each.number(1, sum.count()).number(2, sum.nanos()));
    }
}
