package dev.farol.gateway;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.Unit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/**
 * The metrics of a gateway, as docs/metrics.md has them. Their labels are the names of endpoints
 * and deployments that the snapshot has, never what a caller says; those of requests to nothing
 * that exists are empty.
 */
final class GatewayMetrics {
    private static final String PREFIX = "farol_gateway_";
    private static final double[] SECONDS = {
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 180
    };

    private final PrometheusRegistry registry;
    private final Counter requests;
    private final Counter requestBytes;
    private final Counter responseBytes;
    private final Histogram duration;
    private final Histogram modelDuration;
    private final Counter retries;
    private final Counter ejections;
    private final Counter credentials;
    private final Counter requestDelay;
    private final Counter responseDelay;

    /** Nobody sees these: they are registered nowhere. */
    private final Counter late = Counter.builder().name("late").withoutExemplars().build();

    private final Histogram lateSeconds =
            Histogram.builder().name("late_seconds").classicOnly().withoutExemplars().build();

    /** For requests to no endpoint that exists. */
    private final RouteMeters none = new RouteMeters(this, "", "");

    GatewayMetrics(PrometheusRegistry registry) {
        this.registry = registry;
        requests =
                counter(
                        "requests_total",
                        "Requests that are over, by what the caller was told, what the instance answered (empty when it did not), and why the two are not 200.",
                        "endpoint",
                        "deployment",
                        "status",
                        "model_status",
                        "reason");
        requestBytes = counter("request_bytes_total", "Bytes of request bodies.");
        responseBytes = counter("response_bytes_total", "Bytes of answers' bodies.");
        duration =
                histogram(
                        "request_duration_seconds",
                        "From the head of a request to the end of its answer, of those that were forwarded.");
        modelDuration =
                histogram(
                        "model_duration_seconds",
                        "From a request sent to an instance to the head of its answer.");
        retries = counter("retries_total", "Requests sent again, to another instance.");
        ejections =
                counter(
                        "ejections_total",
                        "Times that an instance was left alone for a while because it failed.");
        credentials =
                counter(
                        "credential_refusals_total",
                        "Callers turned away, by what was wrong with their key or token.",
                        "endpoint",
                        "reason");
        requestDelay =
                counter(
                        "bandwidth_request_delay_seconds_total",
                        "By how long limits of bandwidth held requests back.");
        responseDelay =
                counter(
                        "bandwidth_response_delay_seconds_total",
                        "By how long limits of bandwidth held answers back.");
    }

    private Counter counter(String name, String help) {
        return counter(name, help, "endpoint", "deployment");
    }

    private Counter counter(String name, String help, String... labels) {
        return Counter.builder()
                .name(PREFIX + name)
                .help(help)
                .labelNames(labels)
                .withoutExemplars()
                .register(registry);
    }

    private Histogram histogram(String name, String help) {
        return Histogram.builder()
                .name(PREFIX + name)
                .help(help)
                .unit(Unit.SECONDS)
                .labelNames("endpoint", "deployment")
                .classicOnly()
                .classicUpperBounds(SECONDS)
                .withoutExemplars()
                .register(registry);
    }

    /** A number that somebody else counts, and that only grows. */
    void counting(String name, String help, LongSupplier value) {
        CounterWithCallback.builder()
                .name(PREFIX + name)
                .help(help)
                .callback(told -> told.call(value.getAsLong()))
                .register(registry);
    }

    /** See {@link #counting(String, String, LongSupplier)}, with one label of a few values. */
    void counting(String name, String help, String label, List<Part> parts) {
        CounterWithCallback.builder()
                .name(PREFIX + name)
                .help(help)
                .labelNames(label)
                .callback(
                        told ->
                                parts.forEach(
                                        part -> told.call(part.value().getAsLong(), part.label())))
                .register(registry);
    }

    /** A number of its own for one value of a label. */
    record Part(String label, LongSupplier value) {}

    /** What is so at the moment when somebody asks. */
    void gauge(String name, String help, LongSupplier value) {
        GaugeWithCallback.builder()
                .name(PREFIX + name)
                .help(help)
                .callback(told -> told.call(value.getAsLong()))
                .register(registry);
    }

    /** Tells a number of each deployment. */
    @FunctionalInterface
    interface EachDeployment {
        void tell(GaugeWithCallback.Callback told);
    }

    void gaugePerDeployment(String name, String help, EachDeployment value) {
        GaugeWithCallback.builder()
                .name(PREFIX + name)
                .help(help)
                .labelNames("endpoint", "deployment")
                .callback(value::tell)
                .register(registry);
    }

    RouteMeters none() {
        return none;
    }

    Counter requests() {
        return requests;
    }

    Counter requestBytes() {
        return requestBytes;
    }

    Counter responseBytes() {
        return responseBytes;
    }

    Histogram duration() {
        return duration;
    }

    Histogram modelDuration() {
        return modelDuration;
    }

    Counter retries() {
        return retries;
    }

    Counter ejections() {
        return ejections;
    }

    Counter credentials() {
        return credentials;
    }

    Counter requestDelay() {
        return requestDelay;
    }

    Counter responseDelay() {
        return responseDelay;
    }

    /** For what is over after its series went away. */
    Counter late() {
        return late;
    }

    /** See {@link #late}. */
    Histogram lateSeconds() {
        return lateSeconds;
    }

    /** The requests of all that is there, summed over what the model answered. */
    List<RequestCount> counts() {
        record Key(String endpoint, String deployment, String status) {}
        var sums =
                new TreeMap<Key, Long>(
                        Comparator.comparing(Key::endpoint)
                                .thenComparing(Key::deployment)
                                .thenComparing(Key::status));
        for (CounterDataPointSnapshot point : requests.collect().getDataPoints()) {
            var labels = point.getLabels();
            sums.merge(
                    new Key(
                            value(labels, "endpoint"),
                            value(labels, "deployment"),
                            value(labels, "status")),
                    (long) point.getValue(),
                    Long::sum);
        }
        var counts = new ArrayList<RequestCount>();
        sums.forEach(
                (key, sum) ->
                        counts.add(
                                new RequestCount(
                                        key.endpoint(), key.deployment(), key.status(), sum)));
        return counts;
    }

    private static String value(Labels labels, String name) {
        return Objects.requireNonNullElse(labels.get(name), "");
    }
}
