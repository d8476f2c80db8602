package dev.farol.app;

import dev.farol.backend.Backend;
import dev.farol.backend.InstanceStatus;
import dev.farol.spec.ResourceId;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Info;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** What the backend sees of the instances on this machine, read off when somebody asks. */
final class InstanceMetrics {
    private InstanceMetrics() {}

    static void register(PrometheusRegistry registry, Backend backend) {
        GaugeWithCallback.builder()
                .name("farol_instances")
                .help("1 for each instance, by its state.")
                .labelNames("endpoint", "deployment", "instance", "state")
                .callback(
                        told ->
                                backend.observeAll()
                                        .forEach(
                                                status ->
                                                        told.call(
                                                                1,
                                                                endpoint(status),
                                                                deployment(status),
                                                                status.id(),
                                                                status.state()
                                                                        .name()
                                                                        .toLowerCase(Locale.ROOT))))
                .register(registry);
        gauge(
                registry,
                backend,
                "farol_instance_cpu_cores",
                "Cores that the instance's processes used, at the last look.",
                InstanceStatus::cpuCores);
        gauge(
                registry,
                backend,
                "farol_instance_memory_bytes",
                "Resident memory of the instance's processes, at the last look.",
                InstanceStatus::residentBytes);
        gauge(
                registry,
                backend,
                "farol_instance_restarts",
                "Restarts of the instance since it was wanted.",
                InstanceStatus::restarts);
        Info.builder()
                .name("farol_build_info")
                .help("The version that runs.")
                .labelNames("version")
                .register(registry)
                .setLabelValues(Distribution.version());
    }

    private static void gauge(
            PrometheusRegistry registry,
            Backend backend,
            String name,
            String help,
            ToDoubleFunction<InstanceStatus> value) {
        GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .labelNames("endpoint", "deployment", "instance")
                .callback(
                        told ->
                                backend.observeAll()
                                        .forEach(
                                                status ->
                                                        told.call(
                                                                value.applyAsDouble(status),
                                                                endpoint(status),
                                                                deployment(status),
                                                                status.id())))
                .register(registry);
    }

    private static String endpoint(InstanceStatus status) {
        return status.deployment()
                .parent()
                .map(ResourceId::name)
                .orElse("")
                .toLowerCase(Locale.ROOT);
    }

    private static String deployment(InstanceStatus status) {
        return status.deployment().name().toLowerCase(Locale.ROOT);
    }
}
