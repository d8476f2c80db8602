package dev.farol.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The series of a deployment come and go with it. */
class RouteMetersTest {
    private final GatewayMetrics all = new GatewayMetrics(new PrometheusRegistry());

    @Test
    void seriesGoAwayWithTheirDeployment() {
        var meters = new RouteMeters(all, "credit", "blue");
        meters.ended(exchange());
        assertThat(all.counts()).singleElement().returns(1L, RequestCount::requests);

        meters.remove();
        meters.ended(exchange());
        meters.ejected();
        meters.turnedAway("missing");

        assertThat(all.counts()).isEmpty();
        assertThat(all.requestBytes().collect().getDataPoints()).isEmpty();
        assertThat(all.duration().collect().getDataPoints()).isEmpty();
        assertThat(all.ejections().collect().getDataPoints()).isEmpty();
        assertThat(all.credentials().collect().getDataPoints()).isEmpty();
    }

    /** It is over late, when another deployment has the name already. */
    @Test
    void whatEndsLateLeavesTheSeriesOfTheNextDeploymentAlone() {
        var gone = new RouteMeters(all, "credit", "blue");
        gone.remove();
        var live = new RouteMeters(all, "credit", "blue");
        live.ended(exchange());
        live.ejected();
        live.turnedAway("missing");

        gone.ended(exchange());
        gone.ejected();
        gone.turnedAway("missing");
        live.ended(exchange());

        assertThat(all.counts()).singleElement().returns(2L, RequestCount::requests);
        assertThat(all.requestBytes().collect().getDataPoints())
                .singleElement()
                .returns(20.0, CounterDataPointSnapshot::getValue);
        assertThat(all.duration().collect().getDataPoints())
                .singleElement()
                .returns(2L, HistogramDataPointSnapshot::getCount);
        assertThat(all.ejections().collect().getDataPoints())
                .singleElement()
                .returns(1.0, CounterDataPointSnapshot::getValue);
        assertThat(all.credentials().collect().getDataPoints()).hasSize(1);
    }

    /** Forwarded twice, held back, and answered well. */
    private static ExchangeRecord exchange() {
        var second = Duration.ofSeconds(1);
        return new ExchangeRecord(
                new ExchangeRecord.Route("credit", "", null, "blue", "blue-0"),
                new ExchangeRecord.Asked("POST", "/score", "HTTP/1.1", "", "", "", ""),
                200,
                200,
                "",
                new ExchangeRecord.Times(second, second, second, second, second, second),
                10,
                10,
                2);
    }
}
