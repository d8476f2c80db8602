package dev.farol.gateway;

import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.datapoints.DataPoint;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.core.metrics.StatefulMetric;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The series of one deployment, or of one endpoint for what came to none of its deployments. They
 * are looked up when they first count and kept, so that a request adds to numbers and does little
 * else; and they go away with what they tell of.
 */
final class RouteMeters {
    /** How a request ended, as far as it is counted apart. */
    private record Outcome(int status, int modelStatus, String reason) {}

    /** One series of a metric. */
    private record Child(StatefulMetric<?, ?> metric, List<String> labels) {
        void remove() {
            metric.remove(labels.toArray(String[]::new));
        }
    }

    /** What every request adds to. */
    private record Sizes(CounterDataPoint request, CounterDataPoint response) {}

    /** What a request adds to that came to an instance. */
    private record Timings(DistributionDataPoint total, DistributionDataPoint model) {}

    private final GatewayMetrics all;
    private final String endpoint;
    private final String deployment;
    private final ConcurrentHashMap<Outcome, CounterDataPoint> outcomes = new ConcurrentHashMap<>();
    private final Set<Child> children = new HashSet<>();
    private volatile @Nullable CounterDataPoint good;
    private volatile @Nullable Sizes sizes;
    private volatile @Nullable Timings timings;
    private boolean removed;

    RouteMeters(GatewayMetrics all, String endpoint, String deployment) {
        this.all = all;
        this.endpoint = endpoint;
        this.deployment = deployment;
    }

    void ended(ExchangeRecord exchange) {
        count(exchange.status(), exchange.modelStatus(), exchange.reason());
        Sizes size = sizes();
        if (exchange.requestBytes() > 0) {
            size.request().inc(exchange.requestBytes());
        }
        if (exchange.responseBytes() > 0) {
            size.response().inc(exchange.responseBytes());
        }
        if (exchange.attempts() > 0) {
            forwarded(exchange);
        }
    }

    private void forwarded(ExchangeRecord exchange) {
        Timings timing = timings();
        ExchangeRecord.Times times = exchange.times();
        timing.total().observe(seconds(times.total()));
        if (exchange.modelStatus() != 0) {
            timing.model().observe(seconds(times.model()));
        }
        if (exchange.attempts() > 1) {
            add(all.retries(), exchange.attempts() - 1);
        }
        if (!times.requestDelay().isZero()) {
            add(all.requestDelay(), seconds(times.requestDelay()));
        }
        if (!times.responseDelay().isZero()) {
            add(all.responseDelay(), seconds(times.responseDelay()));
        }
    }

    /** An instance of the deployment is left alone for a while. */
    void ejected() {
        add(all.ejections(), 1);
    }

    /** A caller was turned away. */
    void turnedAway(String why) {
        counter(all.credentials(), endpoint, why).inc();
    }

    private static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }

    private void count(int status, int modelStatus, String reason) {
        if (status == 200 && modelStatus == 200 && reason.isEmpty()) {
            CounterDataPoint known = good;
            if (known == null) {
                known = register(new Outcome(200, 200, ""));
                good = known;
            }
            known.inc();
            return;
        }
        var outcome = new Outcome(status, modelStatus, reason);
        CounterDataPoint known = outcomes.get(outcome);
        if (known == null) {
            known = outcomes.computeIfAbsent(outcome, this::register);
        }
        known.inc();
    }

    private CounterDataPoint register(Outcome outcome) {
        return counter(
                all.requests(),
                endpoint,
                deployment,
                code(outcome.status()),
                outcome.modelStatus() == 0 ? "" : code(outcome.modelStatus()),
                outcome.reason());
    }

    /** A model may answer with any number; those that are no status are one. */
    private static String code(int status) {
        return status >= 100 && status <= 599 ? Integer.toString(status) : "other";
    }

    private Sizes sizes() {
        Sizes known = sizes;
        if (known == null) {
            known =
                    new Sizes(
                            counter(all.requestBytes(), endpoint, deployment),
                            counter(all.responseBytes(), endpoint, deployment));
            sizes = known;
        }
        return known;
    }

    private Timings timings() {
        Timings known = timings;
        if (known == null) {
            known = new Timings(histogram(all.duration()), histogram(all.modelDuration()));
            timings = known;
        }
        return known;
    }

    /** For what happens seldom. */
    private void add(Counter counter, double amount) {
        counter(counter, endpoint, deployment).inc(amount);
    }

    private CounterDataPoint counter(Counter metric, String... labels) {
        return child(metric, all.late(), labels);
    }

    private DistributionDataPoint histogram(Histogram metric) {
        return child(metric, all.lateSeconds(), endpoint, deployment);
    }

    /**
     * @param late counts what ends after the series went away: one of these labels is by then that
     *     of another deployment of the same name, if there is any
     */
    private synchronized <D extends DataPoint> D child(
            StatefulMetric<D, ?> metric, D late, String... labels) {
        if (removed) {
            return late;
        }
        children.add(new Child(metric, Arrays.asList(labels)));
        return metric.labelValues(labels);
    }

    /** Nothing is told of it any more. */
    synchronized void remove() {
        removed = true;
        children.forEach(Child::remove);
        children.clear();
    }
}
